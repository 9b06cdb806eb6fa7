import type { ShellSource } from './shell-source.ts'
import type { Operator, Part, Script, Word } from './shell-tree.ts'

/** Where a word stands: alone, or after an operator in `${…}`. */
type Place = 'alone' | 'braced'

/** Characters that stand for themselves where nothing is quoted. Braces and tildes do not everywhere. */
const PLAIN: Readonly<Record<Place, RegExp>> = {
  alone: /[^\s;&|<>()$`\\"'{}~]+/y,
  braced: /[^$`\\"'{}~()]+/y,
}

/** Reads the word that begins here; undefined where it is of no kind that can be followed. */
export class WordParser {
  readonly #source: ShellSource
  /** Reads the commands of `$(…)`, up to the parenthesis. */
  readonly #commands: () => Script | undefined

  constructor(source: ShellSource, commands: () => Script | undefined) {
    this.#source = source
    this.#commands = commands
  }

  word(): Word | undefined {
    const home = this.#source.take(/~(?=\/|[\s;&|)]|$)/y)
    const rest = this.#parts('alone', /(?=[\s;&|<>()]|$)/y)
    return rest === undefined || home === undefined ? rest : [{ kind: 'home' }, ...rest]
  }

  #parts(place: Place, end: RegExp, singleQuotes = true): Word | undefined {
    const parts: Part[] = []
    if (this.#source.sees(/~/y)) return undefined
    while (!this.#source.sees(end)) {
      const piece = this.#piece(place, singleQuotes)
      if (piece === undefined) return undefined
      parts.push(...piece)
    }
    return parts
  }

  #piece(place: Place, singleQuotes: boolean): Word | undefined {
    const source = this.#source
    const plain = source.take(PLAIN[place])
    if (plain !== undefined) return [textOf(plain, false)]
    const quoted = singleQuotes ? source.take(/'[^']*'/y) : undefined
    if (quoted !== undefined) return [textOf(quoted.slice(1, -1), true)]
    const escaped = source.take(/\\[^\n]/y)
    if (escaped !== undefined) return [textOf(escaped.slice(1), true)]
    if (source.take(/"/y) !== undefined) return this.#doubleQuoted()
    // After these some shells put a home folder.
    if (place === 'alone' && /[^\s:=]/.test(source.previous) && source.take(/~/y) !== undefined)
      return [textOf('~', true)]
    return this.#dollar(false)
  }

  #doubleQuoted(): Word | undefined {
    const parts: Part[] = [textOf('', true)]
    while (this.#source.take(/"/y) === undefined) {
      const piece = this.#quotedPiece(/[^"$`\\]+/y)
      if (piece === undefined) return undefined
      parts.push(...piece)
    }
    return parts
  }

  #quotedPiece(plain: RegExp): Word | undefined {
    const source = this.#source
    const text = source.take(plain)
    if (text !== undefined) return [textOf(text, true)]
    const escaped = source.take(/\\[$`"\\]/y)
    if (escaped !== undefined) return [textOf(escaped.slice(1), true)]
    return source.take(/\\(?=[^}\n])/y) === undefined ? this.#dollar(true) : [textOf('\\', true)]
  }

  #dollar(quoted: boolean): Word | undefined {
    const source = this.#source
    const name = source.take(/\$[A-Za-z_][A-Za-z0-9_]*/y)
    if (name !== undefined) return [{ kind: 'variable', name: name.slice(1), quoted }]
    if (source.take(/\$[?#$]/y) !== undefined) return [{ kind: 'number' }]
    if (source.take(/\$\{/y) !== undefined) return this.#braced(quoted)
    if (source.take(/\$\((?!\()/y) !== undefined) {
      const script = this.#commands()
      const isClosed = script !== undefined && source.take(/\)/y) !== undefined
      return isClosed ? [{ kind: 'output', script, quoted }] : undefined
    }
    const alone = quoted ? source.take(/\$(?=["\s|/)])/y) : undefined
    return alone === undefined ? undefined : [textOf('$', true)]
  }

  #braced(quoted: boolean): Word | undefined {
    const source = this.#source
    if (source.take(/#[A-Za-z_][A-Za-z0-9_]*\}/y) !== undefined) return [{ kind: 'number' }]
    const name = source.take(/[A-Za-z_][A-Za-z0-9_]*/y)
    if (name === undefined) return undefined
    const operator = source.take(/:?[-+]|##?|%%?/y) as Operator | undefined
    const word = operator === undefined ? [] : this.#changing(operator, quoted)
    if (word === undefined || source.take(/\}/y) === undefined) return undefined
    const change = operator === undefined ? {} : { change: { operator, word } }
    return [{ kind: 'variable', name, quoted, ...change }]
  }

  /** Shells differ in what quotes mean within double quotes, but not about patterns. */
  #changing(operator: Operator, quoted: boolean): Word | undefined {
    if (!quoted || /^[#%]/.test(operator)) return this.#parts('braced', /(?=\})/y, !quoted)
    const parts: Part[] = []
    while (!this.#source.sees(/\}/y)) {
      const piece = this.#source.sees(/["\\]/y) ? undefined : this.#quotedPiece(/[^"'$`\\{}~]+/y)
      if (piece === undefined) return undefined
      parts.push(...piece)
    }
    return parts
  }
}

function textOf(text: string, quoted: boolean): Part {
  return { kind: 'text', text, quoted }
}
