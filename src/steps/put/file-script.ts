import { DIGEST, NEAREST, OCTAL, prologue } from '../remote-script.ts'
import { pathWord, quoteWord } from '../shell-words.ts'
import type { Ownership } from './ownership.ts'

/** What the script has to know of the one file that it puts. */
export interface PutFile {
  readonly mark: string
  /** A random name for what is staged. */
  readonly stage: string
  readonly dest: string
  /** The name inside `dest` where that is a folder; empty for `content`, which has none. */
  readonly name: string
  readonly size: number
  /** SHA-256, hexadecimal. */
  readonly digest: string
  readonly ownership: Ownership
  readonly parents: boolean
}

/**
 * Looks at the target, and reports `same`, or makes mode and owner right and reports `settled`, or reports `need`,
 * takes the content from its input, and reports `wrote`. The new file is staged in a folder of its own beside the
 * target, which only its owner can look into, and moved *into the target's folder*: a rename, which replaces a
 * symbolic link and never moves into a folder that has taken the target's name.
 */
export function putFileScript(put: PutFile): string {
  return prologue(put.mark) + variables(put) + DIGEST + OCTAL + NEAREST + LOCATE + COMPARE + TRANSFER
}

function variables({ dest, name, size, digest, ownership, parents, stage }: PutFile): string {
  const { folder, base } = splitDest(dest, name)
  const { mode = '', owner = '', group = '' } = ownership
  return [
    `D=${pathWord(dest)} N=${quoteWord(name)} P=${pathWord(folder)} B=${quoteWord(base)}`,
    `Z=${size} X=${digest} S=${stage} mkparents=${parents ? 1 : ''}`,
    `m=${mode} o=${quoteWord(owner)} g=${quoteWord(group)}\n`,
  ].join('\n')
}

/** Where the file goes unless `dest` turns out to be a folder. */
function splitDest(dest: string, name: string): { readonly folder: string; readonly base: string } {
  const slash = dest.lastIndexOf('/')
  if (slash === dest.length - 1) return { folder: dest, base: name }
  if (slash === -1) return { folder: '.', base: dest }
  return { folder: slash === 0 ? '/' : dest.slice(0, slash), base: dest.slice(slash + 1) }
}

const LOCATE = `if [ -d "$D" ]; then P=$D B=$N; fi
[ -n "$B" ] || fail folder
if ! [ -d "$P" ]; then
  if [ -e "$P" ] || [ -L "$P" ]; then fail parent-file; fi
  if [ -z "$mkparents" ]; then ls -d "$P" >/dev/null; fail parent-missing; fi
fi
P=\${P%/}/
F=$P$B
k=new
if [ -L "$F" ]; then k=link
elif [ -d "$F" ]; then fail folder
elif [ -f "$F" ]; then k=file
elif [ -e "$F" ]; then fail special
fi
`

const COMPARE = `if [ $k = file ]; then
  l=$(ls -ldn "$F") || fail look
  set -f; set -- $l; set +f
  octal "$1"
  old=$octal uid=$3 gid=$4
  if [ "$5" = "$Z" ] && digest "$F" && [ "$s" = "$X" ]; then
    r=same mine=$F theirs=$F
    if [ -n "$o" ]; then mine=$(find "$F" -prune -user "$o") || fail owner; fi
    if [ -n "$g" ]; then theirs=$(find "$F" -prune -group "$g") || fail group; fi
    if [ -z "$mine" ]; then chown "$o" "$F" || fail owner; r=settled; fi
    if [ -z "$theirs" ]; then chgrp "$g" "$F" || fail group; r=settled; fi
    if [ $r = settled ] || [ "\${m:-$old}" != "$old" ]; then
      chmod "\${m:-$old}" "$F" || fail mode
      r=settled
    fi
    finish $r
  fi
fi
`

const TRANSFER = `nearest "$P"
t=\${near%/}/$S
mkdir -m 700 "$t" || { t=; fail stage; }
say need
n=$t/$B
cat >"$n" || fail write
digest "$n"
[ "$s" = "$X" ] || fail verify "$(wc -c <"$n")"
dd if=/dev/null of="$n" conv=notrunc,fsync 2>/dev/null
if [ $k = file ]; then chown "$uid:$gid" "$n" || [ -n "$o" ] || fail keep; fi
[ -z "$o" ] || chown "$o" "$n" || fail owner
[ -z "$g" ] || chgrp "$g" "$n" || fail group
chmod "\${m:-\${old:-0644}}" "$n" || fail mode
[ -d "$P" ] || (umask 022 && mkdir -p "$P") || fail parents
mv -f "$n" "$P" || fail move
finish wrote
`
