import type { StepGraph } from './graph.ts'
import type { Draft } from './lower/block.ts'
import { resolveId } from './lower/resolve.ts'
import type { Kept } from './program/results.ts'

/** Fields of results that take no output. */
const PLAIN: ReadonlySet<unknown> = new Set([
  ...['changed', 'failed', 'skipped', 'outcome', 'duration', 'exit_code'],
])

/** The steps whose results expressions ask for, and what of them. */
export function keptResults({ uses, needs }: Pick<StepGraph, 'uses' | 'needs'>): ReadonlyMap<Draft, Kept> {
  const kept = new Map<Draft, Kept>()
  for (const { steps } of uses.values()) {
    for (const { reference, place } of steps) {
      const what: Kept = PLAIN.has(reference.path[1]) ? 'outcome' : 'output'
      for (const block of resolveId(String(reference.path[0]), place))
        for (const draft of needs.leaves(block)) if (kept.get(draft) !== 'output') kept.set(draft, what)
    }
  }
  return kept
}
