/**
 * The POSIX sh that the scripts of put and get have in common. They run under dash, bash, busybox sh and ksh, and
 * use what POSIX has, and where it has nothing (SHA-256), whatever of the usual tools there is.
 */

/**
 * Nothing ends by itself at the first failure: `say` reports; `finish` removes what is staged in `$t`, reports that it
 * is done and how, and reads its input to the end, as a script with streamed input must; `fail` does so with a reason. A signal removes what is staged too. `mark` is hexadecimal.
 */
export function prologue(mark: string): string {
  return `set +e
M=${mark} t=
unset QUOTING_STYLE BLOCK_SIZE LS_BLOCK_SIZE TAR_OPTIONS
LC_ALL=C
export LC_ALL
umask 077
say() { printf '%s %s\\n' "$M" "$*"; }
leave() { [ -z "$t" ] || rm -rf "$t"; t=; }
finish() { leave; say done "$@"; trap - 0; exec cat >/dev/null; }
fail() { finish fail "$@"; }
trap leave 0
trap 'exit 1' HUP INT TERM PIPE
`
}

const SHA_TOOLS = `nosha= weak=
if command -v sha256sum >/dev/null 2>&1; then tool=sha256sum
elif command -v shasum >/dev/null 2>&1; then tool='shasum -a 256'
elif command -v sha256 >/dev/null 2>&1; then tool='sha256 -r'
elif command -v openssl >/dev/null 2>&1; then tool='openssl dgst -sha256 -r'
`

/** A tool that comes last in a subshell, and in no function, needs no process besides. */
const DIGEST_OF_FILE = `fi
sha() { $tool "$@"; }
digest() { s=$(exec 2>/dev/null; $tool <"$1"); s=\${s%% *}; }
`

/**
 * `sha` prints lines that start with the digest of a file or of its input; `digest FILE` puts it into `$s`, empty for
 * a file that can't be read. Needs `fail`.
 */
export const DIGEST = `${SHA_TOOLS}else fail no-sha\n${DIGEST_OF_FILE}`

/** The same; on a host without such a tool `$nosha` is set, and no file has a digest. */
export const DIGEST_IF_ANY = `${SHA_TOOLS}else nosha=1 tool=:\n${DIGEST_OF_FILE}`

/**
 * For a host without such a tool: the checksum of POSIX in the place of the digest. It can say that contents differ, and
 * hardly that they are the same: that takes cmp, hence `$weak`. Without these two, `$nosha` is set.
 */
export const DIGEST_BY_CKSUM_IF_ANY = `nosha= weak=1
{ command -v cksum && command -v cmp; } >/dev/null 2>&1 || nosha=1
sha() { cksum "$@"; }
digest() { s=$(exec 2>/dev/null; cksum <"$1"); s=\${s%% *}; s=\${s:+cksum:$s}; }
`

/** The same; needs `fail`. */
export const DIGEST_BY_CKSUM = `${DIGEST_BY_CKSUM_IF_ANY}[ -z "$nosha" ] || fail no-sha\n`

/** `octal PERMISSIONS` turns what ls prints, as `-rwxr-sr-x`, into four octal digits in `$octal`. */
export const OCTAL = `octal() {
  p=\${1#?} high=0 octal=
  for bit in 4 2 1; do
    n=0
    case $p in r*) n=4 ;; esac
    p=\${p#?}
    case $p in w*) n=$((n + 2)) ;; esac
    p=\${p#?}
    case $p in [xst]*) n=$((n + 1)) ;; esac
    case $p in [sStT]*) high=$((high + bit)) ;; esac
    p=\${p#?} octal=$octal$n
  done
  octal=$high$octal
}
`

/** `nearest FOLDER` puts the closest folder that exists, FOLDER or one above it, into `$near`. */
export const NEAREST = `nearest() {
  near=$1
  while ! [ -d "$near" ]; do
    case $near in
      */*) near=\${near%/*}; near=\${near:-/} ;;
      *) near=. ;;
    esac
  done
}
`
