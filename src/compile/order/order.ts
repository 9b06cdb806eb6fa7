import { dependencyOrder } from '../../expr/dependency-order.ts'
import type { Problem } from '../../model/problem.ts'
import type { Draft } from '../lower/block.ts'
import type { Waits } from './edges.ts'

/** The steps in an order in which each comes after what it waits for, or the circles that have none. */
export function orderOf(
  drafts: readonly Draft[],
  waits: readonly Waits[],
): { readonly order: readonly number[]; readonly problems: readonly Problem[] } {
  const needs = waits.map(sources => Array.from(sources.keys(), ({ index }) => index))
  const { order, cycles } = dependencyOrder(drafts.length, needs)
  return { order, problems: cycles.map(cycle => cycleProblem(cycle, drafts, waits)) }
}

/** Told where something closes the circle, for that is where it can be broken. */
function cycleProblem(cycle: readonly number[], drafts: readonly Draft[], waits: readonly Waits[]): Problem {
  const members = cycle.flatMap(index => drafts[index] ?? [])
  const closing = members
    .slice(0, -1)
    .flatMap((draft, at) => waits[draft.index]?.get(members[at + 1] as Draft) ?? [])
    .find(({ where }) => where !== undefined)
  const where = closing?.where ?? members[0]?.checked.step.where
  const [first] = members
  return {
    code: 'step_cycle',
    severity: 'error',
    ...(members.length === 2 ? ownWords(first?.id ?? '', closing?.kind) : circleWords(members)),
    ...(where === undefined ? {} : { where }),
  }
}

function ownWords(id: string, kind: 'need' | 'reference' | undefined): { message: string; hint: string } {
  if (kind !== 'reference') return { message: `"${id}" needs itself`, hint: 'take it away' }
  return {
    message: `"${id}" uses its own result`,
    hint: 'until, changed_when and failed_when see it as "result"',
  }
}

function circleWords(members: readonly Draft[]): { message: string; hint: string } {
  return {
    message: `these steps wait for each other: ${members.map(({ id }) => id).join(' → ')}`,
    hint: 'each arrow reads "needs"; take one of them away',
  }
}
