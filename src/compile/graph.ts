import type { Variables } from '../expr/variables.ts'
import type { Problem } from '../model/problem.ts'
import type { Draft } from './lower/block.ts'
import type { Lowered } from './lower/lower.ts'
import { EdgeFinder, type Waits } from './order/edges.ts'
import { Needs } from './order/needs.ts'
import { orderOf } from './order/order.ts'
import { type Uses, UsesFinder } from './order/uses.ts'
import { rollingMembers, stepsBetween } from './rolling.ts'
import type { TemplateFiles } from './template-files.ts'

/** How the steps of a plan hang together. */
export interface StepGraph {
  readonly needs: Needs
  readonly uses: ReadonlyMap<Draft, Uses>
  /** By the index of the step. */
  readonly waits: readonly Waits[]
  readonly order: readonly number[]
  readonly problems: readonly Problem[]
}

export function findGraph(lowered: Lowered, variables: Variables, templates: TemplateFiles): StepGraph {
  const { drafts, blocks } = lowered
  const needs = new Needs()
  // In source order, so that a step finds what is before it already worked out.
  for (const block of blocks) needs.of(block)
  const finder = new UsesFinder(reference => variables.needsFacts(reference))
  const uses = new Map(
    drafts.map(draft => [draft, finder.of(draft, templates.contents.get(draft)?.references)]),
  )
  const edges = new EdgeFinder(needs)
  const waits: Waits[] = drafts.map(() => new Map())
  for (const block of blocks)
    if (block.kind === 'leaf') waits[block.draft.index] = edges.of(block, uses.get(block.draft) as Uses)
  const { order, problems } = orderOf(drafts, waits)
  const found = [...edges.problems, ...problems]
  if (found.length === 0) found.push(...stepsBetween(rollingMembers(drafts), drafts, order, waits))
  return { needs, uses, waits, order, problems: found }
}
