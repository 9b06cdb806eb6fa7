import { DIGEST, DIGEST_BY_CKSUM, NEAREST, OCTAL, prologue } from '../remote-script.ts'
import { quoteWord } from '../shell-words.ts'
import { FIND_PLACE, type FileLook, JUDGE, LOOK, lookVariables } from './file-look.ts'
import { UPLOAD_GUARD } from './upload-guard.ts'

/** What the script has to know of the one file that it puts. */
export interface PutFile extends Omit<FileLook, 'full'> {
  readonly mark: string
  /** A random name for what is staged. */
  readonly stage: string
  /** What was there when it was planned, as `LOOK` says it. */
  readonly planned?: string
  /** What is already right is no drift. */
  readonly again?: true
}

/**
 * Looks at the target, and reports `same`, or makes mode and owner right and reports `settled`, or reports `need`,
 * takes the content from its input, and reports `wrote`; `drift` and what is there where something else was planned.
 * Where only weak checksums can be had, the content is always taken, and compared with what is there.
 * The new file is staged in a folder of its own beside the target, which only its owner can look into, and moved *into
 * the target's folder*: a rename, which replaces a symbolic link and never moves into a folder that has taken the
 * target's name.
 */
export function putFileScript(put: PutFile): string {
  const { mark, stage, planned = '', again = false } = put
  return [
    prologue(mark),
    lookVariables({ ...put, full: planned !== '' }),
    `S=${stage} planned=${quoteWord(planned)} again=${again ? 1 : ''}\n`,
    put.digest.startsWith('cksum:') ? DIGEST_BY_CKSUM : DIGEST,
    OCTAL,
    NEAREST,
    ABSENT,
    FIND_PLACE,
    LOOK,
    CHECK,
    JUDGE,
    CHECK_AGAIN,
    SETTLE,
    UPLOAD_GUARD,
    TRANSFER,
  ].join('')
}

const ABSENT = 'absent() { fail parent-missing; }\n'

const CHECK = `drift=
[ -z "$planned" ] || [ "$now" = "$planned" ] || drift=1
[ -z "$drift" ] || [ -n "$again" ] || finish drift "$now"
`

const CHECK_AGAIN = `[ -z "$drift" ] || [ $r = same ] || finish drift "$now"
`

/** Ends where the content is there already. */
const SETTLE = `settle() {
  case $r in
  same) finish same ;;
  settle)
    [ -n "$mine" ] || chown "$o" "$F" || fail owner
    [ -n "$theirs" ] || chgrp "$g" "$F" || fail group
    chmod "\${m:-$old}" "$F" || fail mode
    finish settled ;;
  esac
}
[ -n "$weak" ] || settle
`

const TRANSFER = `nearest "$P"
t=\${near%/}/$S
mkdir -m 700 "$t" || { t=; fail stage; }
say need
n=$t/$B
guarded
cat >"$n" || { unguarded; fail write; }
unguarded
digest "$n"
[ "$s" = "$X" ] || fail verify "$(wc -c <"$n")"
if [ -n "$weak" ] && [ $k = file ] && cmp -s "$n" "$F"; then settle; fi
dd if=/dev/null of="$n" conv=notrunc,fsync 2>/dev/null
if [ $k = file ]; then chown "$uid:$gid" "$n" || [ -n "$o" ] || fail keep; fi
[ -z "$o" ] || chown "$o" "$n" || fail owner
[ -z "$g" ] || chgrp "$g" "$n" || fail group
chmod "\${m:-\${old:-0644}}" "$n" || fail mode
[ -d "$P" ] || (umask 022 && mkdir -p "$P") || fail parents
mv -f "$n" "$P" || fail move
finish wrote
`
