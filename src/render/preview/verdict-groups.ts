import type { Finding, PutFinding } from '../../model/finding.ts'
import type { NodeResult } from '../../model/outcome.ts'
import type { PlanStep } from '../../model/plan.ts'
import type { NodePreview, Preview } from '../../model/preview.ts'
import type { Sketch } from '../../model/sketch.ts'
import { foldNodes, type HostGroup, withoutHost } from './fold.ts'
import { withoutHome } from './home-paths.ts'
import { ranWords } from './ran-words.ts'
import { STANDINGS, type Standing, standingOf } from './standing.ts'

/** Hosts for which there is the same to tell of a step. */
export interface VerdictGroup extends HostGroup<NodePreview> {
  readonly standing: Standing
}

export interface Telling {
  /** Whether differences of contents are shown. */
  readonly diff: boolean
  /** Shows all of what is otherwise shortened or left out. */
  readonly verbose: boolean
}

/**
 * Groups a step's hosts by what there is to tell, the most common first. Unreachable ones are left out: they are told
 * once for all steps.
 */
export function foldVerdicts(preview: Preview, step: PlanStep, telling: Telling): VerdictGroup[] {
  // Nodes that share an object go on sharing one.
  const known = new Map<NodePreview, NodePreview>()
  const nodeOf = (host: number) => {
    const node = preview.node(step.index, host)
    if (node === undefined || !isAsked(preview, host, node)) return undefined
    const own = known.get(node) ?? withoutHome(node)
    known.set(node, own)
    return own
  }
  return foldNodes(preview.plan, step, nodeOf, node => toldOf(node, telling))
    .map(group => ({ ...group, standing: standingOf((group.nodes[0] as NodePreview).verdict) }))
    .toSorted((a, b) => b.hosts.length - a.hosts.length)
}

/** Whether there is anything to tell: hosts that could not be reached are told of once for all steps. */
export function isAsked({ unreachable }: Preview, host: number, { verdict }: NodePreview): boolean {
  return !unreachable.has(host) || standingOf(verdict) !== 'unknown'
}

/** The groups that are shown, in their order, where only so many are: those that matter most, then the largest. */
export function foremost(
  groups: readonly VerdictGroup[],
  most: number,
): { readonly shown: readonly VerdictGroup[]; readonly rest: readonly VerdictGroup[] } {
  if (groups.length <= most + 1) return { shown: groups, rest: [] }
  const byRank = groups.toSorted((a, b) => STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing))
  // The most common is what the others are compared with.
  const kept = new Set([...new Set([...groups.slice(0, 1), ...byRank])].slice(0, most))
  return { shown: groups.filter(group => kept.has(group)), rest: groups.filter(group => !kept.has(group)) }
}

/** What of a node is shown: what else differs does not keep hosts apart. */
function toldOf({ verdict, sketch, finding, result }: NodePreview, { diff, verbose }: Telling): unknown {
  const note = noteOf(finding)
  switch (verdict.kind) {
    case 'skip':
      return [verdict, verbose ? note : '']
    case 'no change':
      return finding?.kind === 'get'
        ? [verdict, toldSketch(sketch, false), note]
        : [verdict, finding?.kind === 'put' || verbose ? note : '', verbose ? ranTold(result) : '']
    case 'unknown': {
      const fails = verdict.fails === true
      return [
        verdict,
        verbose || fails ? toldSketch(sketch, verbose) : '',
        note,
        fails ? ranTold(result) : '',
      ]
    }
    case 'change':
      return [
        verdict,
        toldSketch(sketch, verbose && finding?.kind !== 'put'),
        note,
        toldChanges(finding, diff),
      ]
  }
}

function noteOf(finding: Finding | undefined): string | undefined {
  return finding?.kind === 'run' || finding?.kind === 'put' ? finding.note : undefined
}

function ranTold(result: NodeResult | undefined): string {
  return result === undefined ? '' : ranWords(result, text => text)
}

/** Of a content that is not shown, its size stands for it. */
function toldSketch(sketch: Sketch, withContent: boolean): unknown {
  if (sketch.kind !== 'action') return sketch
  const { kind, conditions, action } = withoutHost(sketch) as typeof sketch
  if (action.kind !== 'put' || action.source.kind === 'src' || withContent)
    return [kind, conditions, { ...action, planned: undefined }]
  return [kind, conditions, { ...action, planned: undefined, source: Buffer.byteLength(action.source.text) }]
}

function toldChanges(finding: Finding | undefined, diff: boolean): unknown {
  if (finding?.kind !== 'put') return undefined
  const { changes, counts, missing } = finding
  return [diff ? changes : changes.map(withoutDiff), counts, missing]
}

function withoutDiff(change: PutFinding['changes'][number]): unknown {
  return change.diff?.kind === 'text' ? { ...change, diff: undefined } : change
}
