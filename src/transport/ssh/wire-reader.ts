/** Reads what SSH sends (RFC 4251, 5), one value after the other. Throws a RangeError where there is less than asked for. */
export class WireReader {
  readonly #blob: Buffer
  at = 0

  constructor(blob: Buffer) {
    this.#blob = blob
  }

  get isAtEnd(): boolean {
    return this.at === this.#blob.length
  }

  number(): number {
    const value = this.#blob.readUInt32BE(this.at)
    this.at += 4
    return value
  }

  /** Of eight bytes. */
  large(): bigint {
    const value = this.#blob.readBigUInt64BE(this.at)
    this.at += 8
    return value
  }

  string(): Buffer {
    const length = this.number()
    this.skip(length)
    return this.#blob.subarray(this.at - length, this.at)
  }

  skip(bytes: number): void {
    this.at += bytes
    if (this.at > this.#blob.length) throw new RangeError('it ends too early')
  }
}

/** A length in four bytes, then the bytes. */
export function sshString(bytes: Buffer | string): Buffer {
  const content = Buffer.from(bytes as Buffer)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}

/** The name that a public key starts with (RFC 4253, 6.6). */
export function keyTypeOf(key: Buffer): string | undefined {
  if (key.length < 4) return undefined
  const length = key.readUInt32BE(0)
  return length > key.length - 4 ? undefined : key.toString('latin1', 4, 4 + length)
}
