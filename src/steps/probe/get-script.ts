import { FOLDER, findSource, MEASURE, SEND } from '../get/script.ts'
import { DIGEST_IF_ANY } from '../remote-script.ts'
import { isGlob, pathWord, quoteWord } from '../shell-words.ts'
import { WALK } from './real-paths.ts'

/**
 * Shell text that goes through what a get would send, and reports instead of sending:
 * - `reads` and real paths, `from` and what a folder or file is called; each with NUL after it
 * - `single <size>` and a name; `top`; `folder` and a name; `folders` and names; `others <count>`; `partial`; all as a
 *   get does
 * - `files <count>` and names, `denied <indexes>` of those that can't be read, and `sizes plain|each` with a line of ls
 *   for each, in any order for `plain`
 */
export function lookAtSourceScript(src: string): string {
  const read = isGlob(src) ? src.slice(0, src.search(/[^/]*[*?[]/)) || '.' : src
  return `${findSource(src)}walk_to=${pathWord(read)}\nlook_at_source "$@"\n`
}

/** The start of what find runs; given the mark as `$0`. */
const SAY = 'say() { printf "\\n%s %s\\n" "$0" "$*"; }\n'

const BATCH = `${SAY}plain=plain odd='*[\\\\
'$(printf "\\r")']*' denied= i=0
shift
for f do
  case $f in $odd) plain=each ;; esac
  [ -r "$f" ] || denied="$denied $i"
  i=$((i + 1))
done
say files $#
printf "%s\\0" "$@"
say denied $denied
say sizes $plain
if [ $plain = plain ]; then ls -ldnL "$@" 2>/dev/null
else
  for f do
    l=$(ls -ldnL "$f" 2>/dev/null | head -n 1)
    echo "\${l:--}"
  done
fi
exit 0
`

const NAMES = `${SAY}say "$1"; shift; printf "%s\\0" "$@" ""`

const COUNT = `${SAY}say others $#`

const LOOK_AT_SOURCE = `batch=${quoteWord(BATCH)}
names=${quoteWord(NAMES)}
count=${quoteWord(COUNT)}
at() { say from; printf '%s\\0' "$1"; }
single() {
  ${MEASURE}  [ -z "$lies" ] || z=$(($(head -c 16777216 "$f" | wc -c)))
  say single "$z"
  printf '%s\\0' "\${1##*/}"
}
look_at_source() {
say look
[ -z "$nosha" ] || fail no-sha
say reads
walk "$walk_to" f
say source
${SEND}}
`

/** In the order in which they have to come. */
export const SOURCE_LIBRARY = [DIGEST_IF_ANY, WALK, FOLDER, LOOK_AT_SOURCE] as const

/** Shell text that prints the digest of each file in a line after the record `digests`; empty for what can't be read. */
export function digestsScript(paths: readonly string[]): string {
  const lines = paths.map(
    path => `digest ${quoteWord(path.startsWith('/') ? path : `./${path}`)}; echo "$s"\n`,
  )
  return `say digests\n${lines.join('')}finish end\n`
}
