import type { RunEvent } from '../model/event.ts'
import { LIMITS } from '../model/limits.ts'
import type { Captured } from '../model/outcome.ts'

/** The journal only counts output: this puts what nodes printed into their results again, from events of a `RunTail`. */
export class KeptOutput {
  readonly #open = new Map<string, Piece>()

  /** The event, with what the node printed where it tells of a result. */
  fill(event: RunEvent): RunEvent {
    switch (event.kind) {
      case 'node_output':
        this.#keep(event)
        return event
      case 'node_retried':
        return { ...event, result: this.#filled(event, event.result) }
      case 'node_finished':
        return event.result === undefined ? event : { ...event, result: this.#filled(event, event.result) }
      default:
        return event
    }
  }

  #keep({ step, host, stream, text }: Extract<RunEvent, { kind: 'node_output' }>): void {
    const key = keyOf(step, host, stream)
    const piece = this.#open.get(key) ?? { head: '', tail: '', cut: false }
    const room = LIMITS.capturedHead - piece.head.length
    piece.head += text.slice(0, Math.max(0, room))
    piece.tail += text.slice(Math.max(0, room))
    if (piece.tail.length > 2 * LIMITS.capturedTail) {
      piece.tail = piece.tail.slice(-LIMITS.capturedTail)
      piece.cut = true
    }
    this.#open.set(key, piece)
  }

  #filled<R extends { readonly stdout: Captured; readonly stderr: Captured }>(
    { step, host }: { readonly step: number; readonly host: number },
    result: R,
  ): R {
    const of = (stream: 'stdout' | 'stderr'): Captured => {
      const key = keyOf(step, host, stream)
      const piece = this.#open.get(key)
      this.#open.delete(key)
      if (piece === undefined) return result[stream]
      const { head, tail, cut } = piece
      const { bytes, masked } = result[stream]
      const known = masked ? { bytes, masked } : { bytes }
      return cut
        ? { head, tail, ...known, truncated: true }
        : { head: head + tail, tail: '', ...known, truncated: false }
    }
    return { ...result, stdout: of('stdout'), stderr: of('stderr') }
  }
}

interface Piece {
  head: string
  tail: string
  cut: boolean
}

function keyOf(step: number, host: number, stream: string): string {
  return `${step} ${host} ${stream}`
}
