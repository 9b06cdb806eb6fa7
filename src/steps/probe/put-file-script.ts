import { LIMITS } from '../../model/limits.ts'
import { FIND_PLACE, type FileLook, JUDGE, LOOK, lookVariables } from '../put/file-look.ts'
import { DIGEST_BY_CKSUM_IF_ANY, DIGEST_IF_ANY, NEAREST, OCTAL } from '../remote-script.ts'
import { ABSENT, BLOCKED, ENTERS, KNOWN, TELL_PLACE } from './put-library.ts'
import { WALK } from './real-paths.ts'

/**
 * Shell text that looks at the place of one file as the put does, and reports:
 * - `ways`, the real paths on the way to it and beyond, each with NUL after it
 * - `absent` where the file's folder is missing and not to be made
 * - `near`, the real path of the nearest folder that is there; `rest`, what comes after it
 * - `now`, what is there in one line; `size` of a file, or `target` of a link
 * - `data`, the content of a file that would be replaced, if `wanted`, or that only a weak checksum says is the same
 * - `finish same|settle|write`, or `fail` as the put would
 */
export function lookAtFileScript(look: FileLook, wanted: boolean): string {
  return `${lookVariables(look)}wanted=${wanted ? 1 : ''}\nlook_at_file\n`
}

/** Where checksums are weak, a file of so many bytes is sent and compared here. */
export const COMPARED_HERE = 1 << 20

/** What FORESEE knows of the login: who it is, found once for all puts, whether it may give a file a group, and is somebody. */
const RIGHTS = `me=$(id -u)
is_mine() { [ "$1" = "$me" ] || [ "$1" = "$(id -un)" ]; }
in_group() {
  for i in $(id -G) $(id -Gn); do
    [ "$1" != "$i" ] || return 0
  done
  case $1 in *' '*) return 0 ;; esac
  return 1
}
`

/** What would keep the put from acting, as far as it shows without acting. Needs what JUDGE and `nearest` have set. */
const FORESEE = `foresee_settle() {
  if [ "$me" = 0 ]; then
    [ -w "$F" ] || fail mode
  else
    [ -n "$mine" ] || fail owner
    [ "$uid" = "$me" ] || { [ -n "$theirs" ] || fail group; fail mode; }
    [ -n "$theirs" ] || in_group "$g" || fail group
  fi
}
foresee_write() {
  if [ -n "$away" ]; then enters "$near" || fail parent-missing
  else { [ -w "$near" ] && enters "$near"; } || fail stage
  fi
  known
  if [ "$me" != 0 ]; then
    if [ $k = file ] && [ -z "$o" ]; then
      [ "$uid" = "$me" ] && in_group "$gid" || fail keep
    fi
    [ -z "$o" ] || is_mine "$o" || fail owner
    [ -z "$g" ] || in_group "$g" || fail group
  elif [ $k = file ] && ! [ -w "$F" ]; then fail move
  fi
  if [ -z "$away" ] && blocked "$P"; then fail parents; fi
}
`

const LOOK_AT_FILE = `look_at_file() {
say look
[ -z "$nosha" ] || fail no-sha
say ways
walk "$D" f 1
say place
${FIND_PLACE}tell_place "$P" "$B"
${LOOK}say now "$now"
if [ $k = file ]; then say size "$z"
elif [ $k = link ]; then say target; readlink "$F" 2>/dev/null
fi
say judge
${JUDGE}if [ -n "$wanted" ] && [ $r = write ] && [ $k = file ] && [ "$z" -le ${LIMITS.diffBytes} ]; then
  say data
  dd if="$F" bs=${LIMITS.diffBytes} count=1 2>/dev/null
  say judged
fi
if [ -n "$weak" ] && [ $r != write ] && [ "$z" -le ${COMPARED_HERE} ]; then
  say data
  dd if="$F" bs=${COMPARED_HERE} count=1 2>/dev/null
  say judged
fi
case $r in settle) foresee_settle ;; write) foresee_write ;; esac
finish $r
}
`

/** In the order in which they have to come; what comes first depends on the tools of the host. */
const REST = [
  OCTAL,
  NEAREST,
  ABSENT,
  TELL_PLACE,
  ENTERS,
  BLOCKED,
  KNOWN,
  WALK,
  RIGHTS,
  FORESEE,
  LOOK_AT_FILE,
] as const

export const FILE_LIBRARY = [DIGEST_IF_ANY, ...REST] as const

/** For a host without a tool for SHA-256. */
export const WEAK_FILE_LIBRARY = [DIGEST_BY_CKSUM_IF_ANY, ...REST] as const
