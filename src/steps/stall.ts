import { LIMITS } from '../model/limits.ts'
import { formatBytes, formatMs } from '../model/quantity.ts'
import type { ByteSource } from './byte-source.ts'
import { type Ending, failed } from './result.ts'
import type { StepContext } from './step.ts'

/** So small a piece moves within the limit on any link that is worth the name. In bytes. */
const PIECE = 32 << 10

/**
 * Notices when no byte of a transfer moves for `LIMITS.stallMs`. It watches only while bytes should move: not while
 * the host computes digests before or checks what arrived, which takes as long as it takes.
 */
export class StallWatch {
  readonly #ms: number
  readonly #onStall: () => void
  #timer: NodeJS.Timeout | undefined
  #stalled = false
  #over = false
  #moved = 0

  /** @param onStall called once; the transfer is to be ended then */
  constructor({ stallMs = LIMITS.stallMs }: Pick<StepContext, 'stallMs'>, onStall: () => void) {
    this.#ms = stallMs
    this.#onStall = onStall
  }

  get stalled(): boolean {
    return this.#stalled
  }

  /** Nothing is to move any more. */
  end(): void {
    this.#over = true
    clearTimeout(this.#timer)
  }

  /** Sends a chunk in small pieces, so that a slow link shows that it moves. Begins to watch with what moves first. */
  async send(chunk: Buffer, write: (piece: Buffer) => Promise<void>): Promise<void> {
    const pieces: Promise<void>[] = []
    for (let at = 0; at < chunk.length; at += PIECE) {
      const piece = chunk.subarray(at, at + PIECE)
      pieces.push(write(piece).then(() => this.#move(piece.length)))
    }
    await Promise.all(pieces)
  }

  /** The same source, watched while something is wanted of it. */
  watched(source: ByteSource): ByteSource {
    const wait = async (bytes: Promise<Buffer | undefined>) => {
      this.#arm()
      const got = await bytes
      clearTimeout(this.#timer)
      this.#moved += got?.length ?? 0
      return got
    }
    return {
      push: chunk => source.push(chunk),
      end: () => source.end(),
      discard: () => source.discard(),
      some: max => wait(source.some(max)),
      exactly: size => wait(source.exactly(size)),
      until: (byte, limit) => wait(source.until(byte, limit)),
    }
  }

  /** What a transfer that stalled came to. @param size bytes in all, where that is known */
  ending(verb: 'sent' | 'received', size?: number): Ending {
    const moved = size === undefined ? this.#moved : Math.min(this.#moved, size)
    const amount = size === undefined ? formatBytes(moved) : `${formatBytes(moved)} of ${formatBytes(size)}`
    const hint =
      verb === 'sent' ? 'nothing was changed on the host; run the step again' : 'run the step again'
    return failed('transfer_stalled', `nothing moved for ${formatMs(this.#ms)}; ${amount} were ${verb}`, hint)
  }

  #move(bytes: number): void {
    this.#moved += bytes
    this.#arm()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    if (this.#over) return
    this.#timer = setTimeout(() => {
      this.#stalled = true
      this.#over = true
      this.#onStall()
    }, this.#ms)
  }
}
