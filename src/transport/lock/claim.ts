import { LIMITS } from '../../model/limits.ts'
import type { LockEntry } from './entry.ts'
import { CLOCK_CODE, type LockPlace, placeCode, STALE_CODE } from './place.ts'

const LEASE_SECONDS = Math.ceil(LIMITS.lockLeaseMs / 1000)

/**
 * Looks at the entries: `o` becomes one of another run that is in force, `m` is set where this run has one, `g` where a
 * stale one was there, and is no more.
 */
const LOOK_CODE = [
  'look() { o=; m=; g=;',
  'for f in "$l"/*; do',
  'case ${f##*/} in',
  '("$e") m=1; continue;;',
  '("$s"*) rm -f "$f"; continue;;',
  '("$r"*) m=1; continue;;',
  '("$z") rm -f "$f"; g=1; continue;;',
  'esac;',
  '[ -f "$f" ] && [ ! -L "$f" ] || continue;',
  'if stale "$f"; then rm -f "$f"; g=1; else o="$((x - u)) ${f##*/} $cb $cn $cp $cs $j"; fi;',
  'done; };',
].join(' ')

/** Writes the entry, in place where it is there already: a full disk must not take the lock away. */
const WRITE_CODE = [
  'put() {',
  'if [ -f "$l/$e" ]; then say 1<>"$l/$e"; else say >"$l/$e"; fi || return 1;',
  'b=; j=; read -r b x cb cn cp cs j <"$l/$e"; [ "$b" = "$B" ] && [ "$j" ]; };',
  `say() { printf "%s %12d %s\\n" "$B" $((u + ${LEASE_SECONDS})) "$t"; };`,
].join(' ')

/**
 * Takes the lock. Where nobody has it, one `mkdir` decides. The rest makes sure that no order of events, not even one in
 * which a shell stands still for long, gives it to two: an entry is removed by its own name only, the folder only while
 * it is empty, and whoever has written looks once more, and takes back what it wrote if somebody else is there too. Of
 * two that see each other so, the one that made the folder waits for the other to go.
 */
const CLAIM_CODE = [
  'miss() { printf "missed %.300s" "$1"; exit; };',
  'l=$d/$n; k=0;',
  'while [ $k -lt 16 ]; do k=$((k + 1)); i=0;',
  '[ ! -L "$d" ] || miss "$d is a symbolic link";',
  '[ ! -d "$d" ] || [ -O "$d" ] || miss "$d belongs to somebody else";',
  // Both with one process.
  'if [ -d "$d" ]; then set -- "$l"; else set -- "$d" "$l"; fi;',
  'if w=$(mkdir "$@" 2>&1); then i=50;',
  'else',
  '[ ! -L "$l" ] || miss "$l is a symbolic link";',
  '[ -d "$l" ] || { { [ -d "$d" ] && [ $k -lt 9 ]; } || [ $k -lt 3 ] || miss "$w"; continue; };',
  'look; [ -z "$o" ] || { printf "held %.2000s" "$o"; exit; };',
  '[ "$m" ] || [ -z "$g" ] || { rmdir "$l"; continue; };',
  'fi;',
  'put || { [ -d "$l" ] || continue; rm -f "$l/$e"; rmdir "$l"; miss "$l cannot be written"; };',
  'look; while [ "$o" ] && [ $i -gt 0 ]; do i=$((i - 1)); look; done;',
  '[ "$o" ] || { printf "taken %s" "$l/$e"; exit; };',
  'rm -f "$l/$e"; rmdir "$l"; [ $k -lt 3 ] || sleep $((1 + $$ % 3));',
  'done; printf "held 0 - - - - - -";',
].join(' ')

/**
 * Shell code that takes a lock or renews the lease of one, and prints one line: `taken PATH`, `missed WHY`, or
 * `held SECONDS ENTRY BOOT PIDS PID START JSON` with what is left of the lease of a run that has it, and its controller. It is for a subshell, and leaves
 * standard input alone.
 *
 * @param text what `entryText` made
 * @param dead the name of an entry whose run is known to be gone
 */
export function claimCode(place: LockPlace, entry: LockEntry, text: string, dead = ''): string {
  const given = `e='${entry.name}'; s='${entry.ofHost}'; r='${entry.ofRun}'; t='${text}'; z='${dead}';`
  const code = [placeCode(place), CLOCK_CODE, STALE_CODE, LOOK_CODE, WRITE_CODE, CLAIM_CODE].join(' ')
  return `umask 077; ${given} ${code}`
}

/**
 * Shell code for the watchdog of a running command: renews the lease, as long as it is not over. Once it is, only
 * `claimCode` may, since somebody else may have taken the lock.
 */
export function renewalCode(path: string): string {
  return [
    `f=${quoted(path)}; b=; x=0;`,
    'if [ -f "$f" ] && read -r b x r <"$f" && [ "$b" ]; then',
    'read -r u y </proc/uptime; u=${u%%.*}; [ "$b" != - ] || u=$(date +%s);',
    `[ "$x" -gt "$u" ] && printf "%s %12d %s\\n" "$b" $((u + ${LEASE_SECONDS})) "$r" 1<>"$f"; fi;`,
  ].join(' ')
}

/**
 * Shell text that gives a lock back, and leaves nothing behind: neither folder goes while there is something in it.
 * @param path as the claim told it; absent: where a claim that was not heard out has put it
 */
export function releaseScript(place: LockPlace, entry: LockEntry, path: string | undefined): string {
  const where = path === undefined ? `${placeCode(place)} f=$d/$n/${entry.name};` : `f=${quoted(path)};`
  return `set +e; exec 2>/dev/null; ${where} rm -f "$f"; rmdir "\${f%/*}" "\${f%/*/*}"; exit 0`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
