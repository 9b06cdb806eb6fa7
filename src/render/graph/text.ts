import { escapeText } from '../escape.ts'
import { foldHosts } from '../fold-hosts.ts'
import { type Graph, type GraphHosts, type GraphStep, graphTitle, isExcluded } from '../graph.ts'
import { createPaint, type Paint } from '../paint.ts'
import { textWidth, truncate } from '../width.ts'
import { drawLanes } from './lanes.ts'
import { essentialNeeds } from './needs.ts'

export interface GraphTextOptions {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
}

interface Row {
  readonly signs: string
  readonly step?: GraphStep
}

/** Draws the steps for a terminal: lanes at the left, then each step with its hosts and what it waits for. */
export function renderGraph(graph: Graph, { color, width }: GraphTextOptions): string {
  const paint = createPaint(color)
  const rows = rowsOf(graph)
  const columns = columnsOf(graph, rows, width)
  const lines = rows.map(({ signs, step }, index) => {
    const lane = paint('cyan', signs)
    if (step === undefined) return lane
    const before = rows.findLast((row, at) => at < index && row.step !== undefined)?.step
    return `${lane}${' '.repeat(columns.signs - signs.length + 1)}${stepText(graph, step, before, columns, paint)}`
  })
  return `${[paint('bold', escapeText(graphTitle(graph))), '', ...lines].map(line => line.trimEnd()).join('\n')}\n`
}

/** Without a drawing, where too much goes on side by side, the list alone tells the order. */
function rowsOf(graph: Graph): Row[] {
  const lanes = drawLanes(graph.order, essentialNeeds(graph))
  if (lanes === undefined) return graph.order.map(index => ({ signs: '•', ...stepAt(graph, index) }))
  return lanes.map(({ signs, step }) => ({ signs, ...stepAt(graph, step) }))
}

function stepAt({ steps }: Graph, index: number | undefined): { readonly step?: GraphStep } {
  const step = index === undefined ? undefined : steps[index]
  return step === undefined ? {} : { step }
}

interface Columns {
  readonly signs: number
  readonly id: number
  /** What is left of the line for the hosts and the notes after them. */
  readonly rest: number
}

function columnsOf({ steps }: Graph, rows: readonly Row[], width: number): Columns {
  const signs = longest(rows.map(row => row.signs))
  const id = Math.min(32, longest(steps.map(step => step.id)))
  return { signs, id, rest: Math.max(20, width - signs - id - '  run  '.length - 1) }
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0)
}

function stepText(
  graph: Graph,
  step: GraphStep,
  before: GraphStep | undefined,
  columns: Columns,
  paint: Paint,
): string {
  const id = truncate(step.id, columns.id).padEnd(columns.id)
  const allHosts = escapeText(hostsText(step.hosts))
  const allNotes = notesOf(graph, step, before)
    .map(note => escapeText(note))
    .join(', ')
  const room = Math.max(Math.floor(columns.rest / 2), columns.rest - textWidth(allHosts)) - 2
  const note = allNotes === '' ? '' : `  ${truncate(allNotes, room)}`
  const hosts = truncate(allHosts, columns.rest - textWidth(note))
  const style = isExcluded(step) ? 'dim' : 'bold'
  return `${paint(style, id)}  ${paint('cyan', step.kind)}  ${hosts}${paint('dim', note)}`
}

export function hostsText(hosts: GraphHosts): string {
  if (hosts.kind === 'pattern') return hosts.text
  return hosts.names.length === 0 ? 'left out: no host of it is left' : foldHosts(hosts.names)
}

/** What the lanes do not show. The need of the step in the line above is plain to see. */
function notesOf({ steps }: Graph, step: GraphStep, before: GraphStep | undefined): string[] {
  const [need, ...others] = step.needs
  const isPlain = others.length === 0 && need?.on === 'host' && steps[need.step] === before
  const barriers = step.needs.filter(({ on }) => on === 'all')
  const names = step.needs.map(
    ({ step: index, on }) => `${steps[index]?.id}${on === 'all' && !step.once ? ' on all hosts' : ''}`,
  )
  return [
    ...(step.needs.length === 0 && before !== undefined ? ['starts at once'] : []),
    ...(step.once ? ['once'] : []),
    ...(step.throttle === undefined ? [] : [`${step.throttle} at a time`]),
    ...(step.needs.length > 0 && (!isPlain || barriers.length > 0) ? [`after ${names.join(' and ')}`] : []),
  ]
}
