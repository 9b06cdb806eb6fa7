import type { Failure } from '../../model/errors.ts'
import type { RunEvent } from '../../model/event.ts'
import type { Outcome } from '../../model/outcome.ts'
import { NO_OUTPUT } from '../../model/outcome.ts'
import type { Plan } from '../../model/plan.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { excerpt } from '../excerpt.ts'
import { resultReason } from './result-text.ts'

/** Failures that look alike: one step (none: the host could not be reached), one reason, the same output. */
export interface FailureGroup {
  readonly step: number | undefined
  readonly outcome: Outcome
  /** Escaped, as is the hint. Where hosts' own names or addresses are in it, it is that of `example`. */
  readonly reason: string
  readonly hint: string | undefined
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  readonly hosts: readonly number[]
  /** The host whose words the reason and the hint are, where the others' differ by names. */
  readonly example?: number
}

interface OpenGroup extends FailureGroup {
  /** The first host's reason and hint, word for word. */
  readonly first: { readonly reason: string; readonly hint: string | undefined }
  readonly hosts: number[]
}

type Found = Omit<FailureGroup, 'hosts' | 'example'>

/** So many different failures keep their output; of more than that, only reasons are kept. */
const GROUPS_WITH_OUTPUT = 100
const GROUPS = 1000
const VARIOUS = 'for various reasons'

/** Folds failures as they come, so that 10,000 hosts with one trouble take the memory of one. */
export class FailureGroups {
  readonly #plan: Plan
  readonly #withOutput: boolean
  readonly #groups = new Map<string, OpenGroup>()

  /** @param withOutput false where the output has been shown: then it makes no difference either */
  constructor(plan: Plan, withOutput: boolean) {
    this.#plan = plan
    this.#withOutput = withOutput
  }

  addUnreachable(host: number, failure: Failure): void {
    this.#add(host, {
      step: undefined,
      // What ran when the link went is unknown, and no word says otherwise.
      outcome: failure.code === 'link_lost' ? 'unknown' : 'unreachable',
      reason: escapeText(failure.message),
      hint: failure.hint === undefined ? undefined : escapeText(failure.hint),
      stdout: [],
      stderr: [],
    })
  }

  /** @param attempts how often it was tried in all */
  addNode({ step, host, outcome, result }: RunEvent & { kind: 'node_finished' }, attempts: number): void {
    const withOutput = this.#withOutput && this.#groups.size < GROUPS_WITH_OUTPUT
    const hint = result?.failure?.hint
    this.#add(host, {
      step,
      outcome,
      reason: withAttempts(resultReason(result), attempts),
      hint: hint === undefined ? undefined : escapeText(hint),
      stdout: withOutput ? excerpt(result?.stdout ?? NO_OUTPUT) : [],
      stderr: withOutput ? excerpt(result?.stderr ?? NO_OUTPUT) : [],
    })
  }

  all(): readonly FailureGroup[] {
    return [...this.#groups.values()].map(({ first, ...group }) => {
      const [example] = group.hosts
      const isSame = first.reason === group.reason && first.hint === group.hint
      if (group.hosts.length === 1 || isSame || example === undefined) return { ...group, ...first }
      return group.reason === VARIOUS ? group : { ...group, ...first, example }
    })
  }

  #add(host: number, found: Found): void {
    const alike = this.#groups.size < GROUPS ? this.#withoutNames(found, host) : withoutReason(found)
    const key = JSON.stringify(alike)
    const group = this.#groups.get(key)
    if (group !== undefined) group.hosts.push(host)
    else this.#groups.set(key, { ...alike, first: { reason: found.reason, hint: found.hint }, hosts: [host] })
  }

  /** A refused connection names the address; it is the same trouble on the next host. */
  #withoutNames(found: Found, index: number): Found {
    const host = this.#plan.hosts[index]
    if (host === undefined) return found
    const { address, port } = host.connection
    const names = new RegExp(
      `(?<![\\w.-])(?:(${quote(address)})(?::${port})?|${quote(host.name)})(?![\\w-])`,
      'g',
    )
    const strip = (text: string) => text.replace(names, (_, found) => (found ? '<address>' : '<host>'))
    return { ...found, reason: strip(found.reason), hint: found.hint && strip(found.hint) }
  }
}

function withAttempts(reason: string, attempts: number): string {
  return attempts === 1 ? reason : [reason, `after ${count(attempts, 'attempt')}`].filter(Boolean).join(', ')
}

function withoutReason(found: Found): Found {
  return { ...found, reason: VARIOUS, hint: undefined, stdout: [], stderr: [] }
}

function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
