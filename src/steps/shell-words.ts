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
