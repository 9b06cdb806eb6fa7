/** A here-document that was announced by `<<` on the current line. */
export interface Heredoc {
  readonly delimiter: string
  /** `<<-`: leading tabs of its lines do not count. */
  readonly stripTabs: boolean
  /** Without quotes around the delimiter, a backslash joins lines. */
  readonly joinsLines: boolean
}

const OPERATOR = /<<(-?)[ \t]*((?:\\.|'[^']*'|"[^"\\$`]*"|[^\s\\'"`$|&;<>()])+)/y

/**
 * The here-document announced at `at`, and where the text goes on; undefined where the delimiter is not plain.
 * A delimiter at the very end of the piece may go on with a value, so it is not plain either.
 */
export function heredocAt(text: string, at: number): { heredoc: Heredoc; end: number } | undefined {
  OPERATOR.lastIndex = at
  const match = OPERATOR.exec(text)
  if (match === null || OPERATOR.lastIndex === text.length) return undefined
  const word = match[2] ?? ''
  return {
    heredoc: {
      delimiter: word.replace(/\\(.)|['"]/g, '$1'),
      stripTabs: match[1] === '-',
      joinsLines: !/['"\\]/.test(word),
    },
    end: OPERATOR.lastIndex,
  }
}

/** Reads the bodies of here-documents, line by line, to the end of the last one. */
export class HeredocReader {
  readonly #pending: Heredoc[]
  #line = ''
  #joined = false

  constructor(pending: readonly Heredoc[]) {
    this.#pending = [...pending]
  }

  get done(): boolean {
    return this.#pending.length === 0
  }

  /** Takes text up to the end of a line. Returns where the text goes on, or undefined where shells may differ. */
  read(text: string, at: number): number | undefined {
    const [heredoc] = this.#pending
    if (heredoc === undefined) return at
    const newline = text.indexOf('\n', at)
    this.#line += newline === -1 ? text.slice(at) : text.slice(at, newline)
    if (newline === -1) return text.length
    if (heredoc.joinsLines && /(?:^|[^\\])(?:\\\\)*\\$/.test(this.#line)) {
      this.#line = this.#line.slice(0, -1)
      this.#joined = true
      return newline + 1
    }
    const line = heredoc.stripTabs ? this.#line.replace(/^\t+/, '') : this.#line
    if (line === heredoc.delimiter) {
      if (this.#joined) return undefined
      this.#pending.shift()
    }
    this.#line = ''
    this.#joined = false
    return newline + 1
  }

  /** A value stands in the line: it can't be the delimiter. */
  value(): void {
    this.#line += '\0'
  }
}
