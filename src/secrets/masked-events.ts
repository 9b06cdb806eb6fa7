import type { Failure } from '../model/errors.ts'
import type { RunEvent } from '../model/event.ts'
import type { Captured, NodeResult } from '../model/outcome.ts'
import { maskText, StreamMask } from './mask.ts'
import type { Finder } from './matcher.ts'

type NodeEnd = Extract<RunEvent, { kind: 'node_retried' | 'node_finished' }>
type Output = Extract<RunEvent, { kind: 'node_output' }>
type Stream = Output['stream']

/**
 * What all events of a run pass before anybody is told of them: the one place where secrets are taken out of what hosts
 * say. Output may come a little later than it did, and at the latest before the end of its node.
 */
export function maskedEvents(finder: Finder): (event: RunEvent, tell: (event: RunEvent) => void) => void {
  const masks = new EventMask(finder)
  return (event, tell) => masks.take(event, tell)
}

class EventMask {
  readonly #finder: Finder
  readonly #streams = new Map<number, StreamMask>()
  #hosts = 0

  constructor(finder: Finder) {
    this.#finder = finder
  }

  take(event: RunEvent, tell: (event: RunEvent) => void): void {
    switch (event.kind) {
      case 'node_output':
        this.#output(event, tell)
        break
      case 'node_retried':
      case 'node_finished':
        this.#ended(event, tell)
        break
      default:
        tell(this.#other(event))
    }
  }

  #other(event: Exclude<RunEvent, Output | NodeEnd>): RunEvent {
    switch (event.kind) {
      case 'run_started':
        this.#hosts = event.plan.hosts.length
        return event
      case 'host_unreachable':
      case 'journal_failed':
        return { ...event, failure: this.#failure(event.failure) }
      case 'lock_waiting':
        return { ...event, holder: this.#text(event.holder) }
      case 'lock_missed':
        return { ...event, why: this.#text(event.why) }
      default:
        return event
    }
  }

  #output(event: Output, tell: (event: RunEvent) => void): void {
    const key = this.#key(event, event.stream)
    const known = this.#streams.get(key)
    const stream = known ?? new StreamMask(this.#finder)
    if (known === undefined) this.#streams.set(key, stream)
    const text = stream.push(event.text)
    if (text === event.text) tell(event)
    else if (text !== '') tell({ ...event, text })
  }

  #ended(event: NodeEnd, tell: (event: RunEvent) => void): void {
    const masked = { stdout: this.#end(event, 'stdout', tell), stderr: this.#end(event, 'stderr', tell) }
    if (event.kind === 'node_retried') tell({ ...event, result: this.#result(event.result, masked) })
    else if (event.result === undefined) tell(event)
    else tell({ ...event, result: this.#result(event.result, masked) })
  }

  /** Tells what was held back of a stream; whether there were secrets in it. */
  #end(event: NodeEnd, stream: Stream, tell: (event: RunEvent) => void): boolean {
    const key = this.#key(event, stream)
    const mask = this.#streams.get(key)
    if (mask === undefined) return false
    this.#streams.delete(key)
    const text = mask.end()
    const { at, step, host } = event
    if (text !== '') tell({ kind: 'node_output', at, step, host, stream, text })
    return mask.masked
  }

  /** The same one where there is nothing to mask. */
  #result(result: NodeResult, masked: Readonly<Record<Stream, boolean>>): NodeResult {
    const stdout = this.#captured(result.stdout, masked.stdout)
    const stderr = this.#captured(result.stderr, masked.stderr)
    const failure = result.failure && this.#failure(result.failure)
    const note = result.note === undefined ? undefined : this.#text(result.note)
    const isSame =
      stdout === result.stdout &&
      stderr === result.stderr &&
      failure?.message === result.failure?.message &&
      failure?.hint === result.failure?.hint &&
      note === result.note
    if (isSame) return result
    return {
      ...result,
      stdout,
      stderr,
      ...(failure === undefined ? {} : { failure }),
      ...(note === undefined ? {} : { note }),
    }
  }

  #captured(captured: Captured, masked: boolean): Captured {
    const { truncated } = captured
    const head = truncated ? this.#cutHead(captured.head) : this.#text(captured.head)
    const tail = this.#text(
      truncated ? captured.tail.slice(this.#finder.openStart(captured.tail)) : captured.tail,
    )
    if (!masked && head === captured.head && tail === captured.tail) return captured
    return { ...captured, head, tail, masked: true }
  }

  /** What was cut off may have been the rest of a secret. */
  #cutHead(head: string): string {
    return new StreamMask(this.#finder).push(head)
  }

  #failure(failure: Failure): Failure {
    const message = this.#text(failure.message)
    const hint = failure.hint === undefined ? undefined : this.#text(failure.hint)
    if (message === failure.message && hint === failure.hint) return failure
    return { ...failure, message, ...(hint === undefined ? {} : { hint }) }
  }

  #text(text: string): string {
    return maskText(this.#finder, text)
  }

  #key({ step, host }: { readonly step: number; readonly host: number }, stream: Stream): number {
    return (step * this.#hosts + host) * 2 + (stream === 'stdout' ? 0 : 1)
  }
}
