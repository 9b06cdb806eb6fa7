import fc from 'fast-check'
import {
  type Condition,
  HOST_NAMES,
  HOSTS_OF,
  type Items,
  type Pattern,
  type RunOptions,
  type Word,
  type WrittenFile,
  type WrittenNeed,
  type WrittenOptions,
  type WrittenPlaybook,
  type WrittenStep,
} from './model.ts'

/** Choices, each small when it is shrunk. */
interface Dice {
  int(most: number): number
  /** True so many times of a hundred. */
  chance(percent: number): boolean
  pick<T>(list: readonly T[]): T
}

/** A step that is written already, as others may name it. */
interface Known {
  readonly id: string
  readonly kind: 'leaf' | 'group'
  /** The looped steps around it, itself too. */
  readonly loops: readonly string[]
  readonly hosts: ReadonlySet<string>
  readonly once: boolean
  /** It is, or holds, a loop that may have no items. */
  readonly mayBeEmpty: boolean
  /** The rolling group that it is in. */
  readonly rolling: string | undefined
}

/** What is around a step that is to be written. */
interface Around {
  readonly known: Known[]
  readonly params: readonly string[]
  readonly loops: readonly string[]
  readonly item: 'none' | 'plain' | 'map'
  readonly pattern: Pattern
  readonly rolling: string | undefined
  readonly depth: number
  /** Not in a file that is used. */
  readonly isPlay: boolean
  /** Of those known: the first that stands in the same group. */
  readonly first: number
  /** Something around it asks for a failure. */
  readonly asksFailure: boolean
}

const TEXTS = ['a', 'b c', "it's", '"q".x', 'é[0]', '$HOME']

/** Random playbooks that compile, but for a few that options leave without something that they refer to. */
export function playbooks(): fc.Arbitrary<WrittenPlaybook> {
  return fc.gen().map(gen => {
    const dice: Dice = {
      int: most => gen(fc.nat, { max: most }),
      chance: percent => gen(fc.nat, { max: 99 }) >= 100 - percent,
      pick: list => list[gen(fc.nat, { max: list.length - 1 })] as (typeof list)[number],
    }
    return new Writer(dice).playbook()
  })
}

class Writer {
  readonly #dice: Dice
  #left: number
  #next = 0
  #files = 0
  readonly #tags = new Set<string>()

  constructor(dice: Dice) {
    this.#dice = dice
    this.#left = 2 + dice.int(9)
  }

  playbook(): WrittenPlaybook {
    const known: Known[] = []
    const around: Around = {
      known,
      params: [],
      loops: [],
      item: 'none',
      pattern: 'all',
      rolling: undefined,
      depth: 0,
      isPlay: true,
      first: 0,
      asksFailure: false,
    }
    const steps = this.#list(around, 8)
    const dice = this.#dice
    return {
      file: { path: 'play.yml', params: [], steps },
      semaphores: { s1: 1, s2: 2 },
      ...(dice.chance(15) ? { maxFailures: dice.int(2) } : {}),
      options: this.#options(known),
      forks: dice.pick([64, 1, 2, 3]),
      channelsPerHost: dice.pick([8, 1, 2]),
    }
  }

  #options(known: readonly Known[]): WrittenOptions {
    const dice = this.#dice
    const tags = [...this.#tags]
    return {
      ...(tags.length > 0 && dice.chance(15) ? { tags: [dice.pick(tags)] } : {}),
      ...(tags.length > 0 && dice.chance(15) ? { skipTags: [dice.pick(tags)] } : {}),
      ...(dice.chance(10) ? { steps: [dice.pick(known).id] } : {}),
      ...(dice.chance(10) ? { limit: dice.pick([['h0'], ['h1', 'h2'], ['h3']]) } : {}),
    }
  }

