import type { PlanStep } from '../../model/plan.ts'
import type { NodePreview } from '../../model/preview.ts'
import { type ActionTextOptions, describeSketch } from './action.ts'
import type { DiffRoom } from './diff-lines.ts'
import { withoutHost } from './fold.ts'
import { fetchedLines, fetchedOf, fetchedWords } from './get-lines.ts'
import { putLines } from './put-lines.ts'
import { ranWords } from './ran-words.ts'
import type { VerdictGroup } from './verdict-groups.ts'

export interface GroupTextOptions extends Omit<ActionTextOptions, 'brief'> {
  readonly diff: boolean
  readonly verbose: boolean
  readonly most: DiffRoom & { readonly entries: number }
}

/**
 * What is said of a group's hosts: `unknown on web3 because steps.conf would change first`. Escaped.
 * @param hosts the hosts in words, where they are named
 */
export function verdictWords(group: VerdictGroup, options: GroupTextOptions, hosts = ''): string {
  const { verdict } = firstOf(group)
  const on = hosts === '' ? '' : ` on ${hosts}`
  const because = 'because' in verdict ? options.shown(verdict.because) : ''
  switch (group.standing) {
    case 'change':
      return ''
    case 'no change': {
      const note = noChangeNote(group, options)
      return `no change${on}${note}`
    }
    case 'skip':
      return `skipped${on}${because === '' ? '' : `: ${because}`}`
    case 'unknown':
      return `unknown${on} because ${because}`
    case 'fails':
      return `would fail${on}: ${because}`
  }
}

/** Why nothing changes, to go on after the verdict, where that can be said of all of the hosts in the same words. */
function noChangeNote({ nodes }: VerdictGroup, { shown, cwd }: GroupTextOptions): string {
  const fetched = fetchedOf(nodes, cwd)
  if (fetched !== undefined) return fetched.new + fetched.changed > 0 ? '' : `: ${fetchedWords(fetched)}`
  const [note, ...others] = new Set([...new Set(nodes)].map(node => noteOf(node, shown)))
  if (note === undefined) return ''
  if (others.length === 0) return note
  return nodes.every(({ result }) => result !== undefined) ? ', ran' : ''
}

function noteOf({ finding, result }: NodePreview, shown: GroupTextOptions['shown']): string {
  if (result !== undefined) {
    const words = ranWords(result, shown)
    return words === '' ? ', ran' : `, ran: ${words}`
  }
  const note = finding?.kind === 'run' || finding?.kind === 'put' ? finding.note : undefined
  return note === undefined ? '' : `: ${shown(note)}`
}

/** What a group's hosts would get, in lines for people; none where the verdict says it all. */
export function groupDetails(group: VerdictGroup, step: PlanStep, options: GroupTextOptions): string[] {
  const { finding } = firstOf(group)
  const { verbose } = options
  switch (group.standing) {
    case 'skip':
      return []
    case 'no change':
      return finding?.kind === 'get' ? getDetails(group, step, options) : []
    case 'unknown':
      return verbose ? describe(group, step, options, false) : []
    case 'fails':
      return failDetails(group, step, options)
    case 'change':
      if (finding?.kind === 'put') return putDetails(group, step, options)
      if (finding?.kind === 'get') return getDetails(group, step, options)
      return [...describe(group, step, options, !verbose), ...noteLines(group, options)]
  }
}

function failDetails(group: VerdictGroup, step: PlanStep, options: GroupTextOptions): string[] {
  const { finding, sketch, result } = firstOf(group)
  const { paint, shown } = options
  const failure = finding !== undefined && 'failure' in finding ? finding.failure : result?.failure
  const ran = result === undefined ? '' : ranWords(result, shown)
  return [
    ...(ran === '' ? [] : [`${paint('dim', 'it ran:')} ${ran}`]),
    ...(failure?.hint === undefined ? [] : [paint('dim', `hint: ${shown(failure.hint)}`)]),
    ...(sketch.kind === 'failure' ? [] : describe(group, step, options)),
    ...noteLines(group, options),
  ]
}

function putDetails(group: VerdictGroup, step: PlanStep, options: GroupTextOptions): string[] {
  const { finding } = firstOf(group)
  if (finding?.kind !== 'put') return []
  // Of one file the path says where it goes.
  const isOne = finding.changes.length === 1 && finding.targets.length <= 1
  return [
    ...(isOne && !options.verbose ? [] : describe(group, step, options)),
    ...putLines(finding, options),
    ...noteLines(group, options),
  ]
}

function getDetails(group: VerdictGroup, step: PlanStep, options: GroupTextOptions): string[] {
  const fetched = fetchedOf(group.nodes, options.cwd)
  if (fetched === undefined || (fetched.new + fetched.changed === 0 && !options.verbose)) return []
  return [...describe(group, step, options), ...fetchedLines(fetched, options.most.entries, options.shown)]
}

function describe(group: VerdictGroup, step: PlanStep, options: GroupTextOptions, brief = true): string[] {
  return describeSketch(withoutHost(firstOf(group).sketch), step, { ...options, brief })
}

function noteLines(group: VerdictGroup, { paint, shown }: GroupTextOptions): string[] {
  const { finding } = firstOf(group)
  const note = finding?.kind === 'run' || finding?.kind === 'put' ? finding.note : undefined
  return note === undefined ? [] : [paint('dim', shown(note))]
}

function firstOf({ nodes }: VerdictGroup): NodePreview {
  return nodes[0] as NodePreview
}
