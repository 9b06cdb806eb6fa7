import { escapeText } from '../escape.ts'
import {
  type Graph,
  type GraphNeed,
  type GraphStep,
  graphTitle,
  groupText,
  hostsText,
  isExcluded,
  kindText,
} from '../graph.ts'
import { createPaint, type Paint } from '../paint.ts'
import { orderWords } from '../step-words.ts'
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
  readonly above: string
  readonly step?: GraphStep
  /** What the step waits for, without what that implies. */
  readonly needs: readonly GraphNeed[]
}

/** Draws the steps for a terminal: lanes at the left, then each step with its hosts and what it waits for. */
export function renderGraph(graph: Graph, { color, width }: GraphTextOptions): string {
  const paint = createPaint(color)
  const rows = rowsOf(graph)
  const columns = columnsOf(graph, rows, width)
  const lines: string[] = []
  let before: GraphStep | undefined
  for (const { signs, above, step, needs } of rows) {
    const beside = (lane: string, text: string) =>
      `${paint('cyan', lane)}${' '.repeat(Math.max(0, columns.signs - lane.length) + 1)}${text}`
    if (step === undefined) lines.push(paint('cyan', signs))
    else {
      for (const heading of headings(graph, before, step))
        lines.push(beside(above, paint('magenta', truncate(heading, width - columns.signs - 1))))
      lines.push(beside(signs, stepText(graph, { step, needs, before }, columns, paint)))
      before = step
    }
  }
  return `${[paint('bold', escapeText(graphTitle(graph))), '', ...lines].map(line => line.trimEnd()).join('\n')}\n`
}

/** Without a drawing, where too much goes on side by side, the list alone tells the order. */
function rowsOf(graph: Graph): Row[] {
  const essential = essentialNeeds(graph)
  const stepAt = (index: number | undefined) => {
    const step = index === undefined ? undefined : graph.steps[index]
    if (index === undefined || step === undefined) return { needs: [] }
    const isTold = (need: GraphNeed) =>
      need.on === 'all' ||
      (need.if !== 'success' && !isPassedOn(graph, step, need)) ||
      essential[index]?.includes(need.step)
    return { step, needs: step.needs.filter(isTold) }
  }
  const lanes = drawLanes(graph.order, essential)
  if (lanes === undefined) return graph.order.map(index => ({ signs: '•', above: '', ...stepAt(index) }))
  return lanes.map(({ signs, above, step }) => ({ signs, above, ...stepAt(step) }))
}

/** The condition of a group is the same for all of its steps: it is told of the first ones. */
function isPassedOn({ steps }: Graph, { needs }: GraphStep, { step, if: how }: GraphNeed): boolean {
  return needs.some(
    need => need.if === 'success' && steps[need.step]?.needs.some(far => far.step === step && far.if === how),
  )
}

/** The groups that begin, or go on, with this step. */
function headings(graph: Graph, before: GraphStep | undefined, step: GraphStep): string[] {
  const around = groupsAround(graph, before)
  return groupsAround(graph, step).flatMap((index, depth) => {
    const group = graph.groups[index]
    if (around[depth] === index || group === undefined) return []
    return [`${'  '.repeat(depth)}${escapeText(groupText(group))}`]
  })
}

/** Indexes of the groups around a step, outermost first. */
function groupsAround({ groups }: Graph, step: GraphStep | undefined): number[] {
  const around: number[] = []
  for (let at = step?.group; at !== undefined; at = groups[at]?.parent) around.unshift(at)
  return around
}

interface Columns {
  readonly signs: number
  readonly id: number
  readonly kind: number
  /** What is left of the line for the hosts and the notes after them. */
  readonly rest: number
}

function columnsOf(graph: Graph, rows: readonly Row[], width: number): Columns {
  const signs = longest(rows.map(row => row.signs))
  const id = Math.min(32, longest(graph.steps.map(step => idText(graph, step))))
  const kind = longest(graph.steps.map(kindText))
  return { signs, id, kind, rest: Math.max(20, width - signs - id - kind - '    '.length - 1) }
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0)
}

function idText(graph: Graph, step: GraphStep): string {
  return `${'  '.repeat(groupsAround(graph, step).length)}${escapeText(step.id)}`
}

/** A step with what it waits for, and the step in the line above. */
interface Placed {
  readonly step: GraphStep
  readonly needs: readonly GraphNeed[]
  readonly before: GraphStep | undefined
}

function stepText(graph: Graph, placed: Placed, columns: Columns, paint: Paint): string {
  const { step } = placed
  const id = truncate(idText(graph, step), columns.id).padEnd(columns.id)
  const allHosts = escapeText(hostsText(step))
  const allNotes = notesOf(graph, placed)
    .map(note => escapeText(note))
    .join(', ')
  const room = Math.max(Math.floor(columns.rest / 2), columns.rest - textWidth(allHosts)) - 2
  const note = allNotes === '' ? '' : `  ${truncate(allNotes, room)}`
  const hosts = truncate(allHosts, columns.rest - textWidth(note))
  const style = isExcluded(step) || step.hidden ? 'dim' : 'bold'
  const kind = paint('cyan', kindText(step).padEnd(columns.kind))
  return `${paint(style, id)}  ${kind}  ${hosts}${paint('dim', note)}`
}

/** What the lanes do not show. The need of the step in the line above is plain to see. */
function notesOf({ steps }: Graph, { step, needs, before }: Placed): string[] {
  const [need, ...others] = needs
  const isPlain =
    others.length === 0 && need?.on === 'host' && need.if === 'success' && steps[need.step] === before
  const named = needs.map(need => ({ ...need, name: steps[need.step]?.id ?? '?' }))
  return [
    ...(needs.length === 0 && before !== undefined && !step.hidden ? ['starts at once'] : []),
    ...(step.once ? ['once'] : []),
    ...(step.throttle === undefined ? [] : [`${step.throttle} at a time`]),
    ...(isPlain ? [] : orderWords(named, step.once)),
  ]
}
