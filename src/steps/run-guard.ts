import type { RunAction } from '../model/action.ts'

/** An exit status from here on says that a guard could not run: not found, not executable, ended by a signal. */
export const GUARD_BROKEN = 126
const BROKEN = '12[6-9]|1[3-9][0-9]|2[0-9][0-9]'

/** A blank guard, as a parameter that nobody has set, is none. */
export function isGuard(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== ''
}

/**
 * Shell text that looks at `unless`, then at `only_if`, each under `set -e` in a subshell, without standard input.
 * Each prints a line `<mark> unless` or `<mark> only_if` first; what follows is its output. If it decides that the step
 * does not run: `<mark> status <n>`. If the shell ends without either that or another report, the guard is no valid shell
 * text.
 */
export function guardText({ unless, onlyIf }: RunAction, mark: string): string {
  const guards = [
    isGuard(unless) ? guard('unless', unless, `0|${BROKEN}`, mark) : '',
    isGuard(onlyIf) ? guard('only_if', onlyIf, '[1-9]*', mark) : '',
  ].join('')
  if (guards === '') return ''
  const newline = "__n=$(printf '\\n.'); __n=${__n%.}; "
  return `set +e; ${newline}${guards}unset -v __n __s; unset -f drover_guard; `
}

/** A function is read to its end before anything of it runs, so bad syntax shows before it can look like a "no". */
function guard(name: string, text: string, decides: string, mark: string): string {
  return (
    `echo '${mark} ${name}'; ` +
    `eval "drover_guard() { :; ${doubleQuoted(text)}\${__n}}" 2>&1 || exit 2; ` +
    `(unset -v __n; set -e; drover_guard) </dev/null 2>&1; __s=$?; ` +
    `case $__s in ${decides}) echo "${mark} status $__s"; exit 0;; esac; `
  )
}

function doubleQuoted(text: string): string {
  return text.replace(/["$`\\]/g, '\\$&').replaceAll('\n', '$' + '{__n}')
}