  #list(around: Around, most: number): WrittenStep[] {
    const steps: WrittenStep[] = []
    do steps.push(this.#step(around))
    while (this.#left > 0 && steps.length < most && this.#dice.chance(80))
    return steps
  }

  #step(around: Around): WrittenStep {
    const dice = this.#dice
    this.#left -= 1
    const id = `s${this.#next++}`
    const kind = this.#kind(around)
    const isGroup = kind === 'group' || kind === 'use'
    const before = [...around.known]
    const forEach = dice.chance(25) ? this.#items() : undefined
    const pattern = around.rolling === undefined && dice.chance(25) ? dice.pick(PATTERNS) : undefined
    const rolls = this.#rolls(isGroup, around)
    const inside: Around = {
      ...around,
      loops: forEach === undefined ? around.loops : [...around.loops, id],
      item: formOf(forEach, around),
      pattern: pattern ?? around.pattern,
      rolling: rolls ? id : around.rolling,
      depth: around.depth + 1,
    }
    const once = !isGroup && dice.chance(12)
    const needs = dice.chance(45) ? this.#needs({ ...around, known: before }) : undefined
    const asksFailure = around.asksFailure || needs?.some(need => need.if === 'failed') === true
    const { does, hosts } = this.#does(kind, { ...inside, first: before.length, asksFailure }, before)
    const step: WrittenStep = {
      id,
      does,
      ...(pattern === undefined ? {} : { hosts: pattern }),
      ...(needs === undefined ? {} : { needs }),
      ...(dice.chance(25) ? { when: this.#condition({ ...inside, known: before }, hosts) } : {}),
      ...this.#looping(forEach),
      ...this.#control(isGroup, kind === 'run', once),
      ...(rolls ? { rolling: this.#rolling() } : {}),
    }
    around.known.push({
      id,
      kind: isGroup ? 'group' : 'leaf',
      loops: inside.loops,
      hosts,
      once,
      mayBeEmpty: isEmpty(forEach) || around.known.slice(before.length).some(one => one.mayBeEmpty),
      rolling: inside.rolling,
    })
    return step
  }

  #kind({ depth }: Around): (typeof KINDS)[number] {
    return this.#dice.pick(depth < 3 && this.#left > 0 ? KINDS : LEAVES)
  }

  #rolls(isGroup: boolean, { rolling }: Around): boolean {
    return isGroup && rolling === undefined && this.#dice.chance(40)
  }

  #looping(forEach: Items | undefined) {
    if (forEach === undefined) return {}
    return { forEach, ...(this.#dice.chance(40) ? { parallel: 2 } : {}) }
  }

  #control(isGroup: boolean, runs: boolean, once: boolean) {
    const dice = this.#dice
    const tags = dice.chance(15) ? [dice.pick(['t1', 't2'])] : undefined
    for (const tag of tags ?? []) this.#tags.add(tag)
    return {
      ...(dice.chance(20)
        ? { onFailure: dice.pick(['continue', 'continue', 'block', 'stop'] as const) }
        : {}),
      ...(once ? { once: true as const } : {}),
      ...(runs && dice.chance(15)
        ? { delegateTo: dice.pick(['h1', 'buddy', 'localhost', 'h3'] as const) }
        : {}),
      ...((isGroup || runs) && dice.chance(15) ? { throttle: 1 + dice.int(1) } : {}),
      ...(runs && dice.chance(15) ? { semaphores: dice.pick([['s1'], ['s2'], ['s1', 's2']]) } : {}),
      ...(dice.chance(12) ? { maxFailures: dice.int(3) } : {}),
      ...(tags === undefined ? {} : { tags }),
    }
  }

  #rolling() {
    const dice = this.#dice
    return {
      batch: dice.pick([[1], [2], ['50%'], [1, '100%'], ['1%'], [9]] as const),
      ...(dice.chance(50) ? { maxFailures: dice.int(2) } : {}),
    }
  }

  #items(): Items {
    const dice = this.#dice
    const kind = dice.pick(['list', 'map', 'own'] as const)
    if (kind === 'own') return { kind }
    return { kind, texts: dice.chance(15) ? [] : TEXTS.slice(dice.int(3), 4 + dice.int(1)) }
  }

