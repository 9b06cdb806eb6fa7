/** One word for a POSIX shell that stands for exactly `text`, whatever it holds (NUL cannot be sent to a shell). */
export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/**
 * A remote path as a shell word. `~` and `~/…` mean the login user's home; no other `~`, variable or pattern is
 * expanded. A path that is not absolute starts with `./`, so that no tool takes it for an option.
 */
export function pathWord(path: string): string {
  if (path === '~') return '"$HOME"'
  if (path.startsWith('~/')) return `"$HOME"${quoteWord(path.slice(1))}`
  return quoteWord(path.startsWith('/') ? path : `./${path}`)
}

/** True when a shell would take the path for a pattern. */
export function isGlob(path: string): boolean {
  return /[*?[]/.test(path)
}

/**
 * A remote pattern as a shell word that the shell expands: `*`, `?` and `[…]` work, everything else stands for
 * itself. Otherwise like `pathWord`.
 */
export function globWord(pattern: string): string {
  const home = pattern.startsWith('~/') ? '"$HOME"' : ''
  const rest = home === '' && !pattern.startsWith('/') ? `./${pattern}` : pattern.slice(home === '' ? 0 : 1)
  const pieces = rest.match(/\*+|\?|\[[!^]?\]?(?:\[:\w+:\]|[^\]/])*\]|[^*?[]+|\[/g) ?? []
  return home + pieces.map(globPiece).join('')
}

function globPiece(piece: string): string {
  if (/^[*?]/.test(piece)) return piece
  if (!/^\[.+\]$/s.test(piece)) return quoteWord(piece)
  const [, negation = '', set = ''] = /^\[([!^]?)(.*)\]$/s.exec(piece) ?? []
  const members = set.match(/\[:\w+:\]|./gsu) ?? []
  const quoted = members.map(member => (/^[\w.-]$|^\[:/.test(member) ? member : quoteWord(member))).join('')
  return `[${negation === '' ? '' : '!'}${quoted}]`
}
