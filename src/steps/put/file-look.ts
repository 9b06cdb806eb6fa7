import { pathWord, quoteWord } from '../shell-words.ts'
import type { Ownership } from './ownership.ts'

/** What looking at the place of one file has to know. */
export interface FileLook {
  readonly dest: string
  /** The name inside `dest` where that is a folder; empty for `content`, which has none. */
  readonly name: string
  readonly size: number
  /** SHA-256, hexadecimal; or what `cksumOf` gives. */
  readonly digest: string
  readonly ownership: Ownership
  readonly parents: boolean
  /** All that is there is to be told, also what does not matter for the verdict. */
  readonly full: boolean
}

/** Shell text that sets what `FIND_PLACE`, `LOOK` and `JUDGE` need. */
export function lookVariables({ dest, name, size, digest, ownership, parents, full }: FileLook): string {
  const { folder, base } = splitDest(dest, name)
  const { mode = '', owner = '', group = '' } = ownership
  return [
    `D=${pathWord(dest)} N=${quoteWord(name)} P=${pathWord(folder)} B=${quoteWord(base)}`,
    `Z=${size} X=${digest} mkparents=${parents ? 1 : ''} full=${full ? 1 : ''}`,
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

/** Puts the file's folder into `$P`, its path into `$F`, and what is there into `$k`: `new`, `link` or `file`. */
export const FIND_PLACE = `if [ -d "$D" ]; then P=$D B=$N; fi
[ -n "$B" ] || fail folder
if ! [ -d "$P" ]; then
  if [ -e "$P" ] || [ -L "$P" ]; then fail parent-file; fi
  if [ -z "$mkparents" ]; then ls -d "$P" >/dev/null; absent; fi
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

/** Puts what is there into one line, `$now`; digests only where they may matter. Needs DIGEST and OCTAL. */
export const LOOK = `now=$k z= s=
if [ $k = file ]; then
  l=$(ls -ldn "$F") || fail look
  set -f; set -- $l; set +f
  octal "$1"
  old=$octal uid=$3 gid=$4 z=$5
  if [ -n "$full" ] || [ "$z" = "$Z" ]; then digest "$F"; fi
  now="file \${s:--} $old $uid $gid"
elif [ $k = link ] && [ -n "$full" ]; then
  s=$(readlink "$F" 2>/dev/null | sha)
  now="link \${s%% *}"
fi
`

/** Puts what is to be done into `$r`: nothing (`same`), attributes are set (`settle`), or a new file takes its place. */
export const JUDGE = `r=write
if [ $k = file ] && [ "$z" = "$Z" ] && [ "$s" = "$X" ]; then
  r=same mine=$F theirs=$F
  if [ -n "$o" ]; then mine=$(find "$F" -prune -user "$o") || fail owner; fi
  if [ -n "$g" ]; then theirs=$(find "$F" -prune -group "$g") || fail group; fi
  if [ -z "$mine" ] || [ -z "$theirs" ] || [ "\${m:-$old}" != "$old" ]; then r=settle; fi
fi
`
