import { LIMITS } from '../../model/limits.ts'
import type { ByteSource } from '../byte-source.ts'

/** What the script of a get sends next. Contents and archives follow in the byte source. */
export type Frame =
  | { readonly kind: 'file'; readonly name: Buffer; readonly size: number; readonly digest: string }
  | { readonly kind: 'folder'; readonly name: Buffer }
  | { readonly kind: 'top' }
  | { readonly kind: 'folders'; readonly names: readonly Buffer[] }
  | { readonly kind: 'files'; readonly names: readonly Buffer[]; readonly digests: readonly string[] }
  | { readonly kind: 'others'; readonly count: number }
  | { readonly kind: 'partial' }
  | { readonly kind: 'end' }
  | { readonly kind: 'fail'; readonly problem: string }
  /** What no script of ours sends, or more than a get takes: nothing after it makes sense. */
  | { readonly kind: 'nonsense'; readonly reason: string }

/** Padding after an archive, and a line that a banner may print before the first frame. In bytes. */
const LONGEST_GAP = 64 << 10

const GAPS = 1000

/** What the names of a get may still take. */
export interface NameBudget {
  bytes: number
}

export function nameBudget(): NameBudget {
  return { bytes: LIMITS.getNameBytes }
}

interface Sent {
  readonly source: ByteSource
  readonly mark: string
  readonly names: NameBudget
}

/** The next frame; lines without the mark before it are passed over. */
export async function nextFrame(sent: Sent): Promise<Frame> {
  const { source, mark } = sent
  for (let gaps = 0; gaps < GAPS; gaps++) {
    const line = await source.until(10, LONGEST_GAP)
    if (line === undefined) return nonsense('its output ended early')
    const text = line.toString('latin1')
    if (text.startsWith(`${mark} `)) return parse(sent, text.slice(mark.length + 1).split(' '))
  }
  return nonsense('it sent something else than files')
}

async function parse(sent: Sent, words: readonly string[]): Promise<Frame> {
  const [kind, first = '', second = ''] = words
  switch (kind) {
    case 'file':
      return oneFile(sent, count(first, LIMITS.getBytes), second)
    case 'folder': {
      const name = await nextName(sent)
      return name === undefined ? nonsense('a name is too long') : { kind, name }
    }
    case 'folders': {
      const names = await namesToEmpty(sent)
      return names === undefined ? nonsense('it sent too many names or too long ones') : { kind, names }
    }
    case 'files':
      return manyFiles(sent, count(first, LIMITS.getEntries))
    case 'others': {
      const n = count(first, LIMITS.getEntries)
      return n === undefined ? nonsense('it sent no count') : { kind, count: n }
    }
    case 'top':
    case 'partial':
      return { kind }
    case 'done':
      return first === 'end' ? { kind: 'end' } : { kind: 'fail', problem: second }
    default:
      return nonsense('it sent something else than files')
  }
}

async function oneFile(sent: Sent, size: number | undefined, digest: string): Promise<Frame> {
  const name = await nextName(sent)
  if (name === undefined || size === undefined) return nonsense('it sent no size or name')
  return { kind: 'file', name, size, digest }
}

async function manyFiles(sent: Sent, n: number | undefined): Promise<Frame> {
  const { source, mark } = sent
  if (n === undefined) return nonsense(`it has more than ${LIMITS.getEntries} files`)
  const names: Buffer[] = []
  while (names.length < n) {
    const name = await nextName(sent)
    if (name === undefined) return nonsense('a name is missing or too long')
    names.push(name)
  }
  const digests: string[] = []
  for (;;) {
    const line = (await source.until(10, 200))?.toString('latin1')
    if (line === `${mark} tar` && digests.length === n) return { kind: 'files', names, digests }
    if (line === undefined || digests.length === n) return nonsense('it sent no digests')
    digests.push(line)
  }
}

async function namesToEmpty(sent: Sent): Promise<Buffer[] | undefined> {
  const names: Buffer[] = []
  for (;;) {
    const name = await nextName(sent)
    if (name === undefined || names.length > LIMITS.getEntries) return undefined
    if (name.length === 0) return names
    names.push(name)
  }
}

/** Twice the limit is read, so that a name a little too long is refused by name and not as nonsense. */
async function nextName({ source, names }: Sent): Promise<Buffer | undefined> {
  const name = await source.until(0, Math.min(names.bytes, 2 * LIMITS.remoteNameBytes))
  names.bytes -= name?.length ?? 0
  return name
}

function count(text: string, limit: number): number | undefined {
  const n = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return n <= limit ? n : undefined
}

function nonsense(reason: string): Frame {
  return { kind: 'nonsense', reason }
}
