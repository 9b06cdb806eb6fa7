import type { OpenResult, ResultView } from '../../expr/scope.ts'
import type { ForeseenEnd, NodeName } from '../../model/foresight.ts'
import type { Value } from '../../model/value.ts'
import type { Draft } from '../lower/block.ts'
import { hasRun, ownView } from './results.ts'
import type { ResultSource } from './views.ts'

/** What an evaluation met that is not known: nodes without a verdict yet, and others. */
export interface Met {
  readonly waiting: NodeName[]
  /** Why the first of them is not known. */
  unknown: string | undefined
}

/** The verdicts of those steps that expressions refer to, as results of which some fields may be open. */
export class ForeseenResults implements ResultSource {
  readonly #ends = new Map<Draft, (ForeseenEnd | undefined)[]>()
  readonly #facts = new Map<number, Value | 'unknown'>()
  readonly #name: (draft: Draft, host: number) => NodeName
  readonly #factsName: (host: number) => NodeName
  #met: Met = { waiting: [], unknown: undefined }

  constructor(
    referenced: Iterable<Draft>,
    names: {
      readonly of: (draft: Draft, host: number) => NodeName
      readonly facts: (host: number) => NodeName
    },
  ) {
    for (const draft of referenced) this.#ends.set(draft, [])
    this.#name = names.of
    this.#factsName = names.facts
  }

  /** Does `work`, and tells what of its inputs was open. */
  watch<T>(work: () => T): { readonly made: T; readonly met: Met } {
    this.#met = { waiting: [], unknown: undefined }
    return { made: work(), met: this.#met }
  }

  keep(draft: Draft, host: number, end: ForeseenEnd): void {
    const ends = this.#ends.get(draft)
    if (ends !== undefined) ends[host] = end
  }

  view(draft: Draft, host: number): ResultView | undefined {
    const ends = this.#ends.get(draft)
    if (ends === undefined || !includes(draft.hosts, host)) return undefined
    const end = ends[host]
    return end === undefined ? this.#waiting(this.#name(draft, host)) : this.#known(end, draft)
  }

  keepFacts(host: number, facts: Value | undefined): void {
    this.#facts.set(host, facts ?? 'unknown')
  }

  facts(host: number): Value | undefined {
    const facts = this.#facts.get(host)
    if (facts === undefined) this.#met.waiting.push(this.#factsName(host))
    if (facts !== undefined && facts !== 'unknown') return facts
    this.#met.unknown ??= 'its facts are not known'
    return undefined
  }

  /** The step's own result before it ran. */
  own(): ResultView {
    return { outcome: 'changed', open: this.#open('all', () => 'its result is only known during the run') }
  }

  #waiting(node: NodeName): ResultView {
    return {
      outcome: 'blocked',
      open: {
        covers: 'all',
        read: name => {
          this.#met.waiting.push(node)
          return `${name} has no verdict yet`
        },
      },
    }
  }

  #known(end: ForeseenEnd, draft: Draft): ResultView {
    switch (end.kind) {
      case 'ran':
        return hasRun(draft, end.result) ? ownView(end.result) : { outcome: end.result.outcome }
      case 'changed':
        return { outcome: 'changed', open: this.#open('output', name => `${name} would change first`) }
      case 'ok':
        return {
          outcome: 'ok',
          open: this.#open('output', name => `of ${name} more is only known during the run`),
        }
      case 'held':
        return { outcome: 'ok' }
      case 'skipped':
        return { outcome: 'skipped' }
      case 'failed':
        return {
          outcome: 'failed',
          open: this.#open('output', name => `${name} would fail, and its output is not known`),
        }
      case 'unknown':
        return { outcome: 'blocked', open: this.#open('all', name => `${name} is unknown`) }
    }
  }

  #open(covers: OpenResult['covers'], words: (name: string) => string): OpenResult {
    const read = (name: string) => {
      const because = words(name)
      this.#met.unknown ??= because
      return because
    }
    return { covers, read }
  }
}

/** Hosts are ascending. */
function includes(hosts: Uint32Array, host: number): boolean {
  let [low, high] = [0, hosts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((hosts[middle] ?? 0) < host) low = middle + 1
    else high = middle
  }
  return hosts[low] === host
}
