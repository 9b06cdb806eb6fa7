import type { Failure } from '../../model/errors.ts'
import type { FileContent } from './content.ts'
import { sendLocalFile } from './local-file.ts'

/** What the scripts call a file by, on a host without a tool for SHA-256: `cksum:` and the number that cksum prints. */
export async function cksumOf(content: FileContent): Promise<string | Failure> {
  const sum = new Cksum()
  if (content.kind === 'bytes') sum.add(content.bytes)
  else {
    const failure = await sendLocalFile(
      content.file,
      async chunk => sum.add(chunk),
      () => false,
    )
    if (failure !== undefined) return failure
  }
  return `cksum:${sum.end()}`
}

const POLYNOMIAL = 0x04c11db7

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ POLYNOMIAL : value << 1
  return value >>> 0
})

/** The checksum of POSIX, cksum(1): the content's bytes, then its length, the least significant byte first. */
class Cksum {
  #crc = 0
  #size = 0

  add(chunk: Uint8Array): void {
    for (const byte of chunk) this.#byte(byte)
    this.#size += chunk.length
  }

  end(): number {
    for (let rest = this.#size; rest > 0; rest = Math.floor(rest / 256)) this.#byte(rest % 256)
    return ~this.#crc >>> 0
  }

  #byte(byte: number): void {
    this.#crc = ((this.#crc << 8) ^ (TABLE[(this.#crc >>> 24) ^ byte] as number)) >>> 0
  }
}
