import { LIMITS } from '../../model/limits.ts'
import { GatheredBytes } from '../gathered-bytes.ts'
import { type Place, placeOf } from '../get/place.ts'
import { blame, startTally, type Tally } from '../get/tally.ts'
import { failureOf } from '../result.ts'
import { readPaths } from './real-paths.ts'

/** A file that a get would fetch. */
export interface SourceFile {
  /** Where it would land, in the host's folder. */
  readonly place: string
  readonly size: number
  /** What it is called on the host; absent where that is not text. */
  readonly path?: string
}

/** Names, twice, and what is told of each file besides. In bytes. */
const MOST_CONTENT = 2 * LIMITS.getNameBytes + 100 * LIMITS.getEntries

/** More of what a tool said last tells nothing. In bytes. */
const LONGEST_LINE = 4096

/** Reads what `lookAtSourceScript` reports, record by record. */
export class SourceListing {
  readonly files: SourceFile[] = []
  readonly tally: Tally = startTally()
  reads: readonly string[] = []
  failed: { readonly problem: string; readonly words: string } | undefined
  finished = false
  /** The last line that a tool said. */
  words = ''
  #place: Place = { kind: 'top' }
  #from = ''
  #batch: { names: readonly Buffer[]; denied: ReadonlySet<number> } = { names: [], denied: new Set() }
  #open: { word: string; rest: string } | undefined
  #content = new GatheredBytes()
  #held = 0

  record(word: string, rest: string): void {
    this.end()
    this.#open = { word, rest }
    if (word === 'finish') this.finished = true
    if (word === 'fail') this.failed = { problem: rest, words: this.words }
  }

  content(chunk: Buffer): void {
    this.#held += chunk.length
    if (!this.overfull) this.#content.add(chunk)
  }

  /** Then what came last is not here. */
  get overfull(): boolean {
    return this.#held > MOST_CONTENT || this.tally.entries > LIMITS.getEntries
  }

  /** Takes in the last record. */
  end(): void {
    const content = this.#content.bytes()
    this.#content = new GatheredBytes()
    if (this.#open !== undefined && !this.overfull) this.#take(this.#open.word, this.#open.rest, content)
    this.#open = undefined
  }

  #take(word: string, rest: string, content: Buffer): void {
    const { names, said } = namesIn(content)
    if (word !== 'sizes') this.#hear(said)
    const [first = Buffer.alloc(0)] = names
    switch (word) {
      case 'reads':
        this.reads = readPaths(content)
        break
      case 'from':
        this.#from = textOrNothing(first)
        break
      case 'single':
        this.#add({ kind: 'top' }, first, Number(rest), this.#from)
        break
      case 'top':
        this.#place = { kind: 'top' }
        this.#from = ''
        break
      case 'folder':
        this.#place = { kind: 'folder', path: placeOf(this.tally, { kind: 'top' }, first) }
        break
      case 'folders':
        this.tally.entries += names.length
        this.tally.folders += names.length
        break
      case 'others':
        this.tally.others += Number(rest)
        break
      case 'partial':
        blame(this.tally, failureOf('remote_file', 'not everything could be read on the host'))
        break
      case 'files':
        this.#batch = { names: names.slice(0, Number(rest)), denied: new Set() }
        break
      case 'denied':
        this.#batch = { ...this.#batch, denied: new Set(rest.split(' ').filter(Boolean).map(Number)) }
        break
      case 'sizes':
        this.#sizes(rest, content.toString('latin1').split('\n'))
        break
    }
  }

  #hear(said: Buffer): void {
    const text = said.subarray(-LONGEST_LINE).toString('utf8').trim()
    if (text !== '') this.words = text.slice(text.lastIndexOf('\n') + 1)
  }

  #sizes(form: string, lines: readonly string[]): void {
    const { names, denied } = this.#batch
    const parsed = lines.map(line => /^\S+ +\S+ +\S+ +\S+ +(\d+) +\S+ +\S+ +\S+ (.*)$/.exec(line))
    const byName = new Map(parsed.map(match => [match?.[2], match?.[1]]))
    for (const [index, name] of names.entries()) {
      const size = form === 'plain' ? byName.get(name.toString('latin1')) : parsed[index]?.[1]
      if (denied.has(index)) this.#refuse(name)
      else if (size !== undefined) this.#add(this.#place, name, Number(size), this.#pathOf(name))
    }
  }

  #pathOf(name: Buffer): string {
    const text = textOrNothing(name)
    return this.#from === '' || text === ''
      ? text
      : `${this.#from.replace(/\/+$/, '')}/${text.replace(/^\.\//, '')}`
  }

  #add(place: Place, name: Buffer, size: number, path: string): void {
    this.tally.entries += 1
    if (this.tally.entries > LIMITS.getEntries) return
    const landing = placeOf(this.tally, place, name)
    if (landing === undefined) return
    this.files.push({ place: landing, size, ...(path === '' ? {} : { path }) })
    this.tally.bytes += size
  }

  #refuse(name: Buffer): void {
    const path = placeOf(this.tally, this.#place, name)
    if (path === undefined) return
    blame(this.tally, failureOf('remote_file', `${JSON.stringify(path)} can't be read on the host`))
  }
}

/** Each has NUL after it, and an empty one ends them; what comes then is what a tool said. */
function namesIn(content: Buffer): { readonly names: readonly Buffer[]; readonly said: Buffer } {
  const names: Buffer[] = []
  let start = 0
  for (let end = content.indexOf(0); end > start; end = content.indexOf(0, start)) {
    if (names.length > LIMITS.getEntries) break
    names.push(content.subarray(start, end))
    start = end + 1
  }
  return { names, said: content.subarray(content[start] === 0 ? start + 1 : start) }
}

function textOrNothing(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : ''
}
