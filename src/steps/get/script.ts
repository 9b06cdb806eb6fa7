import { DIGEST, prologue } from '../remote-script.ts'
import { globWord, isGlob, pathWord, quoteWord } from '../shell-words.ts'

/**
 * Sends files and folders in frames, each after a report line. A name ends with NUL.
 * - `file SIZE DIGEST`, name, SIZE bytes: the only file that was asked for
 * - `folder`, name: the names that follow, up to the next such line, are relative to this folder
 * - `folders`, names, empty name: folders in it
 * - `files COUNT`, names; a line with a digest for each (`-`: could not be read), `tar`, a tar archive of them
 * - `others COUNT`: devices, pipes, sockets and symbolic links inside folders, which stay where they are
 * - `partial`: find could not look into every folder
 * - `done end`, or `done fail PROBLEM`
 * Names are exactly as on the host, so whoever reads this checks them.
 */
export function getScript(src: string, mark: string, stage: string): string {
  return [
    prologue(mark),
    `S=${stage}\n`,
    DIGEST,
    `at() { :; }\nbatch=${quoteWord(BATCH)}\nnames=${quoteWord(NAMES)}\ncount=${quoteWord(COUNT)}\n`,
    FOLDER,
    SINGLE,
    findSource(src),
    SEND,
  ].join('')
}

/** Shell text that makes what `src` is or matches the positional parameters. */
export function findSource(src: string): string {
  const literal = pathWord(src)
  const matches = isGlob(src) ? globWord(src) : literal
  return (
    `literal=${literal}\n` +
    `if [ -e "$literal" ] || [ -L "$literal" ]; then set -- "$literal"; else set -- ${matches}; fi\n`
  )
}

/** The start of what find runs with a batch of names: it is a shell of its own, given the mark as `$0`. */
const SAY = `say() { printf "%s %s\\n" "$0" "$*"; }
fail() { say done fail "$@"; exit 1; }
`

/** Digests of all names at once, or one by one where a name would garble the lines or a file has just gone. */
const BATCH = `${SAY}${DIGEST}
tar=$1 plain=1 odd='*[\\\\
'$(printf "\\r")']*'
shift
for f do
  case $f in $odd) plain= ;; esac
done
say files $#
printf "%s\\0" "$@"
counted() { counted=$#; }
d=
if [ -n "$plain" ]; then d=$(sha "$@" 2>/dev/null | cut -c1-64); fi
counted $d
if [ $counted = $# ]; then echo "$d"
else
  for f do
    digest "$f"
    echo "\${s:--}"
  done
fi
say tar
tar "$tar" - "$@"
echo
exit 0
`

const NAMES = `printf "%s %s\\n" "$0" "$1"; shift; printf "%s\\0" "$@" ""`

const COUNT = 'printf "%s others %s\\n" "$0" $#'

/**
 * `folder FOLDER` tells of all that is in it, by what `$batch`, `$names` and `$count` do with names, which start with
 * `./`, so that no tool takes one for an option. `at` is told what a folder or file is called on the host.
 */
export const FOLDER = `folder() {
  at "$1"
  name=$1
  while [ "\${name%/}" != "$name" ]; do name=\${name%/}; done
  name=\${name##*/}
  case $name in '' | . | ..) fail nameless ;; esac
  say folder
  printf '%s\\0' "$name"
  (
    cd "$1" && find . -type d -exec sh -c "$names" "$M" folders {} + \\
      -o -type f -exec sh -c "$batch" "$M" -cf {} + -o -exec sh -c "$count" "$M" {} +
  ) || say partial
}
`

/** Puts the file into `$f` and its size into `$z`; `$lies` is set for one that says it is empty and is not. */
export const MEASURE = `at "$1"
  [ -r "$1" ] || { cat "$1" >/dev/null; fail denied; }
  l=$(ls -ldnL "$1") || fail look
  set -f; set -- "$1" $l; set +f
  f=$1 z=$6 lies=
  if [ "$z" = 0 ] && [ -n "$(head -c 1 "$f" | od -A n -t x1)" ]; then lies=1; fi
`

/**
 * One file is sent up to the size that it has at the start, so that a log which grows meanwhile arrives as it was. A
 * file that says it is empty and is not, as in /proc, is copied first.
 */
const SINGLE = `single() {
  ${MEASURE}  if [ -n "$lies" ]; then
    t=\${TMPDIR:-/tmp}/$S
    mkdir -m 700 "$t" || { t=; fail stage; }
    f=$t/f
    head -c 16777216 "$1" >"$f" || fail stage
    z=$(($(wc -c <"$f")))
  fi
  s=$(head -c "$z" <"$f" | sha)
  say file "$z" "\${s%% *}"
  printf '%s\\0' "\${1##*/}"
  head -c "$z" <"$f"
  echo
}
`

/** Goes through the positional parameters. Needs `single` and `folder`. */
export const SEND = `if [ $# = 1 ] && [ -f "$1" ]; then single "$1"; finish end; fi
command -v tar >/dev/null 2>&1 || fail no-tar
for f do
  shift
  if [ -d "$f" ]; then folder "$f"; any=1
  elif [ -e "$f" ]; then set -- "$@" "$f"
  elif [ -L "$f" ]; then fail dangling
  fi
done
if [ $# = 0 ] && [ -z "\${any-}" ]; then ls -d "$literal" >/dev/null; fail missing; fi
if [ $# = 1 ] && [ -z "\${any-}" ] && ! [ -f "$1" ]; then fail special; fi
if [ $# != 0 ]; then
  say top
  find -H "$@" -prune -type f -exec sh -c "$batch" "$M" -chf {} + \\
    -o -prune -exec sh -c "$count" "$M" {} + || say partial
fi
finish end
`
