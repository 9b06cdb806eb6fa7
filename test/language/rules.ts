import type { Outcome } from '../../src/model/outcome.ts'
import { batchOf } from './batches.ts'
import { excludedOf } from './excluded.ts'
import type { HostName, WrittenNeed, WrittenPlaybook } from './model.ts'
import { leavesOf, named, type Unfolded, type Unit } from './unfolded.ts'
import { type Reference, referencesOf } from './values.ts'

/** What a need leads to: whether it is met if it wants success, and whether it is if it wants a failure. */
interface View {
  readonly passes: boolean
  readonly bad: boolean
}

interface Want {
  readonly to: Unit
  /** `away`: as `host`, but only where it does not run on the host. */
  readonly on: 'host' | 'all' | 'away'
  readonly if: 'success' | 'failed' | 'always'
  /** The leaves themselves, not what the end of it is. */
  readonly leaves: boolean
}

export type NodeName = `${string} on ${HostName}`
export const nodeName = (leaf: Unit, host: HostName): NodeName => `${leaf.id} on ${host}`

/** It may be met though what it leads to has not begun. */
const isLenient = ({ to, if: condition }: Want) =>
  condition !== 'success' || leavesOf(to).some(leaf => leaf.inherited.maxFailures > 0)

/** How something behind what is not there is looked at. */
function further(on: Want['on'], own: Want['on']): Want['on'] {
  return on === 'host' || own === 'all' ? own : on
}

const isAtHome = (leaf: Unit, host: HostName) => leaf.hosts.includes(host) || leaf.idle.includes(host)

const isWell = (outcome: Outcome) => outcome === 'ok' || outcome === 'changed' || outcome === 'skipped'

/**
 * SEMANTICS "Order", "Failure" and "Groups, rolling, loops", spelled out over the playbook as it is written, host by
 * host, as slowly and as plainly as can be. `ended` says how the other nodes ended; every question is about one.
 */
export class Rules {
  readonly #excluded: ReadonlySet<Unit>
  readonly #ended: (name: NodeName) => Outcome
  readonly #unfolded: Unfolded
  readonly #before = new Map<NodeName, ReadonlySet<NodeName>>()
  readonly #views = new Map<string, View>()
  readonly #names = new Map<string, readonly NodeName[]>()
  readonly #there = new Map<NodeName, boolean>()
  readonly #stand = new Map<NodeName, ReadonlySet<NodeName>>()
  readonly #gatesOf = new Map<Unit, Want[][]>()
  readonly #factless: ReadonlySet<HostName>

  /** @param factless the hosts on which facts could not be gathered */
  constructor(
    unfolded: Unfolded,
    playbook: WrittenPlaybook,
    ended: (name: NodeName) => Outcome,
    factless: ReadonlySet<HostName>,
  ) {
    this.#unfolded = unfolded
    this.#ended = ended
    this.#factless = factless
    this.#excluded = excludedOf(unfolded, playbook)
  }

  hostsOf(leaf: Unit): readonly HostName[] {
    return this.#excluded.has(leaf) ? [] : leaf.hosts
  }

  isExcluded(leaf: Unit): boolean {
    return this.#excluded.has(leaf)
  }