  #does(
    kind: (typeof KINDS)[number],
    inside: Around,
    before: Known[],
  ): { readonly does: WrittenStep['does']; readonly hosts: ReadonlySet<string> } {
    const own = new Set<string>(HOSTS_OF[inside.pattern])
    switch (kind) {
      case 'run':
        return { does: { kind, words: this.#words(inside, own), run: this.#runOptions() }, hosts: own }
      case 'assert':
        return { does: { kind, that: this.#condition(inside, own) }, hosts: own }
      case 'pause':
        return { does: { kind }, hosts: own }
      case 'group': {
        const from = inside.known.length
        const steps = this.#list(inside, 4)
        return { does: { kind, steps }, hosts: hostsFrom(inside.known, from) }
      }
      case 'use': {
        const file = this.#file(inside)
        const names = file.file.params
        const scope = { ...inside, known: before }
        const given = names.map(name => [name, this.#word(scope, file.hosts)] as const)
        return { does: { kind, file: file.file, with: Object.fromEntries(given) }, hosts: file.hosts }
      }
    }
  }

  #file(around: Around): { readonly file: WrittenFile; readonly hosts: ReadonlySet<string> } {
    const known: Known[] = []
    const params = ['p', 'q'].slice(0, this.#dice.int(2))
    const path = `used${this.#files++}.yml`
    const steps = this.#list(
      { ...around, known, params, loops: [], item: 'none', isPlay: false, first: 0 },
      3,
    )
    return { file: { path, params, steps }, hosts: hostsFrom(known, 0) }
  }

  #runOptions(): RunOptions {
    const dice = this.#dice
    return {
      ...(dice.chance(15) ? { readOnly: true } : dice.chance(15) ? { creates: true } : {}),
      ...(dice.chance(15) ? { failedWhen: true } : {}),
      ...(dice.chance(15) ? { changedWhen: true } : {}),
      ...(dice.chance(25)
        ? { retry: { attempts: 1 + dice.int(2), ...(dice.chance(30) ? { until: true } : {}) } }
        : {}),
    }
  }

  #words(around: Around, hosts: ReadonlySet<string>): Word[] {
    return Array.from({ length: this.#dice.int(2) }, () => this.#word(around, hosts))
  }

  #word(around: Around, hosts: ReadonlySet<string>): Word {
    const dice = this.#dice
    const host: Word = { kind: 'host' }
    switch (dice.pick(WORDS)) {
      case 'item':
        return around.item === 'none' ? host : { kind: 'item', ofMap: around.item === 'map' }
      case 'param':
        return around.params.length === 0 ? host : { kind: 'param', name: dice.pick(around.params) }
      case 'facts':
        return { kind: 'facts' }
      case 'text':
        return { kind: 'text', text: dice.pick(TEXTS) }
      case 'step':
        return this.#stepWord(around, hosts) ?? host
    }
  }

  #stepWord(around: Around, hosts: ReadonlySet<string>): Word | undefined {
    const dice = this.#dice
    const all = around.known.filter(({ kind, once, loops }) => kind === 'leaf' && !(once && loops.length > 0))
    const far = all.filter(({ rolling }) => rolling === undefined || rolling !== around.rolling)
    const plain = (list: readonly Known[]) => list.filter(one => between(one, around).length === 0)
    const lists = all.filter(one => covers(one, hosts) && between(one, around).length === 1)
    const here = plain(all).filter(one => covers(one, hosts))
    const kind = dice.pick(['stdout', 'outcome', 'on', 'items'] as const)
    const candidates = { stdout: here, outcome: here, on: plain(far), items: lists }[kind]
    if (candidates.length === 0) return undefined
    const { id: step, hosts: on } = dice.pick(candidates)
    if (kind === 'stdout') return { kind, step, fallback: dice.chance(60) }
    if (kind !== 'on') return { kind, step }
    return { kind, step, host: dice.pick(HOST_NAMES.filter(name => on.has(name))) }
  }

  #condition(around: Around, hosts: ReadonlySet<string>): Condition {
    const dice = this.#dice
    const seen = around.known.filter(
      one => !(one.once && one.loops.length > 0) && covers(one, hosts) && between(one, around).length <= 1,
    )
    switch (dice.pick(['host', 'fixed', 'sum', 'sum', 'facts', 'param'] as const)) {
      case 'fixed':
        return { kind: 'fixed', holds: dice.chance(50) }
      case 'facts':
        return { kind: 'facts', byVariable: around.isPlay && dice.chance(50) }
      case 'param':
        if (around.params.length > 0) return { kind: 'param', name: dice.pick(around.params) }
        break
      case 'sum':
        if (seen.length > 0)
          return {
            kind: 'sum',
            step: dice.pick(seen).id,
            field: dice.pick(['changed', 'failed', 'skipped'] as const),
          }
        break
      case 'host':
    }
    return { kind: 'host', name: dice.pick(HOST_NAMES), is: dice.chance(30) }
  }

  #needs({ known: all, rolling, first, asksFailure }: Around): WrittenNeed[] {
    const dice = this.#dice
    const known = asksFailure ? all.slice(first) : all
    const needs = new Map<string, WrittenNeed>()
    for (let count = known.length === 0 ? 0 : dice.int(2); count > 0; count -= 1) {
      const one = dice.pick(known)
      const mayBeAll = rolling === undefined || one.rolling !== rolling
      needs.set(one.id, {
        step: one.id,
        ...(mayBeAll && dice.chance(25) ? { on: 'all' } : {}),
        ...(dice.chance(35)
          ? {
              if:
                one.mayBeEmpty || all.indexOf(one) < first
                  ? 'always'
                  : dice.pick(['always', 'failed'] as const),
            }
          : {}),
      })
    }
    return [...needs.values()]
  }
}

const LEAVES = ['run', 'run', 'run', 'run', 'run', 'assert', 'pause'] as const
const KINDS = [...LEAVES, 'group', 'group', 'group', 'use'] as const
const PATTERNS: readonly Pattern[] = ['all', 'front', 'back', 'h0', 'h1', 'h3']
const WORDS = ['step', 'step', 'item', 'item', 'param', 'param', 'facts', 'text'] as const

function isEmpty(items: Items | undefined): boolean {
  return items !== undefined && (items.kind === 'own' || items.texts.length === 0)
}

function formOf(items: Items | undefined, { item }: Around): Around['item'] {
  if (items === undefined) return item
  return items.kind === 'map' ? 'map' : 'plain'
}

function hostsFrom(known: readonly Known[], from: number): ReadonlySet<string> {
  return new Set(known.slice(from).flatMap(({ hosts }) => [...hosts]))
}

function between({ loops }: Known, around: Around): readonly string[] {
  return loops.filter(loop => !around.loops.includes(loop))
}

function covers({ hosts, once, loops }: Known, wanted: ReadonlySet<string>): boolean {
  return (once && loops.length === 0) || [...wanted].every(host => hosts.has(host))
}
