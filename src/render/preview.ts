import type { Plan, PlanStep } from '../model/plan.ts'
import { count } from '../model/quantity.ts'
import { escapeText } from './escape.ts'
import { foldHosts } from './fold-hosts.ts'
import { createPaint, type Paint } from './paint.ts'
import { describeAction } from './preview-action.ts'
import { type ActionGroup, foldActions, type RenderAction } from './preview-fold.ts'

export interface PreviewOptions {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Local paths below it are shown relative to it. */
  readonly cwd: string
  /** Shows all of what is otherwise shortened. */
  readonly verbose: boolean
}

/** Of a step that does something else on every host only so many are shown, and of a text so many lines. */
const SHORT = { groups: 4, lines: 20 } as const

/** What a plan would do, step by step in their order, hosts folded where it does the same there. */
export function renderPreview(plan: Plan, render: RenderAction, options: PreviewOptions): string {
  const paint = createPaint(options.color)
  const steps = plan.order.flatMap((index, at) => {
    const step = plan.steps[index]
    return step === undefined ? [] : [...renderStep(plan, step, at + 1, render, paint, options), '']
  })
  return `${[...heading(plan, paint), '', ...steps, summary(plan)].join('\n')}\n`
}

/** `Plan: 27 nodes on 6 hosts (…)`. */
export function summary({ hosts, steps }: Plan): string {
  const nodes = steps.reduce((sum, { targets }) => sum + targets.length, 0)
  return `Plan: ${count(nodes, 'node')} on ${count(hosts.length, 'host')} (not connected: what would change is not known)`
}

function heading({ name, file }: Plan, paint: Paint): string[] {
  const where = name === file ? '' : paint('dim', ` (${escapeText(file)})`)
  return [
    `${paint('bold', escapeText(name))}${where}`,
    paint(
      'dim',
      'This is what would be sent. No host was asked, so guards and files there are not looked at.',
    ),
  ]
}

function renderStep(
  plan: Plan,
  step: PlanStep,
  number: number,
  render: RenderAction,
  paint: Paint,
  options: PreviewOptions,
): string[] {
  const title = step.title === step.id ? '' : `  ${escapeText(step.title)}`
  const notes = notesOf(plan, step)
  const head = `${paint('dim', `${number}.`)} ${paint('bold', step.id)}${title}`
  const lines = [head, ...(notes.length === 0 ? [] : [`   ${paint('dim', notes.join(', '))}`])]
  if (step.targets.length === 0) return [...lines, `   ${paint('yellow', 'left out: no host of it is left')}`]
  const groups = foldActions(plan, step, render)
  const shown = options.verbose ? groups : groups.slice(0, SHORT.groups)
  for (const group of shown) lines.push(...renderGroup(group, paint, options))
  const rest = groups.slice(shown.length)
  if (rest.length > 0) {
    const hosts = rest.reduce((sum, group) => sum + group.hosts.length, 0)
    lines.push(
      `   ${paint('dim', `… and ${rest.length} other ways on ${count(hosts, 'host')} (-v shows them)`)}`,
    )
  }
  return lines
}

function renderGroup(group: ActionGroup, paint: Paint, { cwd, verbose, width }: PreviewOptions): string[] {
  const lines = verbose ? Number.POSITIVE_INFINITY : SHORT.lines
  const { length } = group.hosts
  const size = length > 1 ? paint('dim', ` (${length} hosts)`) : ''
  return [
    ...wrapNames(foldHosts(group.hosts), width - 4).map(
      (names, at, all) => `   ${paint('green', escapeText(names))}${at === all.length - 1 ? `${size}:` : ''}`,
    ),
    ...describeAction(group.action, { paint, cwd, lines }).map(line => `     ${line}`),
  ]
}

/** Breaks a folded list of hosts after its commas, those inside brackets too. */
function wrapNames(names: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of names.split(/(?<=,)/)) {
    if (line !== '' && line.length + piece.length > width) {
      lines.push(line)
      line = ''
    }
    line += piece
  }
  return [...lines, line]
}

function notesOf({ steps }: Plan, step: PlanStep): string[] {
  const names = step.edges.map(
    ({ from, on }) => `${steps[from]?.id}${on === 'all' && !step.once ? ' on all hosts' : ''}`,
  )
  return [
    names.length === 0 ? 'starts at once' : `after ${names.join(' and ')}`,
    ...(step.once ? ['once, on the first host'] : []),
    ...(step.throttle === undefined ? [] : [`${step.throttle} at a time`]),
    ...(step.tolerated === 0 ? [] : [`${count(step.tolerated, 'host')} may fail`]),
    ...(step.onFailure === 'stop' ? ['a failure stops everything'] : []),
    ...(step.onFailure === 'continue' ? ['goes on after a failure'] : []),
  ]
}