  /** What its needs make of a node before it is looked at. */
  entry(leaf: Unit, host: HostName): 'runs' | 'blocked' | 'skipped' {
    if (!this.#mayBegin(leaf, host)) return 'blocked'
    const references = referencesOf(leaf)
    if (references.some(({ kind }) => kind === 'facts') && this.#factless.has(host)) return 'blocked'
    if (!this.#passesThere(leaf, host)) return 'blocked'
    const gates = this.#gates(leaf).map(wants => wants.filter(want => want.if === 'failed'))
    const isAsked = (wants: readonly Want[]) =>
      wants.length === 0 || wants.some(want => this.#look(want, want.on, host).bad)
    return gates.every(isAsked) ? 'runs' : 'skipped'
  }

  /** All that must have ended before a node starts, directly or not. */
  before(leaf: Unit, host: HostName): ReadonlySet<NodeName> {
    const name = nodeName(leaf, host)
    const known = this.#before.get(name)
    if (known !== undefined) return known
    const found = new Set(this.#behind(leaf, host))
    this.#before.set(name, found)
    const { rolling } = leaf.inherited
    if (rolling !== undefined)
      for (const other of this.#rollingNodes(rolling))
        if (this.#batch(rolling, other.host) < this.#batch(rolling, host))
          found.add(nodeName(other.leaf, other.host))
    return found
  }

  /** Whether the step runs though something failed that nothing around it wants to succeed. */
  isCleanup(leaf: Unit): boolean {
    const wants = this.#gates(leaf).flat()
    const strict = wants.filter(want => want.if === 'success').flatMap(want => this.#meant(want))
    return wants.some(want => want.if !== 'success' && this.#meant(want).some(to => !strict.includes(to)))
  }

  /** Whether it asks for anything else than success: what its group wants besides may be met by others. */
  mayCleanUp(leaf: Unit): boolean {
    return this.#gates(leaf).some(wants => wants.some(want => want.if !== 'success'))
  }

  /** The leaves that a want is about. */
  #meant({ to, leaves }: Want): Unit[] {
    const through = (unit: Unit | undefined): Unit[] =>
      unit === undefined
        ? []
        : [...this.#wants(unit).flatMap(want => this.#meant(want)), ...through(this.#around(unit))]
    const direct = leaves ? leavesOf(to) : this.#ends(to)
    return [...direct, ...this.#emptyWithin(to, leaves).flatMap(through)]
  }

  /** What each of the things around a leaf, and the leaf itself, wait for. */
  #gates(leaf: Unit): Want[][] {
    const known = this.#gatesOf.get(leaf)
    if (known !== undefined) return known
    const gates: Want[][] = [this.#references(leaf).flatMap(want => this.#reach(leaf, want))]
    let isDirect = true
    for (let unit: Unit | undefined = leaf; unit !== undefined; unit = this.#around(unit)) {
      const wants = this.#wants(unit)
      gates.unshift(
        wants.flatMap(want => (isDirect || want.if !== 'success' ? this.#reach(leaf, want) : [want])),
      )
      if (wants.some(({ to }) => this.#isBeside(to, unit)) && !wants.some(isLenient)) isDirect = false
    }
    const reaching = gates
    this.#gatesOf.set(leaf, reaching)
    return reaching
  }

  /** Whether something is in the group that a unit is in: it stands for what the group needs. */
  #isBeside(to: Unit, unit: Unit): boolean {
    const group = this.#around(unit)
    for (let at = this.#around(to); group !== undefined && at !== undefined; at = this.#around(at))
      if (at === group) return true
    return false
  }

  #around(unit: Unit): Unit | undefined {
    return unit.container ?? unit.file.user
  }

  #wants(unit: Unit): Want[] {
    const end = (to: Unit): Want[] => [{ to, on: 'host', if: 'success', leaves: false }]
    const isItem = unit.container?.kind === 'loop'
    const { needs } = unit.step
    if (isItem || needs === undefined) return unit.previous === undefined ? [] : end(unit.previous)
    return needs.flatMap(need =>
      named(need.step, unit).map(
        (to): Want => ({
          to,
          on: need.on ?? 'host',
          if: need.if ?? 'success',
          leaves: need.if !== undefined,
        }),
      ),
    )
  }

  /** A reference wants success, unless a need on the way says otherwise. */
  #references(leaf: Unit): Want[] {
    return referencesOf(leaf).flatMap(reference => {
      if (reference.kind === 'facts') return []
      const condition = this.#conditionOf(leaf, reference)
      return named(reference.step, reference.unit).map(
        (to): Want => ({
          to,
          on: reference.kind === 'on' || to.step.once === true ? 'all' : 'host',
          if: condition === 'failed' ? 'always' : condition,
          leaves: condition !== 'success',
        }),
      )
    })
  }

  #conditionOf(leaf: Unit, reference: Reference & { kind: 'step' | 'on' }): Want['if'] {
    for (let unit: Unit | undefined = leaf; unit !== undefined; unit = this.#around(unit)) {
      if (unit.file !== reference.unit.file || unit.container?.kind === 'loop') continue
      const need = unit.step.needs?.find((each: WrittenNeed) => isWithin(reference, each.step))
      if (need !== undefined) return need.if ?? 'success'
    }
    return 'success'
  }

  /** A once step waits for all hosts; in a rolling group everything is host by host. */
  #reach(leaf: Unit, want: Want): Want[] {
    const { rolling } = leaf.inherited
    const isBeside = rolling !== undefined && want.to.inherited.rolling === rolling
    if (isBeside) return [{ ...want, on: want.to.step.once === true ? want.on : 'host' }]
    if (leaf.step.once !== true) return [want]
    return [
      { ...want, on: want.on === 'all' ? 'all' : 'away' },
      { ...want, on: 'all' },
    ]
  }

  #look({ to, leaves }: Want, on: Want['on'], host: HostName): View {
    const views = (leaves ? leavesOf(to) : this.#ends(to)).map(leaf => this.#lookAt(leaf, on, host))
    const through = this.#emptyWithin(to, leaves).map(unit => this.#lookThrough(unit, on, host))
    const all = [...views, ...through]
    return { passes: all.every(view => view.passes), bad: all.some(view => view.bad) }
  }

  /** The last steps of something. */
  #ends(unit: Unit): readonly Unit[] {
    if (unit.kind === 'leaf') return [unit]
    return lastParts(unit).flatMap(part => this.#ends(part))
  }

  /** Loops without items that stand at the end of something, or are all that there is. */
  #emptyWithin(unit: Unit, leaves: boolean): readonly Unit[] {
    if (unit.kind === 'leaf') return []
    if (unit.parts.length === 0) return [unit]
    if (leaves)
      return leavesOf(unit).length > 0 ? [] : unit.parts.flatMap(part => this.#emptyWithin(part, true))
    return lastParts(unit).flatMap(part => this.#emptyWithin(part, false))
  }

  /** What is not there stands for what it needs. */
  #lookThrough(unit: Unit, on: Want['on'], host: HostName): View {
    const wants = this.#wants(unit)
    const around = this.#around(unit)
    const far = wants
      .filter(want => want.if === 'success')
      .map(want => this.#look(want, further(on, want.on), host))
    if (around !== undefined) far.push(this.#lookThrough(around, on, host))
    return { passes: far.every(view => view.passes), bad: far.some(view => view.bad) }
  }

  #lookAt(leaf: Unit, on: Want['on'], host: HostName): View {
    const key = `${on} ${nodeName(leaf, host)}`
    const view = this.#views.get(key) ?? this.#viewOf(leaf, on, host)
    this.#views.set(key, view)
    return view
  }

  #viewOf(leaf: Unit, on: Want['on'], host: HostName): View {
    if (on === 'away' && isAtHome(leaf, host)) return { passes: true, bad: false }
    if (this.#excluded.has(leaf)) {
      const far = this.#gates(leaf)
        .flat()
        .filter(want => want.if === 'success')
        .map(want => this.#look(want, further(on, want.on), host))
      return { passes: far.every(view => view.passes), bad: far.some(view => view.bad) }
    }
    if (on === 'all') return { passes: this.#stepPasses(leaf), bad: this.#anyBad(leaf) }
    if (leaf.hosts.includes(host))
      return { passes: this.#passes(leaf, host), bad: !isWell(this.#ended(nodeName(leaf, host))) }
    const here = this.#passesThere(leaf, host)
    if (leaf.idle.includes(host)) return { passes: here, bad: !here }
    const passes = here && this.#stepPasses(leaf)
    return { passes, bad: !passes || this.#anyBad(leaf) }
  }

  #passesThere(leaf: Unit, host: HostName): boolean {
    const known = this.#there.get(nodeName(leaf, host))
    if (known !== undefined) return known
    const passes = this.#gates(leaf)
      .flat()
      .filter(want => want.if === 'success')
      .every(want => this.#look(want, want.on, host).passes)
    this.#there.set(nodeName(leaf, host), passes)
    return passes
  }

  #passes(leaf: Unit, host: HostName): boolean {
    const outcome = this.#ended(nodeName(leaf, host))
    if (isWell(outcome)) return true
    return leaf.inherited.onFailure === 'continue' && outcome !== 'blocked' && outcome !== 'cancelled'
  }

  #stepPasses(leaf: Unit): boolean {
    const broken =
      leaf.hosts.filter(host => !this.#passes(leaf, host)).length +
      leaf.idle.filter(host => !this.#passesThere(leaf, host)).length
    return broken <= leaf.inherited.maxFailures
  }

  #anyBad(leaf: Unit): boolean {
    return (
      leaf.hosts.some(host => !isWell(this.#ended(nodeName(leaf, host)))) ||
      leaf.idle.some(host => !this.#passesThere(leaf, host))
    )
  }

  #behind(leaf: Unit, host: HostName): ReadonlySet<NodeName> {
    const known = this.#stand.get(nodeName(leaf, host))
    if (known !== undefined) return known
    const found = new Set<NodeName>()
    this.#stand.set(nodeName(leaf, host), found)
    for (const want of this.#gates(leaf).flat()) {
      for (const name of this.#allBehind(want, host)) found.add(name)
    }
    return found
  }

  #allBehind({ to, on, leaves }: Want, host: HostName): NodeName[] {
    const direct = (leaves ? leavesOf(to) : this.#ends(to)).flatMap(leaf => this.#reached(leaf, on, host))
    const through = this.#emptyWithin(to, leaves).flatMap(unit => this.#through(unit, on, host))
    return [...direct, ...through]
  }

  #through(unit: Unit, on: Want['on'], host: HostName): NodeName[] {
    const around = this.#around(unit)
    return [
      ...this.#wants(unit).flatMap(want => this.#allBehind({ ...want, on: further(on, want.on) }, host)),
      ...(around === undefined ? [] : this.#through(around, on, host)),
    ]
  }

  #reached(leaf: Unit, on: Want['on'], host: HostName): readonly NodeName[] {
    const key = `${on} ${nodeName(leaf, host)}`
    const names = this.#names.get(key) ?? [...new Set(this.#namesOf(leaf, on, host))]
    this.#names.set(key, names)
    return names
  }

  #namesOf(leaf: Unit, on: Want['on'], host: HostName): NodeName[] {
    if (on === 'away' && isAtHome(leaf, host)) return []
    const beyond = (each: HostName) => [...this.#behind(leaf, each)]
    if (this.#excluded.has(leaf))
      return this.#gates(leaf)
        .flat()
        .flatMap(want => this.#allBehind({ ...want, on: further(on, want.on) }, host))
    const at = (each: HostName) => [nodeName(leaf, each), ...this.before(leaf, each)]
    if (on === 'host' && leaf.hosts.includes(host)) return at(host)
    if (on === 'host' && leaf.idle.includes(host)) return beyond(host)
    const everywhere = [...leaf.hosts.flatMap(at), ...leaf.idle.flatMap(beyond)]
    return on === 'all' ? everywhere : [...everywhere, ...beyond(host)]
  }

  #rollingNodes(rolling: Unit): { readonly leaf: Unit; readonly host: HostName }[] {
    return this.#unfolded.leaves
      .filter(leaf => leaf.inherited.rolling === rolling)
      .flatMap(leaf => this.hostsOf(leaf).map(host => ({ leaf, host })))
  }

  #batch(rolling: Unit, host: HostName): number {
    const members = this.#unfolded.leaves.filter(leaf => leaf.inherited.rolling === rolling)
    return batchOf(rolling, members, host)
  }

  #mayBegin(leaf: Unit, host: HostName): boolean {
    const { rolling } = leaf.inherited
    if (rolling === undefined) return true
    const batch = this.#batch(rolling, host)
    const bad = this.#rollingNodes(rolling).filter(other => {
      if (this.#batch(rolling, other.host) >= batch) return false
      const outcome = this.#ended(nodeName(other.leaf, other.host))
      if (isWell(outcome) || outcome === 'blocked' || outcome === 'cancelled') return false
      return other.leaf.inherited.onFailure !== 'continue' || outcome === 'unreachable'
    })
    return new Set(bad.map(other => other.host)).size <= (rolling.step.rolling?.maxFailures ?? 0)
  }
}

/** The members that no other one needs to succeed, or the last item of each lane. */
function lastParts(unit: Unit): readonly Unit[] {
  if (unit.kind === 'loop') return unit.parts.slice(-(unit.step.parallel ?? 1))
  return unit.parts.filter((part, at) => {
    const next = unit.parts[at + 1]
    if (next !== undefined && next.step.needs === undefined) return false
    return !unit.parts.some(
      other =>
        other !== part &&
        other.step.needs?.some(need => need.step === part.step.id && need.if === undefined) === true,
    )
  })
}

/** Whether the step of an id is a part, or within it in the same file. */
function holds(part: Unit, id: string): boolean {
  if (part.step.id === id) return true
  const { does } = part.step
  return does.kind === 'group' && JSON.stringify(does.steps).includes(`"id":"${id}"`)
}

function isWithin(reference: Reference & { kind: 'step' | 'on' }, id: string): boolean {
  const unit = reference.unit.file.units.find(({ step }) => step.id === id)
  return unit !== undefined && holds(unit, reference.step)
}
