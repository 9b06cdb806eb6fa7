import { quoteWord } from './shell-words.ts'

/** Shell text that prints `<mark> shell-missing` and ends where the host has no such shell. */
export function lookForShell(shell: string, mark: string): string {
  const program = quoteWord(shell)
  const there = shell.includes('/')
    ? `[ -f ${program} ] && [ -x ${program} ]`
    : `command -v ${program} >/dev/null 2>&1`
  return `${there} || { echo '${mark} shell-missing'; exit 1; }; `
}

/**
 * Shell text that has another shell run `script` under -e, in place of this one: the same process, standard input
 * untouched. The script goes through the environment, which other users cannot read, and is taken out of it before
 * anything of it runs.
 */
export function handOver(shell: string, script: string): string {
  return (
    `DROVER_SCRIPT=${quoteWord(script)}; export DROVER_SCRIPT; ` +
    `exec ${quoteWord(shell)} -e -c 'eval "unset DROVER_SCRIPT; $DROVER_SCRIPT"'`
  )
}
