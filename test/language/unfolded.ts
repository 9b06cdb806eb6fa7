import {
  type Condition,
  HOST_NAMES,
  HOSTS_OF,
  type HostName,
  OWN_ITEMS,
  type Pattern,
  type WrittenFile,
  type WrittenPlaybook,
  type WrittenStep,
} from './model.ts'

/** A step in one place: loops are unfolded, files that are used are put in. */
export interface Unit {
  readonly kind: 'leaf' | 'group' | 'loop'
  readonly step: WrittenStep
  /** As drover shows it. */
  readonly id: string
  readonly file: FileInPlace
  /** The group or the loop that it is in. */
  readonly container: Unit | undefined
  /** The step before it in its list, or in its lane the item before. */
  readonly previous: Unit | undefined
  /** The items of the loops of its file that it is in, innermost last. */
  readonly items: readonly Item[]
  /** Members of a group, items of a loop. */
  readonly parts: Unit[]
  readonly inherited: Inherited
  /** Of a leaf: the hosts that it runs on. */
  readonly hosts: readonly HostName[]
  /** Of a leaf: the hosts that it would run on, if they had the item. */
  readonly idle: readonly HostName[]
}

export interface Item {
  readonly loop: WrittenStep
  readonly index: number
  readonly value: (host: HostName) => string | undefined
}

export interface FileInPlace {
  readonly user: Unit | undefined
  /** All in the file, but for the items of loops. */
  readonly units: Unit[]
}

export interface Inherited {
  readonly pattern: Pattern
  readonly onFailure: 'block' | 'continue' | 'stop'
  readonly throttle: number | undefined
  readonly maxFailures: number
  readonly tags: readonly string[]
  readonly when: readonly { readonly condition: Condition; readonly unit: Unit }[]
  readonly rolling: Unit | undefined
}

export interface Unfolded {
  readonly top: readonly Unit[]
  readonly leaves: readonly Unit[]
}

export function unfold({ file, options }: WrittenPlaybook): Unfolded {
  return new Unfolding(options.limit).unfold(file)
}

interface Around {
  readonly file: FileInPlace
  readonly container: Unit | undefined
  readonly prefix: string
  readonly items: readonly Item[]
  /** The hosts that have all items around. */
  readonly alive: readonly HostName[]
  readonly inherited: Inherited
}

class Unfolding {
  readonly #limit: readonly string[]
  readonly #leaves: Unit[] = []

  constructor(limit: readonly string[] = HOST_NAMES) {
    this.#limit = limit
  }

  unfold({ steps }: WrittenFile): Unfolded {
    const inherited: Inherited = {
      pattern: 'all',
      onFailure: 'block',
      throttle: undefined,
      maxFailures: 0,
      tags: [],
      when: [],
      rolling: undefined,
    }
    const file = { user: undefined, units: [] }
    const around = { file, container: undefined, prefix: '', items: [], alive: HOST_NAMES, inherited }
    return { top: this.#list(steps, around), leaves: this.#leaves }
  }

  #list(steps: readonly WrittenStep[], around: Around): Unit[] {
    const units: Unit[] = []
    for (const step of steps) {
      const id = `${around.prefix}${step.id}`
      const unit =
        step.forEach === undefined
          ? this.#one(step, id, around, units.at(-1))
          : this.#loop(step, id, around, units.at(-1))
      units.push(unit)
    }
    return units
  }

