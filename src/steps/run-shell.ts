import { quoteWord } from './shell-words.ts'

/**
 * Shell text that has another shell run `script` under -e, in place of this one: the same process, standard input
 * untouched. The script goes through the environment, which other users cannot read, and is taken out of it before
 * anything of it runs. Prints `<mark> shell-missing` where there is no such shell.
 */
export function handOver(shell: string, script: string, mark: string): string {
  const program = quoteWord(shell)
  const there = shell.includes('/')
    ? `[ -f ${program} ] && [ -x ${program} ]`
    : `command -v ${program} >/dev/null 2>&1`
  return (
    `${there} || { echo '${mark} shell-missing'; exit 1; }; ` +
    `DROVER_SCRIPT=${quoteWord(script)}; export DROVER_SCRIPT; ` +
    `exec ${program} -e -c 'eval "unset DROVER_SCRIPT; $DROVER_SCRIPT"'`
  )
}
