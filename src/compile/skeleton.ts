import type { Playbook } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import { type CheckedTexts, checkTexts } from './check-texts.ts'
import { findGraph, type StepGraph } from './graph.ts'
import { localPathProblem } from './local-paths.ts'
import type { Items } from './lower/items.ts'
import { type Lowered, lower } from './lower/lower.ts'
import { LocalFiles, type ReadLocalText } from './program/local-files.ts'
import { knownPath } from './static-path.ts'
import { TemplateFiles } from './template-files.ts'

/** Each loop as one iteration. */
const ONE_ITEM: Items = { labels: ['*'], value: () => undefined, hosts: () => undefined }
const ONE_HOST = Uint32Array.of(0)

export interface Skeleton {
  readonly lowered: Lowered
  readonly graph: StepGraph
  readonly problems: readonly Problem[]
}

/** How a playbook's steps hang together whatever its hosts: each loop is one iteration there. */
export function skeletonOf({ root, playbook, variables }: CheckedTexts, files: LocalFiles): Skeleton {
  const lowered = lower(root, playbook.hosts, { hostsOf: () => ONE_HOST, itemsOf: () => ONE_ITEM })
  const templates = new TemplateFiles(files, variables.depends)
  const pathOf = knownPath(playbook, files)
  for (const draft of lowered.drafts) templates.add(draft, pathOf)
  const graph = findGraph(lowered, variables, templates)
  const paths = lowered.drafts.flatMap(draft => localPathProblem(draft) ?? [])
  return {
    lowered,
    graph,
    problems: [...lowered.problems, ...templates.problems, ...paths, ...graph.problems],
  }
}

/** Stands for what only an inventory or `-e` would give. */
function requiredVars({ vars }: Playbook): Readonly<Record<string, string>> {
  return Object.fromEntries(vars.filter(({ value }) => value === null).map(({ name }) => [name, '']))
}

/** Everything that is wrong with a playbook whatever its hosts: in any text, branch, loop, include and template. */
export function checkPlaybook(playbook: Playbook, readText: ReadLocalText): readonly Problem[] {
  const checked = checkTexts(playbook, [], requiredVars(playbook))
  return [...checked.problems, ...skeletonOf(checked, new LocalFiles(readText)).problems]
}
