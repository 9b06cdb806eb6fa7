import { createHash, randomBytes } from 'node:crypto'
import { count, formatBytes } from '../../model/quantity.ts'
import { type Deadline, sendingNow } from '../deadline.ts'
import { type Answer, talk } from '../dialogue.ts'
import type { Ending } from '../result.ts'
import type { StepContext } from '../step.ts'
import { driftOfSource, noLongerAsPlanned } from './drift.ts'
import type { LocalFiles } from './local-file.ts'
import { readPlanned, sourceOfTree } from './planned.ts'
import { sendTree } from './tree-archive.ts'
import { treeCommitScript } from './tree-commit-script.ts'
import { lookAtTree, type PutTree, readTree, refusal, rootPath, treeBefore } from './tree-look.ts'
import { bytesOf, conflictOf, isEmpty, planTree, type TreePlan } from './tree-plan.ts'
import { treeProgram } from './tree-program.ts'

/** Puts a folder or several files: one round trip to look, and one channel for all that is needed. */
export async function putTree(
  put: PutTree,
  files: LocalFiles,
  context: StepContext,
  begun: Deadline,
): Promise<Ending> {
  const known = await readTree(put.source, files)
  if ('code' in known) return { outcome: 'failed', failure: known }
  const drift = driftOfSource(put.action, sourceOfTree(put.source.entries, known))
  if (drift !== undefined) return drift
  const deadline = sendingNow(begun)
  const look = await lookAtTree(put, context, deadline)
  if ('outcome' in look) return look
  const { planned, dest, again = false } = put.action
  const plan = planTree(put.source.entries, known, look.seen, put.ownership)
  const isDone = isEmpty(plan) && look.root.there
  const drifted = planned !== undefined && readPlanned(planned).there !== treeBefore(put, look)
  if (drifted && !(again && isDone))
    return noLongerAsPlanned(dest, 'what is there of the files to put changed')
  const conflict = conflictOf(plan)
  if (conflict !== undefined) return { outcome: 'failed', failure: conflict }
  const total = count(known.size, 'file')
  if (isDone) return { outcome: 'ok', note: `already up to date (${total})` }
  const root = rootPath(put, look.root)
  const answer = await commitTree(put, plan, root, context, deadline)
  if (answer.kind === 'broken') return answer.ending
  const bytes = bytesOf(plan)
  if (answer.word !== 'wrote') return refusal(put.action, bytes, answer)
  const note = `${plan.files.length} of ${total} written, ${formatBytes(bytes)}`
  return { outcome: 'changed', note: note + advice(put, root, look.root.there) }
}

/** As with cp, the same put would now go into the folder that it has just made. */
function advice({ action, source }: PutTree, root: string, there: boolean): string {
  if (there || source.kind !== 'folder' || root !== action.dest) return ''
  if (root.endsWith(`/${source.name}`) || root === source.name) return ''
  return `; with a slash after src, "${source.name}/", it can be put there again`
}

async function commitTree(
  { action, ownership }: PutTree,
  plan: TreePlan,
  root: string,
  context: StepContext,
  deadline: Deadline,
): Promise<Answer> {
  const mark = randomBytes(16).toString('hex')
  const program = treeProgram(plan)
  const digest = createHash('sha256').update(program.text).digest('hex')
  const text = treeCommitScript({ mark, stage: `.drover-${mark}`, root, program: digest, ownership })
  const send = { when: 'at once', content: sendTree(program), size: bytesOf(plan) } as const
  return talk({ mark, text, stdin: { kind: 'stream' }, become: action.become }, { send }, context, deadline)
}
