import { DIGEST, prologue } from '../remote-script.ts'
import { pathWord, quoteWord } from '../shell-words.ts'
import type { Ownership } from './ownership.ts'

/** Where a tree goes, as far as it is known before the host was asked. */
export interface TreeTarget {
  readonly dest: string
  /** The name of the folder that is put; absent when contents or what a pattern matched are. */
  readonly name?: string
  readonly parents: boolean
}

/**
 * Finds out where the tree goes and what of it is there. It runs the program that it reads from its input in that
 * folder, and reports `root inside|itself there|missing` first: `inside` means in `dest` under the folder's name.
 */
export function treeProbeScript(target: TreeTarget, ownership: Ownership, mark: string): string {
  const variables = treeVariables(target, ownership)
  return [
    prologue(mark),
    `program=$(cat) ${variables}`,
    DIGEST,
    ABSENT,
    TREE_FUNCTIONS,
    FIND_ROOT,
    LOOK_AT_TREE,
  ].join('')
}

const ABSENT = 'absent() { fail parent-missing; }\n'

/** Shell text that sets what `FIND_ROOT` and `LOOK_AT_TREE` need, except `$program`. */
export function treeVariables(
  { dest, name = '', parents }: TreeTarget,
  { owner = '', group = '' }: Ownership,
): string {
  const bare = dest.replace(/(?<=.)\/+$/, '')
  const slash = bare.lastIndexOf('/')
  const parent = slash === -1 ? '.' : bare.slice(0, slash) || '/'
  const last = bare.slice(slash + 1)
  // A folder that already has the name of the one that is put is that folder, so that a second put finds the first.
  const mayHold = name !== '' && (dest.endsWith('/') || last !== name)
  return [
    `D=${pathWord(bare)} N=${quoteWord(name)} P=${pathWord(parent)}`,
    `mayhold=${mayHold ? 1 : ''} slash=${name !== '' && dest.endsWith('/') ? 1 : ''}`,
    `mkparents=${parents ? 1 : ''} o=${quoteWord(owner)} g=${quoteWord(group)}\n`,
  ].join(' ')
}

/** `many` looks at files with names that garble no line, `one` at any file, `folders` and `link` at what they say. */
export const TREE_FUNCTIONS = `state() {
  if [ -L "$1" ]; then k=l
  elif [ -f "$1" ]; then k=f
  elif [ -d "$1" ]; then k=d
  elif [ -e "$1" ]; then k=o
  else k=n
  fi
}
owned() {
  [ -n "$o$g" ] || return
  say owned
  if [ -z "$g" ]; then find "$@" -prune -user "$o" || fail owner
  elif [ -z "$o" ]; then find "$@" -prune -group "$g" || fail group
  else find "$@" -prune -user "$o" -group "$g" || fail owner
  fi
}
many() {
  states=
  for p do
    shift
    state "$p"
    states=$states$k
    [ $k != f ] || set -- "$@" "$p"
  done
  say files $states
  [ $# != 0 ] || return 0
  ls -ldn "$@"
  say sums
  sha "$@"
  owned "$@"
}
one() {
  state "$1"
  say files $k
  [ $k = f ] || return 0
  ls -ldn "$1" | head -n 1
  say sums
  digest "$1"
  echo "$s"
  owned "$1"
}
folders() {
  states=
  for p do
    if [ -d "$p" ]; then
      k=d
      [ ! -L "$p" ] || k=D
    else state "$p"
    fi
    states=$states$k
  done
  say folders $states
}
link() {
  state "$1"
  if [ $k = l ] && [ "$(readlink "$1"; echo .)" = "$2
." ]; then k=s; fi
  say link $k
}
`

/** Puts where the tree goes into `$R`, and how that came about into `$r`. */
export const FIND_ROOT = `R=$D r=itself
if [ -n "$slash" ] || { [ -n "$mayhold" ] && [ -d "$D" ]; }; then R=\${D%/}/$N P=$D r=inside; fi
if ! [ -d "$R" ]; then
  if [ -e "$R" ] || [ -L "$R" ]; then fail not-folder; fi
  if ! [ -d "$P" ]; then
    if [ -e "$P" ] || [ -L "$P" ]; then fail parent-file; fi
    if [ -z "$mkparents" ]; then ls -d "$P" >/dev/null; absent; fi
  fi
fi
`

/** Says where the tree goes, and what of it is there. */
export const LOOK_AT_TREE = `if [ -d "$R" ]; then
  say root $r there
  cd "$R" || fail look
  eval "$program"
else
  say root $r missing
fi
finish end
`
