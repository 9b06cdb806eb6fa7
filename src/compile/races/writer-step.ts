import { basename } from 'node:path/posix'
import type { Plan, PlanStep } from '../../model/plan.ts'
import type { SketchNode } from '../../model/sketch.ts'
import { isGlob } from '../../steps/shell-words.ts'
import { positionIn } from '../lower/host-sets.ts'
import { isVarying } from '../program/template-traits.ts'
import type { ListFolder } from './local-tree.ts'
import { meeting } from './meeting.ts'
import { decidingTexts, isWriter, type Written, writtenBy } from './written.ts'

/** What writers are looked up in. */
export interface WriterInputs {
  readonly plan: Plan
  readonly sketch: SketchNode
  readonly listFolder: ListFolder
  /** Nodes that may still be sketched. */
  readonly budget: { sketches: number }
}

/** The steps of a plan of which something is known that they write, but for those that may overlap with others. */
export function writersOf(inputs: WriterInputs): readonly WriterStep[] {
  const { steps } = inputs.plan
  return steps
    .filter(({ targets, hidden, mayOverlap }) => targets.length > 0 && !hidden && mayOverlap !== true)
    .filter(({ action }) => isWriter(action))
    .map(step => new WriterStep(step, inputs))
}

/** A step that writes, and what it writes on which host. */
export class WriterStep {
  readonly step: PlanStep
  readonly #inputs: WriterInputs
  readonly #isVarying: boolean
  #fixed: readonly Written[] | undefined
  #prefixes: readonly string[] | undefined
  #byCarrier: ReadonlyMap<number, readonly number[]> | undefined

  constructor(step: PlanStep, inputs: WriterInputs) {
    this.step = step
    this.#inputs = inputs
    this.#isVarying = step.action.kind === 'get' || decidingTexts(step.action).some(isVarying)
  }

  /** Fetches to the machine that drover runs on, into the folder of the node's own host. */
  get isFetching(): boolean {
    return this.step.action.kind === 'get'
  }

  /** Whether nodes of several hosts write in one place. */
  get isCarriedElsewhere(): boolean {
    return this.step.delegates !== undefined && !this.isFetching
  }

  /** The hosts whose nodes write on that one. */
  hostsWritingOn(place: number): readonly number[] {
    const { targets } = this.step
    if (!this.isCarriedElsewhere) return positionIn(targets, place) < 0 ? [] : [place]
    this.#byCarrier ??= Map.groupBy(targets, host => this.#carrier(host))
    return this.#byCarrier.get(place) ?? []
  }

  /** What the node writes; nothing where a condition that is known keeps it from running. */
  writtenOn(host: number): readonly Written[] {
    const isConditional = this.step.when.some(({ late }) => !late)
    if (this.#fixedWrites() !== undefined && !isConditional) return this.#fixedWrites() ?? []
    const written = this.#find(host)
    return written === undefined ? [] : (this.#fixedWrites() ?? written)
  }

  /** Whether a node of it and one of the other may write the same path, before any host is looked at. */
  mayMeet(other: WriterStep): boolean {
    if (this.isFetching !== other.isFetching || this.#fetchesOtherName(other)) return false
    const [own, others] = [this.#fixedWrites(), other.#fixedWrites()]
    const { listFolder } = this.#inputs
    if (own !== undefined && others !== undefined)
      return own.some(one => others.some(each => meeting(one, each, listFolder) !== undefined))
    return this.#beginnings().some(one =>
      other.#beginnings().some(each => one.startsWith(each) || each.startsWith(one)),
    )
  }

  #fetchesOtherName(other: WriterStep): boolean {
    const [own, others] = [this.step, other.step].map(fetchedName)
    return own !== undefined && others !== undefined && own !== others
  }

  /** Where they are the same for all hosts. */
  #fixedWrites(): readonly Written[] | undefined {
    if (this.#isVarying) return undefined
    this.#fixed ??= this.#findFirst()
    const isRelative = this.#fixed.some(written => beginningOf(written).startsWith('~'))
    return isRelative ? undefined : this.#fixed
  }

  #findFirst(): readonly Written[] {
    for (const host of this.step.targets) {
      const written = this.#find(host)
      if (written !== undefined) return written
    }
    return []
  }

  /** Undefined where the node does nothing, or is not looked at any more. */
  #find(host: number): readonly Written[] | undefined {
    const { plan, sketch, listFolder, budget } = this.#inputs
    if (budget.sketches === 0) return undefined
    budget.sketches -= 1
    const sketched = sketch(this.step.index, host)
    const carrier = plan.hosts[this.#carrier(host)]
    if (sketched.kind !== 'action' || carrier === undefined) return undefined
    const { action } = sketched
    const user = action.become?.user ?? carrier.connection.user
    return writtenBy(action, this.step.action, { user, carrier: carrier.name, listFolder })
  }

  #carrier(host: number): number {
    return this.step.delegates?.[host] ?? host
  }

  /** What paths that it writes begin with. */
  #beginnings(): readonly string[] {
    this.#prefixes ??= this.#fixedWrites()?.map(beginningOf) ?? [writtenBeginning(this.step)]
    return this.#prefixes
  }
}

function beginningOf(written: Written): string {
  switch (written.kind) {
    case 'path':
    case 'tree':
      return written.path
    case 'glob':
      return written.pattern.replace(/[*?[{].*$/s, '')
    case 'fetched':
      return written.folder
  }
}

/** What the `dest` of a put has before its first expression, where that is how the path is going to begin. */
function writtenBeginning({ action }: PlanStep): string {
  const [first] = action.kind === 'put' ? action.dest : []
  return typeof first === 'string' && first.startsWith('/') && !/\/\.?\//.test(first)
    ? first.replace(/\/\.$/, '/')
    : ''
}

/** The name of what is fetched, where it is one name that is written as it is. */
function fetchedName({ action }: PlanStep): string | undefined {
  const [text, ...others] = action.kind === 'get' ? action.src : []
  if (typeof text !== 'string' || others.length > 0) return undefined
  const name = basename(text)
  return isGlob(name) ? undefined : name
}
