import { OUTCOMES, type Outcome } from '../../model/outcome.ts'
import { count } from '../../model/quantity.ts'
import { hostNames } from '../host-names.ts'
import { isTrouble, OUTCOME_STYLE } from '../outcome-style.ts'
import type { Paint } from '../paint.ts'
import { fillTo, textWidth } from '../width.ts'
import type { RunLabels } from './labels.ts'
import type { RunTally } from './tally.ts'

/** Hosts with the same counts share a row. */
interface Row {
  readonly hosts: readonly number[]
  readonly verdict: Outcome
  readonly counts: ReadonlyMap<Outcome, number>
}

/** So many rows at most: those of hosts in trouble come last and are cut last. */
const MOST_ROWS = 40
const NARROWEST = 12
const GAP = '  '

/** A row for each kind of host, a column for each outcome that occurs; empty when no host had anything to do. */
export function recapTable(tally: RunTally, labels: RunLabels, paint: Paint, columns: number): string[] {
  const outcomes = OUTCOMES.filter(outcome => tally.total(outcome) > 0)
  const all = rowsOf(tally, outcomes)
  if (all.length === 0) return []
  const rows = all.slice(-MOST_ROWS)
  const cut = all.slice(0, -MOST_ROWS)
  const numbers = outcomes.reduce((sum, outcome) => sum + outcome.length + GAP.length, 0)
  const room = Math.max(NARROWEST, columns - numbers - 2)
  const names = rows.map(row => hostNames(row.hosts, labels, room))
  const width = Math.min(room, Math.max(...names.map(textWidth)))
  return [
    paint('dim', `  ${' '.repeat(width)}${outcomes.map(outcome => GAP + outcome).join('')}`),
    ...(cut.length === 0
      ? []
      : [paint('dim', `  … ${count(cut.flatMap(row => row.hosts).length, 'more host')}`)]),
    ...rows.map((row, at) => tableRow(row, fillTo(names[at] ?? '', width), outcomes, paint)),
  ]
}

function rowsOf(tally: RunTally, outcomes: readonly Outcome[]): Row[] {
  const rows = new Map<string, Row & { readonly hosts: number[] }>()
  if (outcomes.length === 0) return []
  for (const host of tally.hosts) {
    const counts = outcomes.map(outcome => [outcome, tally.count(host, outcome)] as const)
    const key = counts.map(([, n]) => n).join(' ')
    const row = rows.get(key)
    if (row === undefined)
      rows.set(key, { hosts: [host], verdict: tally.verdict(host), counts: new Map(counts) })
    else row.hosts.push(host)
  }
  const inOrder = [...rows.values()]
  return inOrder.toSorted((a, b) => Number(isTrouble(a.verdict)) - Number(isTrouble(b.verdict)))
}

function tableRow(row: Row, names: string, outcomes: readonly Outcome[], paint: Paint): string {
  const { sign, style } = OUTCOME_STYLE[row.verdict]
  const cells = outcomes.map(outcome => {
    const n = row.counts.get(outcome) ?? 0
    const cell = GAP + (n === 0 ? '·' : String(n)).padStart(outcome.length)
    return paint(n === 0 ? 'dim' : OUTCOME_STYLE[outcome].style, cell)
  })
  return `${paint(style, sign)} ${names}${cells.join('')}`
}
