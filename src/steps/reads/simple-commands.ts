/** A command without anything that a shell expands: its words are what it gets. */
export type SimpleCommand = readonly string[]

const REDIRECTION = /^(?:2>&1|[12]?>>?[ \t]*\/dev\/null|0?<[ \t]*\/dev\/null|1?>&2)(?=[\s;|&]|$)/

const SEPARATOR = /^(?:&&|\|\||\|(?!&)|;(?!;)|\n)/

/** A piece of a word: characters that stand for themselves, or what is quoted without an expansion in it. */
const PIECE = /^(?:[^\s;&|<>()$`\\"'*?{}~[\]#!]+|'[^']*'|"(?:[^"$`\\!]|\\["$`\\])*"|\\[^\n])/

/** What stands for itself as a whole word, or where a word goes on. */
const WHOLE = /^(?:\[|\]|!)(?=\s|;|$)/
const INNER = /^[#!~\]]/

/**
 * The commands of shell text that is nothing but commands joined by `&&`, `||`, `|`, `;` and line feeds; undefined for
 * any other, and for what expands anything: variables, patterns, substitutions. `!` before a command is left out, and
 * so are redirections from and to /dev/null. A leading `~/` stays; a word with another tilde in front starts with `./`.
 */
export function simpleCommands(text: string): readonly SimpleCommand[] | undefined {
  const commands: string[][] = [[]]
  let rest = text.replace(/^[ \t\n]+/, '')
  while (rest !== '') {
    const taken = takeSign(rest)
    if (taken !== undefined) {
      if (taken.separates) commands.push([])
      rest = taken.rest
    } else {
      const word = takeWord(rest)
      if (word === undefined) return undefined
      const command = commands.at(-1) as string[]
      if (word.text !== '!' || command.length > 0) command.push(word.text)
      rest = word.rest
    }
    rest = rest.replace(/^[ \t]+/, '')
  }
  return commands.filter(command => command.length > 0)
}

/** A comment, a redirection or what separates commands. */
function takeSign(text: string): { readonly separates: boolean; readonly rest: string } | undefined {
  const [separator] = SEPARATOR.exec(text) ?? []
  if (separator !== undefined) return { separates: true, rest: text.slice(separator.length) }
  const [sign] = /^#[^\n]*/.exec(text) ?? REDIRECTION.exec(text) ?? []
  return sign === undefined ? undefined : { separates: false, rest: text.slice(sign.length) }
}

function takeWord(text: string): { readonly text: string; readonly rest: string } | undefined {
  const [whole] = WHOLE.exec(text) ?? []
  if (whole !== undefined) return { text: whole, rest: text.slice(whole.length) }
  const home = text.startsWith('~/')
  let word = home ? '~/' : ''
  let rest = text.slice(word.length)
  while (rest !== '' && !/^[\s;&|<>]/.test(rest)) {
    const [piece] = PIECE.exec(rest) ?? (rest === text ? [] : (INNER.exec(rest) ?? []))
    if (piece === undefined) return undefined
    word += unquoted(piece)
    rest = rest.slice(piece.length)
  }
  // A number right before a sign belongs to it, and no allowed redirection was found there.
  if (rest === text || /^[<>]/.test(rest)) return undefined
  return { text: !home && word.startsWith('~') ? `./${word}` : word, rest }
}

function unquoted(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1)
  if (piece.startsWith('"')) return piece.slice(1, -1).replace(/\\(["$`\\])/g, '$1')
  return piece.startsWith('\\') ? piece.slice(1) : piece
}
