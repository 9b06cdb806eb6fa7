/** Texts that the looks of puts share; see `Question.functions`. */

/** What `FIND_PLACE` and `FIND_ROOT` call for a missing folder that is not to be made: something else may make it. */
export const ABSENT = `away=
absent() { away=1; say absent; }
`

/**
 * Reports `near`, the real path of the nearest folder that is there, and `rest`, what of `$1` comes after it. Where that
 * path is absolute, all that follows are, and the look may go there itself.
 */
export const TELL_PLACE = `tell_place() {
  nearest "$1"
  say near
  case $near in
    /*) { cd -P "$near" && pwd -P; } 2>/dev/null ;;
    *) (cd -P "$near" && pwd -P) 2>/dev/null ;;
  esac
  say rest
  printf %s "\${1#"$near"}$2"
  say place
}
`

/** Whether the login can go into a folder; for root, some shells look only at the bits of its mode. */
export const ENTERS = `enters() { [ -x "$1" ] || (cd "$1") 2>/dev/null; }
`

/** `blocked FOLDER`: something that is no folder lies where one above or at FOLDER would be made in `$near`. */
export const BLOCKED = `blocked() {
  first=\${1#"$near"}
  first=\${first#/}
  first=\${near%/}/\${first%%/*}
  ! [ -d "$first" ] && { [ -e "$first" ] || [ -L "$first" ]; }
}
`

/** `known` fails where there is no such owner or group as the put asks for. */
export const KNOWN = `known() {
  if [ -n "$o" ]; then find / -prune -user "$o" >/dev/null || fail owner; fi
  if [ -n "$g" ]; then find / -prune -group "$g" >/dev/null || fail group; fi
}
`
