import { LIMITS } from '../model/limits.ts'
import type { Captured } from '../model/outcome.ts'

/** What is kept of one stream of a node: its head and its tail, in bounded memory however long it gets. */
export interface Capture {
  add(chunk: Buffer): void
  /** The text so far. Bytes that are not UTF-8 become U+FFFD; no character is cut where something was left out. */
  text(): Captured
}

interface Bounds {
  readonly head: number
  readonly tail: number
}

const DEFAULT_BOUNDS: Bounds = { head: LIMITS.capturedHead, tail: LIMITS.capturedTail }

/** `bounds` are in bytes. */
export function createCapture(bounds: Bounds = DEFAULT_BOUNDS): Capture {
  const head = new Store(bounds.head)
  const tail = new Ring(bounds.tail)
  let bytes = 0
  return {
    add(chunk) {
      bytes += chunk.length
      const rest = head.add(chunk)
      if (rest.length > 0) tail.add(rest)
    },
    text() {
      if (bytes <= bounds.head + bounds.tail) {
        return {
          head: decode(Buffer.concat([head.bytes(), tail.bytes()])),
          tail: '',
          bytes,
          truncated: false,
        }
      }
      return {
        head: decode(withoutCutEnd(head.bytes())),
        tail: decode(withoutCutStart(tail.bytes())),
        bytes,
        truncated: true,
      }
    },
  }
}

/** Takes bytes until it is full; grows by doubling, so that a quiet command costs next to nothing. */
class Store {
  readonly #limit: number
  #buffer = Buffer.alloc(0)
  #used = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Gives back what did not fit. */
  add(chunk: Buffer): Buffer {
    const taken = chunk.subarray(0, this.#limit - this.#used)
    const needed = this.#used + taken.length
    if (needed > this.#buffer.length) {
      const grown = Buffer.alloc(Math.min(this.#limit, Math.max(needed, 2 * this.#buffer.length)))
      this.#buffer.copy(grown, 0, 0, this.#used)
      this.#buffer = grown
    }
    taken.copy(this.#buffer, this.#used)
    this.#used = needed
    return chunk.subarray(taken.length)
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#used)
  }
}

/** Keeps the last bytes. */
class Ring {
  readonly #limit: number
  #buffer: Buffer | undefined
  #next = 0
  #full = false

  constructor(limit: number) {
    this.#limit = limit
  }

  add(chunk: Buffer): void {
    this.#buffer ??= Buffer.alloc(this.#limit)
    const kept = chunk.subarray(Math.max(0, chunk.length - this.#limit))
    const first = kept.subarray(0, this.#limit - this.#next)
    first.copy(this.#buffer, this.#next)
    kept.copy(this.#buffer, 0, first.length)
    this.#full ||= this.#next + kept.length >= this.#limit
    this.#next = (this.#next + kept.length) % this.#limit
  }

  bytes(): Buffer {
    if (this.#buffer === undefined) return Buffer.alloc(0)
    if (!this.#full) return this.#buffer.subarray(0, this.#next)
    return Buffer.concat([this.#buffer.subarray(this.#next), this.#buffer.subarray(0, this.#next)])
  }
}

function decode(bytes: Buffer): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

const isContinuation = (byte: number) => (byte & 0xc0) === 0x80

/** How many bytes the UTF-8 character that starts with `byte` has (RFC 3629). */
function characterLength(byte: number): number {
  if (byte >= 0xf0) return 4
  if (byte >= 0xe0) return 3
  return byte >= 0xc0 ? 2 : 1
}

function withoutCutEnd(bytes: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number
    if (isContinuation(byte)) continue
    return characterLength(byte) > back ? bytes.subarray(0, bytes.length - back) : bytes
  }
  return bytes
}

function withoutCutStart(bytes: Buffer): Buffer {
  let start = 0
  while (start < 3 && start < bytes.length && isContinuation(bytes[start] as number)) start++
  return bytes.subarray(start)
}
