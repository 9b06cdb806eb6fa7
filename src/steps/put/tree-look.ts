import { createHash, randomBytes } from 'node:crypto'
import type { PutAction } from '../../model/action.ts'
import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Deadline } from '../deadline.ts'
import { type Answer, type Script, talk } from '../dialogue.ts'
import type { Ending } from '../result.ts'
import type { StepContext } from '../step.ts'
import { driftInstead } from './drift.ts'
import type { LocalFile, LocalFiles } from './local-file.ts'
import type { TreeEntry } from './local-tree.ts'
import type { Ownership } from './ownership.ts'
import type { TreeSource } from './prepare.ts'
import { Answers, type Seen } from './tree-answers.ts'
import { type TreeTarget, treeProbeScript } from './tree-probe-script.ts'
import { batches, questionLine, questionsFor } from './tree-questions.ts'
import { putFailure } from './wording.ts'

/** What of a put concerns a tree of files. */
export interface PutTree {
  readonly action: PutAction
  readonly source: TreeSource
  readonly ownership: Ownership
}

/** Files read at the same time. */
const AT_ONCE = 32

export async function readTree(
  { entries }: TreeSource,
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

/** Where the tree goes. */
export interface Root {
  /** In `dest` under the folder's name, or `dest` itself. */
  readonly inside: boolean
  readonly there: boolean
}

/** What the host has where the tree goes. */
export interface TreeLook {
  readonly root: Root
  readonly seen: ReadonlyMap<TreeEntry, Seen>
}

/** Reads what the script says of the root, after that word. */
export function parseRoot(rest: string): Root {
  return { inside: rest.startsWith('inside'), there: rest.endsWith('there') }
}

/** The root as a remote path that the action names. */
export function rootPath({ action, source }: PutTree, { inside }: Root): string {
  if (!inside) return action.dest
  return `${action.dest.replace(/\/+$/, '')}/${source.kind === 'folder' ? source.name : ''}`
}

/** All that was seen, in one line: the same as long as nothing that the put concerns changes on the host. */
export function treeBefore({ source }: PutTree, { root, seen }: TreeLook): string {
  const hash = createHash('sha256').update(JSON.stringify([root.inside, root.there]))
  for (const entry of source.entries) {
    const { kind = 'none', file } = seen.get(entry) ?? {}
    hash.update(JSON.stringify([entry.path, kind, file?.mode, file?.uid, file?.gid, file?.digest]))
  }
  return `tree ${hash.digest('hex')}`
}

/** The wrapper holds text for a script in memory; a long list of questions is asked in parts. In characters. */
export const PROGRAM_CHARACTERS = LIMITS.stdinBytes / 8

export async function lookAtTree(
  put: PutTree,
  context: StepContext,
  deadline: Deadline,
): Promise<TreeLook | Ending> {
  const questions = questionsFor(put.source.entries)
  const answers = new Answers(questions)
  let root: Root = { inside: false, there: true }
  for (const program of programs(questions.map(questionLine), PROGRAM_CHARACTERS)) {
    const onReport = (word: string, rest: string) => {
      if (word === 'root') root = parseRoot(rest)
      else answers.report(word, rest)
    }
    const script = probeScript(put, program)
    const answer = await talk(script, { onReport, onLine: line => answers.line(line) }, context, deadline)
    if (answer.kind === 'broken') return answer.ending
    if (answer.word !== 'end') return refusal(put.action, 0, answer)
    if (!root.there) break
  }
  return { root, seen: answers.seen }
}

/** Lines, in parts that have no more than so many characters. */
export function programs(lines: readonly string[], most: number): readonly string[] {
  const parts: string[] = []
  let part = ''
  for (const line of lines) {
    if (part.length + line.length > most && part !== '') {
      parts.push(part)
      part = ''
    }
    part += line
  }
  return [...parts, part]
}

export function treeTarget({ action, source }: PutTree): TreeTarget {
  const name = source.kind === 'folder' ? { name: source.name } : {}
  return { dest: action.dest, parents: action.parents, ...name }
}

function probeScript(put: PutTree, program: string): Script {
  const mark = randomBytes(16).toString('hex')
  return {
    mark,
    text: treeProbeScript(treeTarget(put), put.ownership, mark),
    stdin: { kind: 'text', text: program },
    become: put.action.become,
  }
}

/** What a script of a put said instead of how it went well. */
export function refusal(
  action: PutAction,
  bytes: number,
  { rest, words }: Extract<Answer, { kind: 'done' }>,
): Ending {
  const failure = putFailure(rest, action, bytes, words)
  return driftInstead(action, rest, failure) ?? { outcome: 'failed', failure }
}
