import { DIGEST, NEAREST, prologue } from '../remote-script.ts'
import { pathWord, quoteWord } from '../shell-words.ts'
import type { Ownership } from './ownership.ts'
import { UPLOAD_GUARD } from './upload-guard.ts'

export interface TreeCommit {
  readonly mark: string
  /** A random name for what is staged. */
  readonly stage: string
  /** Where the tree goes. */
  readonly root: string
  /** SHA-256 of the program, which comes as the member `run` of the archive. */
  readonly program: string
  /** Owner and group of the folders that are made. */
  readonly ownership: Ownership
}

/**
 * Unpacks the archive that it reads from its input into a folder of its own, in the tree's folder or the nearest one
 * above it, and runs the program that is part of it. All is checked before anything is changed, whether folders can be
 * given away too; then every file is renamed into its place, so that no reader sees half of one.
 */
export function treeCommitScript({ mark, stage, root, program, ownership }: TreeCommit): string {
  const { owner = '', group = '' } = ownership
  const folderOwner = owner + (group === '' ? '' : `:${group}`)
  const variables = `R=${pathWord(root)} S=${stage} X=${program} O=${quoteWord(folderOwner)}\n`
  return prologue(mark) + variables + DIGEST + NEAREST + FUNCTIONS + UPLOAD_GUARD + UNPACK
}

const FUNCTIONS = `give() {
  o=$1
  shift
  case $o in
    '') ;;
    :*) chgrp "\${o#:}" "$@" || fail group ;;
    *:*)
      chown "\${o%%:*}" "$@" || fail owner
      chgrp "\${o#*:}" "$@" || fail group ;;
    *) chown "$o" "$@" || fail owner ;;
  esac
}
check() {
  sum=$1 k=$t/$2
  shift 2
  s=$(cd "$k" && sha "$@" | cut -c1-64 | sha)
  [ "\${s%% *}" = "$sum" ] || fail verify
}
own() {
  find "$t/$1" -type f -exec chmod "$2" {} + || fail mode
  case $3 in
    '') ;;
    :*) find "$t/$1" -type f -exec chgrp "\${3#:}" {} + || fail group ;;
    *) find "$t/$1" -type f -exec chown "$3" {} + && find "$t/$1" -type f -exec chmod "$2" {} + || fail owner ;;
  esac
}
root() {
  [ -d "$R" ] && return
  (umask 022 && mkdir -p "$R") || fail parents
  give "$O" "$R"
}
folders() {
  for f do
    shift
    set -- "$@" "$R/$f"
  done
  mkdir -m 755 "$@" 2>/dev/null
  for f do [ -d "$f" ] || mkdir -m 755 "$f" || fail folder-made; done
  give "$O" "$@"
}
name() { mv -f "$t/$1/$2" "$t/$1/$3" || fail move; }
link() {
  [ -d "$t/$1" ] || mkdir "$t/$1" || fail stage
  ln -s "$2" "$t/$1/$3" || fail link
}
move() {
  k=$t/$1 to=$R/$2
  set --
  for f in "$k"/* "$k"/.[!.]* "$k"/..?*; do
    if [ -e "$f" ] || [ -L "$f" ]; then set -- "$@" "$f"; fi
  done
  mv -f "$@" "$to/" || fail move
}
settle() {
  mode=$1 o=$2
  shift 2
  for f do
    shift
    set -- "$@" "$R/$f"
  done
  give "$o" "$@"
  chmod "$mode" "$@" || fail mode
}
`

/** GNU tar does not say that a disk is full, only how much it wrote; one more write makes head say it. */
const UNPACK = `command -v tar >/dev/null 2>&1 || fail no-tar
nearest "$R"
t=\${near%/}/$S
mkdir -m 700 "$t" || { t=; fail stage; }
guarded
(cd "$t" && exec tar -xmof -) || { unguarded; head -c 65536 /dev/zero >"$t/more"; fail write; }
unguarded
digest "$t/run"
[ "$s" = "$X" ] || fail verify
give "$O" "$t"
. "$t/run"
finish wrote
`
