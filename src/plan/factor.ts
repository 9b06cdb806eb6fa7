import type { Finding } from '../model/finding.ts'
import { LIMITS } from '../model/limits.ts'
import type { NodePreview, Preview, Verdict } from '../model/preview.ts'
import type { Sketch } from '../model/sketch.ts'
import { BeforePatterns } from './before-column.ts'
import { sketch as sketchCodec } from './codec/action.ts'
import { finding as findingCodec, result as resultCodec } from './codec/result.ts'
import { DetailTable, Room } from './detail-table.ts'
import { type Bases, mapActionPaths, mapFindingPaths, withoutBase } from './local-paths.ts'
import { type NodeGroup, type NodeTables, type StepNodes, verdict as verdictCodec } from './nodes.ts'
import { commonSketch, DIFFERS } from './partial-sketch.ts'
import { ActionDigests, beforeOf } from './planned-nodes.ts'
import { rangesOf } from './runs.ts'

export interface FactoredNodes {
  readonly tables: NodeTables
  readonly nodes: StepNodes
}

/**
 * The nodes of a preview without repetitions. What each host has for itself is kept up to LIMITS.planDetailChars, shared
 * out over the steps; beyond, only what a node is held against later.
 * @param bases the folders that local paths count from
 */
export function factorNodes({ plan, node }: Preview, bases: Bases): FactoredNodes {
  const factoring = new Factoring(bases)
  const told = plan.steps.filter(step => !step.hidden && step.targets.length > 0)
  const room = new Room(LIMITS.planDetailChars)
  const nodes: NodeGroup[][] = plan.steps.map(() => [])
  for (const [at, step] of told.entries()) {
    const share = Math.floor(room.left / (told.length - at))
    const own = new Room(share)
    nodes[step.index] = factoring.step(step.targets, host => node(step.index, host), own)
    room.take(share - own.left)
  }
  return { tables: factoring.tables(), nodes }
}

interface NodeParts {
  readonly verdict: number
  readonly sketch: number
  readonly finding: number | undefined
  readonly result: number | undefined
  readonly partial: true | undefined
}

interface OpenGroup extends NodeParts {
  readonly hosts: number[]
  readonly actions: string[]
  readonly before: string[]
}

/** What is made in place of what is not kept takes little, and is always kept. */
const ENOUGH = new Room(Number.POSITIVE_INFINITY)

class Factoring {
  readonly #bases: Bases
  readonly #digests: ActionDigests
  readonly #verdicts = new DetailTable(verdictCodec)
  readonly #sketches = new DetailTable(sketchCodec)
  readonly #findings = new DetailTable(findingCodec)
  readonly #results = new DetailTable(resultCodec)
  readonly #patterns = new BeforePatterns()

  constructor(bases: Bases) {
    this.#bases = bases
    this.#digests = new ActionDigests(bases)
  }

  tables(): NodeTables {
    return {
      verdicts: this.#verdicts.values,
      sketches: this.#sketches.values,
      findings: this.#findings.values,
      results: this.#results.values,
      patterns: this.#patterns.patterns,
    }
  }

  step(hosts: Iterable<number>, nodeOf: (host: number) => NodePreview | undefined, room: Room): NodeGroup[] {
    const groups = new Map<string, OpenGroup>()
    const bases = new Map<string, Sketch>()
    for (const host of hosts) {
      const node = nodeOf(host)
      if (node === undefined) continue
      const before = beforeOf(node.finding)
      const action = this.#digests.of(node.verdict, node.sketch)
      const parts = this.#parts(node, bases, room)
      const key = `${Object.values(parts).join()} ${before === undefined} ${action === undefined}`
      const group: OpenGroup = groups.get(key) ?? { ...parts, hosts: [], actions: [], before: [] }
      groups.set(key, group)
      group.hosts.push(host)
      if (before !== undefined) group.before.push(before)
      if (action !== undefined) group.actions.push(action)
    }
    return [...groups.values()].map(group => this.#closed(group))
  }

  #parts(node: NodePreview, bases: Map<string, Sketch>, room: Room): NodeParts {
    const { verdict, finding, result } = node
    const ownVerdict = this.#verdicts.add(verdict, () => verdict, room)
    const ownSketch = this.#sketches.add(node.sketch, () => this.#local(node.sketch), room)
    const ownFinding = finding && this.#findings.add(finding, () => withoutBefore(finding, this.#bases), room)
    const ownResult = result && this.#results.add(result, () => result, room)
    const isWhole =
      ownVerdict !== undefined &&
      ownSketch !== undefined &&
      (ownFinding === undefined) === (finding === undefined) &&
      (ownResult === undefined) === (result === undefined)
    return {
      verdict: ownVerdict ?? this.#partialVerdict(verdict),
      sketch: ownSketch ?? this.#partialSketch(node.sketch, bases),
      finding: ownFinding,
      result: ownResult,
      partial: isWhole ? undefined : true,
    }
  }

  #local(sketch: Sketch): Sketch {
    if (sketch.kind !== 'action') return sketch
    return { ...sketch, action: mapActionPaths(sketch.action, path => withoutBase(this.#bases, path)) }
  }

  #partialVerdict(verdict: Verdict): number {
    const partial: Verdict = 'because' in verdict ? { ...verdict, because: DIFFERS } : verdict
    return this.#verdicts.add(partial, () => partial, ENOUGH) as number
  }

  /** Of the sketches of a step that are not kept, the first one is what the others are compared with. */
  #partialSketch(whole: Sketch, bases: Map<string, Sketch>): number {
    const sketch = this.#local(whole)
    const kind = sketch.kind === 'action' ? sketch.action.kind : sketch.kind
    const base = bases.get(kind) ?? sketch
    bases.set(kind, base)
    const partial = commonSketch(base, sketch)
    return this.#sketches.add(partial, () => partial, ENOUGH) as number
  }

  #closed({ hosts, actions, before, verdict, sketch, finding, result, partial }: OpenGroup): NodeGroup {
    return {
      hosts: rangesOf(hosts),
      verdict,
      sketch,
      ...(finding === undefined ? {} : { finding }),
      ...(result === undefined ? {} : { result }),
      ...(partial === undefined ? {} : { partial }),
      ...(actions.length === 0 ? {} : { actions: oneOrAll(actions) }),
      ...(before.length === 0 ? {} : { before: this.#patterns.column(before) }),
    }
  }
}

function withoutBefore(finding: Finding, bases: Bases): Finding {
  const local = mapFindingPaths(finding, path => withoutBase(bases, path))
  return 'before' in local ? { ...local, before: '' } : local
}

function oneOrAll(digests: readonly string[]): string {
  const [first = ''] = digests
  return digests.every(digest => digest === first) ? first : digests.join('')
}
