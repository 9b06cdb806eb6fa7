import type { Failure } from '../../model/errors.ts'
import type { Finding, PutFinding } from '../../model/finding.ts'
import { LIMITS } from '../../model/limits.ts'
import type { LocalFile, LocalFiles } from '../put/local-file.ts'
import type { TreeEntry } from '../put/local-tree.ts'
import { plannedLine, sourceOfTree } from '../put/planned.ts'
import { type PutTree, programs, readTree, treeBefore, treeTarget } from '../put/tree-look.ts'
import { bytesOf, conflictOf, isEmpty, planTree, type TreePlan } from '../put/tree-plan.ts'
import { questionLine, questionsFor } from '../put/tree-questions.ts'
import { putFailure } from '../put/wording.ts'
import { failureOf } from '../result.ts'
import type { Diffs } from './diffs.ts'
import { lookInside } from './look-inside.ts'
import { nowhere, waysTo } from './place.ts'
import { lookAtTreeScript, TREE_LIBRARY } from './put-tree-script.ts'
import { type Question, unseen } from './question.ts'
import { changesOf, newFolder, type TreeChange } from './tree-changes.ts'
import { TreeHearing } from './tree-hearing.ts'
import { obstacleTo } from './tree-obstacle.ts'

/** What the put of a folder or of several files would meet. */
export async function lookAtTrees(
  put: PutTree,
  files: LocalFiles,
  diffs: Diffs | undefined,
): Promise<Question | Failure> {
  const locals = await readTree(put.source, files)
  if ('code' in locals) return locals
  const questions = questionsFor(put.source.entries)
  const hearing = new TreeHearing(questions)
  const parts = programs(questions.map(questionLine), PART)
  const ask = (part: number): Question => ({
    become: put.action.become,
    timeoutMs: put.action.timeoutMs,
    place: 'script',
    functions: TREE_LIBRARY,
    text: () => lookAtTreeScript(treeTarget(put), put.ownership, parts[part] ?? ''),
    record: (word, rest) => hearing.record(word, rest),
    content: chunk => hearing.content(chunk),
    busyWith: () => `the look at ${JSON.stringify(put.action.dest)}`,
    answer: async () => {
      const over = hearing.root?.there !== true || part + 1 >= parts.length || hearing.failed !== undefined
      return over ? judge({ put, locals, hearing, diffs }) : ask(part + 1)
    },
  })
  return ask(0)
}

/** A long list of questions is asked in parts, so that other looks find room beside it. In characters. */
const PART = LIMITS.stdinBytes / 32

interface Looked {
  readonly put: PutTree
  readonly locals: ReadonlyMap<TreeEntry, LocalFile>
  readonly hearing: TreeHearing
  readonly diffs: Diffs | undefined
}

async function judge(looked: Looked): Promise<Finding | Question> {
  const { put, locals, hearing } = looked
  const { root, place, failed } = hearing
  if (hearing.isNowhere) return nowhere(put.action)
  if (failed !== undefined) return fails(looked, putFailure(failed.problem, put.action, 0, failed.words))
  if (root === undefined || place === undefined || !hearing.finished) {
    return unseen(
      failureOf('remote_shell', `the host did not run drover's script to its end: ${hearing.words}`),
    )
  }
  const seen = hearing.answers.seen
  const plan = planTree(put.source.entries, locals, seen, put.ownership)
  const conflict = conflictOf(plan)
  if (conflict !== undefined) return fails(looked, conflict)
  if (isEmpty(plan) && root.there) return { ...nothingToDo(looked), outlook: 'same' }
  const folders = root.there && plan.folders.length === 0 ? undefined : put.ownership
  const obstacle = obstacleTo(plan, folders, hearing.obstacles, hearing.login)
  if (obstacle !== undefined) {
    return fails(looked, putFailure(obstacle.problem, put.action, bytesOf(plan), obstacle.words))
  }
  return found(looked, plan)
}

function found(looked: Looked, plan: TreePlan): Promise<Finding | Question> {
  const { put, hearing, diffs } = looked
  const { place, root } = hearing
  const changes: readonly TreeChange[] = [
    ...(root?.there ? [] : [{ change: newFolder(place?.path ?? '', put.ownership) }]),
    ...changesOf(put.source.entries, plan, hearing.answers.seen, put.ownership, path => under(looked, path)),
  ]
  const fresh = changes.filter(({ change }) => change.change === 'new').length
  const all = put.source.entries.length + (root?.there ? 0 : 1)
  const finding: PutFinding = {
    ...nothingToDo(looked),
    outlook: 'writes',
    changes: changes.slice(0, LIMITS.previewEntries).map(({ change }) => change),
    counts: { new: fresh, changed: changes.length - fresh, same: all - changes.length },
    bytes: bytesOf(plan),
  }
  return lookInside({ put, plan, finding, changes, hearing, diffs })
}

function fails(looked: Looked, failure: Failure): PutFinding {
  const counts = { new: 0, changed: 0, same: 0 }
  return { ...nothingToDo(looked), outlook: 'fails', counts, failure }
}

function nothingToDo(looked: Looked): PutFinding {
  const { put, locals, hearing } = looked
  const { root, place, absent } = hearing
  const { entries } = put.source
  const look = root && { root, seen: hearing.answers.seen }
  return {
    kind: 'put',
    outlook: 'same',
    before:
      look === undefined
        ? ''
        : plannedLine({ there: treeBefore(put, look), ...sourceOfTree(entries, locals) }),
    ...(hearing.answers.linked ? { ways: 'unsure' } : waysOf(looked)),
    targets: place === undefined ? [] : targetsOf(looked, place.path),
    changes: [],
    counts: { new: 0, changed: 0, same: entries.length },
    bytes: 0,
    missing: place?.missing ?? [],
    ...(absent === undefined ? {} : { unlessMade: putFailure('parent-missing', put.action, 0, absent) }),
  }
}

/** As long as its own folder is not there, a tree may come to lie in it, or beside it. */
function waysOf({ hearing }: Looked): Pick<PutFinding, 'ways'> {
  const { place, passed, root } = hearing
  const { ways = [] } = waysTo(place?.path, passed)
  const own = root?.there === false && place !== undefined ? [place.path] : []
  return ways.length + own.length === 0 ? {} : { ways: [...ways, ...own] }
}

/** Of a tree with very many entries, only the folder that it goes to. */
function targetsOf(looked: Looked, root: string): readonly string[] {
  const { entries } = looked.put.source
  if (entries.length > LIMITS.previewEntries || entries.length === 0) return [root]
  return entries.map(({ path }) => under(looked, path))
}

function under({ hearing }: Looked, path: string): string {
  return `${hearing.place?.path.replace(/\/$/, '') ?? ''}/${path}`
}
