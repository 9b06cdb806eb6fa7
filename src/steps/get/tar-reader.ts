import type { ByteSource } from '../byte-source.ts'

/** A regular file with its content, another name of one that came before (a hard link), or nonsense: the last. */
export type TarEntry = { readonly kind: 'file'; readonly size: number } | { readonly kind: 'link' | 'broken' }

/** Headers that carry names and the like have far less. In bytes. */
const LONGEST_EXTENSION = 256 << 10

/** A member has a header of its own, and others before it for a long name, a long target, and what pax knows of it. */
const HEADERS = 4

const BROKEN = { kind: 'broken' } as const

const FILE_TYPES = ['0', '\0', '7']

/**
 * Reads a tar archive (POSIX ustar and pax, GNU, old V7) to its end. After a `file` entry the caller takes exactly
 * `size` bytes from the source before it asks for the next. Names in the archive are not looked at: who asked for
 * the files knows them.
 *
 * @param most how many members there may be
 */
export async function* tarEntries(source: ByteSource, most: number): AsyncGenerator<TarEntry> {
  const left = { headers: HEADERS * (most + 1) }
  for (let members = 0; ; members++) {
    const member = members > most ? BROKEN : await nextMember(source, left)
    if (member.kind === 'end') return
    yield member
    if (member.kind === 'broken') return
    if (member.kind === 'file' && (await source.exactly(padding(member.size))) === undefined) {
      return yield { kind: 'broken' }
    }
  }
}

/** Passes over long names, pax records, and entries of a kind that is neither file nor hard link. */
async function nextMember(
  source: ByteSource,
  left: { headers: number },
): Promise<TarEntry | { readonly kind: 'end' }> {
  for (let paxSize: number | undefined; ; ) {
    left.headers -= 1
    const header = left.headers < 0 ? BROKEN : await nextHeader(source)
    if (header.kind !== 'header') return header
    const size = paxSize ?? header.size
    if (FILE_TYPES.includes(header.type)) return { kind: 'file', size }
    if (header.type === '1') return { kind: 'link' }
    const body = size > LONGEST_EXTENSION ? undefined : await source.exactly(size + padding(size))
    if (body === undefined) return { kind: 'broken' }
    if (header.type === 'x') paxSize = sizeInPax(body.subarray(0, size))
  }
}

type Header =
  | { readonly kind: 'header'; readonly type: string; readonly size: number }
  | { readonly kind: 'end' | 'broken' }

async function nextHeader(source: ByteSource): Promise<Header> {
  const header = await source.exactly(512)
  if (header?.every(byte => byte === 0)) return { kind: 'end' }
  const size = header && checksumFits(header) ? numberAt(header, 124, 12) : undefined
  if (header === undefined || size === undefined) return { kind: 'broken' }
  return { kind: 'header', type: String.fromCharCode(header[156] as number), size }
}

const padding = (size: number) => (512 - (size % 512)) % 512

/** The sum of the header's bytes, its own field taken as blanks (POSIX pax, "ustar Interchange Format"). */
function checksumFits(header: Buffer): boolean {
  let sum = 8 * 32
  for (let at = 0; at < 512; at++) if (at < 148 || at >= 156) sum += header[at] as number
  return numberAt(header, 148, 8) === sum
}

/** Octal digits, or (GNU) base 256 when the first bit is set; undefined for what no file's size can be. */
function numberAt(header: Buffer, offset: number, length: number): number | undefined {
  const field = header.subarray(offset, offset + length)
  if ((field[0] as number) === 0x80) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
    return Number.isSafeInteger(value) ? value : undefined
  }
  const digits = field.toString('latin1').replace(/^[ \0]+|[ \0]+$/g, '')
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : undefined
}

/** The `size` record of a pax extended header, `<length> size=<decimal>\n`. */
function sizeInPax(body: Buffer): number | undefined {
  const found = /(?:^|\n)\d+ size=(\d{1,15})\n/.exec(body.toString('latin1'))
  return found === null ? undefined : Number(found[1])
}