  #loop(step: WrittenStep, id: string, around: Around, previous: Unit | undefined): Unit {
    const { file, container, items, inherited } = around
    const loop: Unit = {
      ...{ kind: 'loop', step, id, file, container, previous, items, inherited },
      ...{ parts: [], hosts: [], idle: [] },
    }
    file.units.push(loop)
    const all = hostsWithin(step, inherited.pattern, this.#limit)
    const whole = HOST_NAMES.filter(host => all.includes(host) && around.alive.includes(host))
    const hosts = step.once === true ? whole.slice(0, 1) : whole
    for (const { label, value } of itemsOf(step)) {
      const index = loop.parts.length
      const having = hosts.filter(host => value(host) !== undefined)
      if (isOwn(step) && having.length === 0) continue
      const alive = isOwn(step) ? having : around.alive
      const itemId = `${id}[${label}]`
      const before = loop.parts[index - (step.parallel ?? 1)]
      loop.parts.push(
        this.#one(
          step,
          itemId,
          {
            ...around,
            container: loop,
            prefix: `${itemId}.`,
            items: [...items, { loop: step, index, value }],
            alive,
          },
          before,
        ),
      )
    }
    return loop
  }

  #one(step: WrittenStep, id: string, around: Around, previous: Unit | undefined): Unit {
    const { does } = step
    const kind = does.kind === 'group' || does.kind === 'use' ? 'group' : 'leaf'
    const { file, container, items } = around
    const pattern = step.hosts ?? around.inherited.pattern
    const home = HOST_NAMES.filter(host => HOSTS_OF[pattern].includes(host) && this.#limit.includes(host))
    const inside = home.filter(host => around.alive.includes(host))
    const unit: Unit = {
      ...{ kind, step, id, file, container, previous, items, parts: [] },
      inherited: around.inherited,
      hosts: kind === 'group' ? [] : step.once === true ? inside.slice(0, 1) : inside,
      idle: [],
    }
    const inherited = inherit(around.inherited, unit, pattern)
    const isAwaited = step.once === true && inherited.rolling === undefined && inside.length > 0
    const lacking = kind === 'group' || isAwaited ? [] : home.filter(host => !inside.includes(host))
    Object.assign(unit, { inherited, idle: lacking })
    if (step.forEach === undefined) file.units.push(unit)
    if (kind === 'leaf') this.#leaves.push(unit)
    const within = { ...around, container: unit, inherited: unit.inherited }
    if (does.kind === 'group') unit.parts.push(...this.#list(does.steps, within))
    if (does.kind === 'use') {
      const inner: FileInPlace = { user: unit, units: [] }
      const there = { ...within, file: inner, prefix: `${id}.`, items: [] }
      unit.parts.push(...this.#list(does.file.steps, there))
    }
    return unit
  }
}

function inherit(around: Inherited, unit: Unit, pattern: Pattern): Inherited {
  const { step } = unit
  const maxFailures = step.maxFailures ?? step.rolling?.maxFailures ?? around.maxFailures
  return {
    pattern,
    onFailure: step.onFailure ?? around.onFailure,
    throttle: step.throttle ?? around.throttle,
    maxFailures,
    tags: [...around.tags, ...(step.tags ?? [])],
    when: step.when === undefined ? around.when : [...around.when, { condition: step.when, unit }],
    rolling: step.rolling === undefined ? around.rolling : unit,
  }
}

function isOwn({ forEach }: WrittenStep): boolean {
  return forEach?.kind === 'own'
}

interface LabelledItem {
  readonly label: string
  readonly value: (host: HostName) => string | undefined
}

function itemsOf({ forEach }: WrittenStep): readonly LabelledItem[] {
  switch (forEach?.kind) {
    case undefined:
      return []
    case 'list':
      return forEach.texts.map((text, index) => ({ label: String(index), value: () => text }))
    case 'map':
      return forEach.texts.map(text => ({ label: JSON.stringify(text), value: () => text }))
    case 'own': {
      const most = Math.max(...HOST_NAMES.map(host => OWN_ITEMS[host].length))
      return Array.from({ length: most }, (_, index) => ({
        label: String(index),
        value: host => OWN_ITEMS[host][index],
      }))
    }
  }
}

/** The hosts of all that a step holds. */
function hostsWithin(step: WrittenStep, around: Pattern, limit: readonly string[]): readonly HostName[] {
  const pattern = step.hosts ?? around
  const { does } = step
  if (does.kind === 'group') return does.steps.flatMap(member => hostsWithin(member, pattern, limit))
  if (does.kind === 'use') return does.file.steps.flatMap(member => hostsWithin(member, pattern, limit))
  return HOSTS_OF[pattern].filter(host => limit.includes(host))
}

/** The value of the innermost item that a unit sees. */
export function itemOf({ items }: Unit, host: HostName): string {
  return items.at(-1)?.value(host) ?? ''
}

/** What an id means to a unit: steps of its file, in its own iteration of the loops that both are in. */
export function named(id: string, from: Unit): readonly Unit[] {
  return from.file.units.filter(
    unit =>
      unit.step.id === id &&
      unit.items.every(item => {
        const own = from.items.find(({ loop }) => loop === item.loop)
        return own === undefined || own.index === item.index
      }),
  )
}

export function leavesOf(unit: Unit): readonly Unit[] {
  return unit.kind === 'leaf' ? [unit] : unit.parts.flatMap(leavesOf)
}
