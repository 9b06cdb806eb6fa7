import { LIMITS } from '../../model/limits.ts'
import type { LockEntry } from './entry.ts'
import { CLOCK_CODE, type LockPlace, placeCode, STALE_CODE } from './place.ts'

const LEASE_SECONDS = Math.ceil(LIMITS.lockLeaseMs / 1000)

/** Looks at the others' entries: `o` becomes one that is in force, `m` is set where this run has one. Stale ones go. */
const LOOK_CODE = [
  'look() { o=; m=;',
  'for f in "$l"/*; do',
  '[ -f "$f" ] && [ ! -L "$f" ] || continue;',
  'case ${f##*/} in',
  '("$e") m=1; continue;;',
  '("$s"*) rm -f "$f"; continue;;',
  'esac;',
  'if stale "$f"; then rm -f "$f"; continue; fi;',
  'case ${f##*/} in ("$r"*) m=1;; (*) o="$((x - u)) ${f##*/} $j";; esac;',
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
 * Takes the lock. One `mkdir` decides who may fill an empty lock. The rest makes sure that no order of events, not even
 * one in which a shell stands still for long, gives it to two: an entry is removed by its own name only; the folder only
 * while it is empty; and who has written looks once more, and takes back what it wrote if somebody else is there too.
 */
const CLAIM_CODE = [
  'miss() { printf "missed %.300s" "$1"; exit; };',
  'l=$d/$n; k=0;',
  'while [ $k -lt 16 ]; do k=$((k + 1));',
  '[ -d "$d" ] || w=$(mkdir "$d" 2>&1) || [ -d "$d" ] || miss "$w";',
  '[ ! -L "$d" ] || miss "$d is a symbolic link";',
  '[ -O "$d" ] || { [ ! -d "$d" ] && continue; miss "$d belongs to somebody else"; };',
  'w=$(mkdir "$l" 2>&1) || {',
  '[ ! -L "$l" ] || miss "$l is a symbolic link";',
  '[ -d "$l" ] || { [ $k -gt 3 ] && miss "$w"; continue; };',
  'look; [ -z "$o" ] || { printf "held %.2000s" "$o"; exit; };',
  // Somebody is about to fill it, or has just left it.
  '[ "$m" ] || { [ $k -gt 5 ] && { sleep 1; rmdir "$l"; }; [ $k -gt 5 ] || continue; continue; };',
  '};',
  'put || { [ -d "$l" ] || continue; rm -f "$l/$e"; rmdir "$l"; miss "$l cannot be written"; };',
  'look; [ "$o" ] || { printf "taken %s" "$l/$e"; exit; };',
  'rm -f "$l/$e"; rmdir "$l"; sleep $((1 + $$ % 3));',
  'done; printf "held 0 - -";',
].join(' ')

/**
 * Shell code that takes a lock or renews the lease of one, and prints one line: `taken PATH`, `missed WHY`, or
 * `held SECONDS ENTRY JSON` with what is left of the lease of a run that has it. It is for a subshell, and leaves
 * standard input alone.
 *
 * @param text what `entryText` made
 */
export function claimCode(place: LockPlace, entry: LockEntry, text: string): string {
  const given = `e='${entry.name}'; s='${entry.ofHost}'; r='${entry.ofRun}'; t='${text}';`
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
