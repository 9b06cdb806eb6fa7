import type { TreeEntry } from './local-tree.ts'
import type { Question } from './tree-questions.ts'

/** What the host has under an entry's name. */
export interface Seen {
  /** `same` only for links. For a folder, a symbolic link to a folder counts as one. */
  readonly kind: 'none' | 'file' | 'folder' | 'link' | 'same' | 'other'
  /** For files, as far as the host could tell. */
  readonly file?: RemoteFile
}

export interface RemoteFile {
  /** Four octal digits. */
  readonly mode: string
  readonly uid: string
  readonly gid: string
  /** Bytes. */
  readonly size: number
  /** SHA-256, hexadecimal; absent for a file that could not be read. */
  readonly digest?: string
  /** True when it has the owner and group that were asked about. */
  readonly owned: boolean
}

const KINDS: Readonly<Record<string, Seen['kind']>> = {
  n: 'none',
  f: 'file',
  d: 'folder',
  D: 'folder',
  l: 'link',
  s: 'same',
  o: 'other',
}

/** Reads what the probe script says, report by report and line by line, in the order of the questions. */
export class Answers {
  readonly seen = new Map<TreeEntry, Seen>()
  /** Some folder is a symbolic link to one. */
  linked = false
  readonly #questions: Iterator<Question>
  #current: Question | undefined
  #byName = new Map<string, TreeEntry>()
  #section: 'list' | 'sums' | 'owned' = 'list'

  constructor(questions: readonly Question[]) {
    this.#questions = questions.values()
  }

  report(word: string, rest: string): void {
    if (word === 'sums' || word === 'owned') {
      this.#section = word
      return
    }
    this.#section = 'list'
    this.#current = this.#questions.next().value
    const entries = this.#current?.entries ?? []
    this.linked ||= rest.includes('D')
    this.#byName = new Map(entries.map(entry => [entry.path, entry]))
    entries.forEach((entry, index) => {
      const kind = KINDS[rest[index] ?? '']
      if (kind !== undefined) this.seen.set(entry, { kind })
    })
  }

  /** A line of a tool ends with the name that it is about; the answer to `one` is about the one. */
  line(text: string): void {
    const at = text.indexOf('./')
    const only = this.#current?.command === 'one' ? this.#current.entries[0] : undefined
    const entry = only ?? (at === -1 ? undefined : this.#byName.get(text.slice(at + 2)))
    if (entry === undefined) return
    const file = this.#learn(text, this.seen.get(entry)?.file)
    if (file !== undefined) this.seen.set(entry, { kind: 'file', file })
  }

  #learn(text: string, known: RemoteFile | undefined): RemoteFile | undefined {
    switch (this.#section) {
      case 'list': {
        const [permissions = '', , uid = '', gid = '', size] = text.split(/\s+/)
        const mode = modeOf(permissions)
        return mode === undefined ? undefined : { mode, uid, gid, size: Number(size), owned: false }
      }
      case 'sums': {
        const digest = /^[0-9a-f]{64}(?= |$)/.exec(text)?.[0]
        return known && digest ? { ...known, digest } : known
      }
      case 'owned':
        return known && { ...known, owned: true }
    }
  }
}

/** Four octal digits of what ls prints, as `-rwxr-sr-x`. */
export function modeOf(permissions: string): string | undefined {
  const match = /^.([r-][w-][xsS-])([r-][w-][xsS-])([r-][w-][xtT-])/.exec(permissions)
  if (match === null) return undefined
  const [, ...triples] = match
  const high = triples.map(triple => (/[sStT]$/.test(triple) ? '1' : '0')).join('')
  const low = triples.map(triple => triple.replace(/[rwxst]/g, '1').replace(/[^1]/g, '0'))
  return [high, ...low].map(bits => Number.parseInt(bits, 2).toString(8)).join('')
}
