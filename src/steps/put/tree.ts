import { createHash, randomBytes } from 'node:crypto'
import type { PutAction } from '../../model/action.ts'
import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { count, formatBytes } from '../../model/quantity.ts'
import { type Deadline, sendingNow } from '../deadline.ts'
import { type Answer, type Script, talk } from '../dialogue.ts'
import { type Ending, failed } from '../result.ts'
import type { StepContext } from '../step.ts'
import type { LocalFile, LocalFiles } from './local-file.ts'
import type { TreeEntry } from './local-tree.ts'
import type { Ownership } from './ownership.ts'
import type { TreeSource } from './prepare.ts'
import { Answers } from './tree-answers.ts'
import { sendTree } from './tree-archive.ts'
import { treeCommitScript } from './tree-commit-script.ts'
import { planTree, type TreePlan } from './tree-plan.ts'
import { type TreeTarget, treeProbeScript } from './tree-probe-script.ts'
import { treeProgram } from './tree-program.ts'
import { batches, questionLine, questionsFor } from './tree-questions.ts'
import { putFailure } from './wording.ts'

/** What of a put concerns a tree of files. */
export interface PutTree {
  readonly action: PutAction
  readonly source: TreeSource
  readonly ownership: Ownership
}

/** Puts a folder or several files: one round trip to look, and one channel for all that is needed. */
export async function putTree(
  put: PutTree,
  files: LocalFiles,
  context: StepContext,
  begun: Deadline,
): Promise<Ending> {
  const known = await readFiles(put.source.entries, files)
  if ('code' in known) return { outcome: 'failed', failure: known }
  const deadline = sendingNow(begun)
  const probe = await probeTree(put, context, deadline)
  if ('outcome' in probe) return probe
  const plan = planTree(put.source.entries, known, probe.answers.seen, put.ownership)
  const [conflict] = plan.conflicts
  if (conflict !== undefined) return conflicting(conflict, plan.conflicts.length)
  const total = count(known.size, 'file')
  if (isEmpty(plan) && probe.there) return { outcome: 'ok', note: `already up to date (${total})` }
  const answer = await commitTree(put, plan, probe.root, context, deadline)
  if (answer.kind === 'broken') return answer.ending
  const bytes = plan.files.reduce((sum, { local }) => sum + local.size, 0)
  if (answer.word !== 'wrote') return refusal(put.action, bytes, answer)
  const note = `${plan.files.length} of ${total} written, ${formatBytes(bytes)}`
  return { outcome: 'changed', note: note + advice(put, probe) }
}

/** As with cp, the same put would now go into the folder that it has just made. */
function advice({ action, source }: PutTree, { root, there }: Probe): string {
  if (there || source.kind !== 'folder' || root !== action.dest) return ''
  if (root.endsWith(`/${source.name}`) || root === source.name) return ''
  return `; with a slash after src, "${source.name}/", it can be put there again`
}

/** Files read at the same time. */
const AT_ONCE = 32

async function readFiles(
  entries: readonly TreeEntry[],
  files: LocalFiles,
): Promise<ReadonlyMap<TreeEntry, LocalFile> | Failure> {
  const known = new Map<TreeEntry, LocalFile>()
  for (const batch of batches(entries, AT_ONCE)) {
    const reading = batch.flatMap(entry =>
      entry.kind === 'file' ? [files.read(entry.local).then(file => [entry, file] as const)] : [],
    )
    for (const [entry, file] of await Promise.all(reading)) {
      if ('code' in file) return file
      known.set(entry, file)
    }
  }
  return known
}

interface Probe {
  readonly answers: Answers
  /** Where the tree goes. */
  readonly root: string
  /** Whether that is there already. */
  readonly there: boolean
}

/** The wrapper holds text for a script in memory; a long list of questions is asked in parts. */
const PROGRAM_CHARACTERS = LIMITS.stdinBytes / 8

async function probeTree(put: PutTree, context: StepContext, deadline: Deadline): Promise<Probe | Ending> {
  const questions = questionsFor(put.source.entries)
  const answers = new Answers(questions)
  let [root, there] = [put.action.dest, true]
  for (const program of programs(questions.map(questionLine))) {
    const onReport = (word: string, rest: string) => {
      if (word !== 'root') return answers.report(word, rest)
      if (rest.startsWith('inside')) root = inside(put)
      there = rest.endsWith('there')
    }
    const script = probeScript(put, program)
    const answer = await talk(script, { onReport, onLine: line => answers.line(line) }, context, deadline)
    if (answer.kind === 'broken') return answer.ending
    if (answer.word !== 'end') return refusal(put.action, 0, answer)
    if (!there) break
  }
  return { answers, root, there }
}

function programs(lines: readonly string[]): string[] {
  const parts: string[] = []
  let part = ''
  for (const line of lines) {
    if (part.length + line.length > PROGRAM_CHARACTERS && part !== '') {
      parts.push(part)
      part = ''
    }
    part += line
  }
  return [...parts, part]
}

function probeScript({ action, source, ownership }: PutTree, program: string): Script {
  const mark = randomBytes(16).toString('hex')
  const target: TreeTarget = {
    dest: action.dest,
    parents: action.parents,
    ...(source.kind === 'folder' ? { name: source.name } : {}),
  }
  return {
    mark,
    text: treeProbeScript(target, ownership, mark),
    stdin: { kind: 'text', text: program },
    become: action.become,
  }
}

function inside({ action, source }: PutTree): string {
  return `${action.dest.replace(/\/+$/, '')}/${source.kind === 'folder' ? source.name : ''}`
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
  const send = { when: 'at once', content: sendTree(program) } as const
  return talk({ mark, text, stdin: { kind: 'stream' }, become: action.become }, { send }, context, deadline)
}

function isEmpty({ files, folders, links, settled }: TreePlan): boolean {
  return files.length + folders.length + links.length + settled.length === 0
}

function conflicting(path: string, n: number): Ending {
  const more = n > 1 ? ` (and ${n - 1} more)` : ''
  const message = `${JSON.stringify(path)} is something else on the host: a folder for a file, or a file for a folder${more}`
  return failed('remote_file', message, 'remove it there, or put the tree elsewhere; nothing was changed')
}

function refusal(
  action: PutAction,
  bytes: number,
  { rest, words }: Extract<Answer, { kind: 'done' }>,
): Ending {
  return { outcome: 'failed', failure: putFailure(rest, action, bytes, words) }
}
