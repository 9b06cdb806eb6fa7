import type { Plan } from '../../model/plan.ts'
import type { SketchNode } from '../../model/sketch.ts'
import { isGlob } from '../../steps/shell-words.ts'
import type { ListFolder } from './local-tree.ts'
import { meeting } from './meeting.ts'
import { type Node, Overlap } from './overlap.ts'
import type { Race } from './race.ts'
import { pathBelow } from './remote-path.ts'
import { type WriterStep, writersOf } from './writer-step.ts'
import type { Written } from './written.ts'

/** Nodes that are looked at, and pairs of them, at most: a second or so. What comes after them is not judged. */
const SKETCHES = 100_000
const COMPARISONS = 2_000_000

export interface RaceInputs {
  readonly plan: Plan
  readonly sketch: SketchNode
  readonly listFolder: ListFolder
}

/** Finds races, one for each pair of steps. Hosts are looked at only for steps that may be in one. */
export function findRaces(given: RaceInputs): readonly Race[] {
  const inputs = { ...given, listFolder: eachOnce(given.listFolder) }
  const budget = { sketches: SKETCHES, comparisons: COMPARISONS }
  const writers = writersOf({ ...inputs, budget })
  if (writers.length === 0) return []
  const overlap = new Overlap(inputs.plan)
  const suspects = suspectsAmong(writers, overlap)
  const search = new Search(inputs, overlap, budget)
  const places = suspects.length === 0 ? 0 : inputs.plan.hosts.length
  for (let place = 0; place < places && search.lookAt(place, suspects); place += 1);
  return search.races()
}

/** The steps that, by their order and by what is fixed of what they write, may race with another or themselves. */
function suspectsAmong(writers: readonly WriterStep[], overlap: Overlap): readonly WriterStep[] {
  const suspects = new Set<WriterStep>()
  for (const [at, writer] of writers.entries()) {
    const { throttle, targets } = writer.step
    if (writer.isCarriedElsewhere && throttle !== 1 && targets.length > 1) suspects.add(writer)
    for (const other of writers.slice(0, at)) {
      if (suspects.has(writer) && suspects.has(other)) continue
      const isElsewhere = writer.isCarriedElsewhere || other.isCarriedElsewhere
      if (!isElsewhere && overlap.isApart(writer.step, other.step)) continue
      if (writer.mayMeet(other)) suspects.add(writer).add(other)
    }
  }
  return writers.filter(writer => suspects.has(writer))
}

interface WritingNode extends Node {
  readonly written: Written
}

/** Looks at places one by one, and remembers what it finds for each pair of steps. */
class Search {
  readonly #inputs: RaceInputs
  readonly #overlap: Overlap
  readonly #budget: { sketches: number; comparisons: number }
  readonly #found = new Map<number, Race>()

  constructor(inputs: RaceInputs, overlap: Overlap, budget: { sketches: number; comparisons: number }) {
    this.#inputs = inputs
    this.#overlap = overlap
    this.#budget = budget
  }

  /** False when no more can be looked at. */
  lookAt(place: number, suspects: readonly WriterStep[]): boolean {
    const here = new Map<number, Race>()
    for (const kind of ['writes', 'fetches'] as const) {
      const nodes = suspects
        .filter(writer => writer.isFetching === (kind === 'fetches'))
        .flatMap(writer => nodesOf(writer, place))
      for (const [ones, others] of candidates(nodes)) this.#compare(ones, others, here, { kind, place })
    }
    for (const [key, race] of here) {
      const known = this.#found.get(key)
      this.#found.set(key, known === undefined ? race : { ...known, morePlaces: known.morePlaces + 1 })
    }
    return this.#budget.comparisons > 0
  }

  races(): readonly Race[] {
    const isPartial = this.#budget.sketches === 0 || this.#budget.comparisons === 0
    return Array.from(this.#found.values(), race => ({ ...race, isPartial }))
  }

  /** Nodes of one step each. */
  #compare(ones: Group, others: Group, here: Map<number, Race>, at: Pick<Race, 'kind' | 'place'>): void {
    const [step, otherStep] = [ones[0]?.step ?? 0, others[0]?.step ?? 0]
    const key = Math.min(step, otherStep) * this.#inputs.plan.steps.length + Math.max(step, otherStep)
    if (here.has(key)) return
    for (const one of ones) {
      for (const other of others) {
        if (one.step === other.step && one.host <= other.host) continue
        if (this.#budget.comparisons === 0) return
        this.#budget.comparisons -= 1
        const path = meeting(one.written, other.written, this.#inputs.listFolder)
        if (path === undefined || !this.#overlap.canOverlap(one, other)) continue
        here.set(key, { ...inOrder(one, other), path, ...at, morePlaces: 0, isPartial: false })
        return
      }
    }
  }
}

function nodesOf(writer: WriterStep, place: number): readonly WritingNode[] {
  const { index: step } = writer.step
  return writer
    .hostsWritingOn(place)
    .flatMap(host => writer.writtenOn(host).map(written => ({ step, host, written })))
}

/** Nodes of one step. */
type Group = readonly WritingNode[]

/** Which nodes are to be compared, by steps: those with the same path, and what stands for several paths with all. */
function* candidates(nodes: readonly WritingNode[]): Generator<readonly [Group, Group]> {
  const byPath = Map.groupBy(nodes, ({ written }) => onlyPath(written))
  for (const [path, same] of byPath) {
    const groups = same.length > 1 || path === '' ? byStep(same) : []
    const all = path === '' ? byStep(nodes) : undefined
    for (const [at, ones] of groups.entries())
      for (const others of all ?? groups.slice(0, at + 1)) yield [ones, others]
  }
}

/** Empty for what stands for several. */
function onlyPath(written: Written): string {
  if (written.kind === 'fetched') return isGlob(written.name) ? '' : pathBelow(written.folder, written.name)
  return written.kind === 'path' ? written.path : ''
}

function byStep(nodes: readonly WritingNode[]): readonly Group[] {
  return [...Map.groupBy(nodes, ({ step }) => step).values()]
}

function inOrder(one: Node, other: Node): Pick<Race, 'first' | 'second'> {
  const [first, second] =
    one.step < other.step || (one.step === other.step && one.host < other.host) ? [one, other] : [other, one]
  return { first: nodeOf(first), second: nodeOf(second) }
}

const nodeOf = ({ step, host }: Node): Node => ({ step, host })

/** Looks into each folder once. */
function eachOnce(list: ListFolder): ListFolder {
  const known = new Map<string, ReturnType<ListFolder>>()
  return path => {
    if (!known.has(path)) known.set(path, list(path))
    return known.get(path)
  }
}
