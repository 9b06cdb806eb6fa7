import type { PreviewCounts, Verdict } from '../../model/preview.ts'
import { OUTCOME_STYLE, type OutcomeStyle } from '../outcome-style.ts'

/** A verdict as people take it: that a step would fail is another thing than that nobody knows. */
export type Standing = 'fails' | 'change' | 'unknown' | 'no change' | 'skip'

/** What needs a person's eye first. */
export const STANDINGS: readonly Standing[] = ['fails', 'change', 'unknown', 'no change', 'skip']

export const STANDING_STYLE: Readonly<Record<Standing, OutcomeStyle>> = {
  fails: OUTCOME_STYLE.failed,
  change: { sign: '~', style: 'yellow' },
  unknown: OUTCOME_STYLE.unknown,
  'no change': { sign: '·', style: 'dim' },
  skip: OUTCOME_STYLE.skipped,
}

export function standingOf(verdict: Verdict): Standing {
  return verdict.kind === 'unknown' && verdict.fails === true ? 'fails' : verdict.kind
}

/** Numbers of nodes, as a preview's own; hosts that could not be reached are not looked at. */
export type NodeCounts = Omit<PreviewCounts, 'unreachable'>

export function countStandings(
  groups: Iterable<{ readonly standing: Standing; readonly hosts: readonly unknown[] }>,
): NodeCounts {
  const nodes = { fails: 0, change: 0, unknown: 0, 'no change': 0, skip: 0 }
  for (const { standing, hosts } of groups) nodes[standing] += hosts.length
  return {
    change: nodes.change,
    unchanged: nodes['no change'],
    skipped: nodes.skip,
    unknown: nodes.unknown + nodes.fails,
    failing: nodes.fails,
  }
}

/** `12 to change, 3 unknown`: what there is of each; here what would fail is not among what is unknown. */
export function countWords({ change, unchanged, unknown, failing, skipped }: NodeCounts): string {
  const all: [n: number, words: string][] = [
    [change, 'to change'],
    [unchanged, 'unchanged'],
    [unknown - failing, 'unknown'],
    [failing, 'would fail'],
    [skipped, 'skipped'],
  ]
  const told = all.filter(([n]) => n > 0).map(([n, words]) => `${n} ${words}`)
  return told.length === 0 ? 'nothing to do' : told.join(', ')
}

/** The last line of a preview, for programs too: the first four numbers are always there. */
export function summaryLine({
  change,
  unchanged,
  unknown,
  unreachable,
  failing,
  skipped,
}: PreviewCounts): string {
  const always = `Plan: ${change} to change, ${unchanged} unchanged, ${unknown} unknown, ${unreachable} unreachable`
  const fails = failing === 0 ? '' : `, ${failing} would fail`
  return `${always}${fails}${skipped === 0 ? '' : `, ${skipped} skipped`}`
}
