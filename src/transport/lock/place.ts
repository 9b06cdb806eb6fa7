/**
 * Whose lock a command needs: `root` where it becomes root, else that of the `login` (SEMANTICS: "Locks").
 */
export type LockUser = 'login' | 'root'

/** Where a lock lies, apart from what only the host knows. */
export interface LockPlace {
  readonly user: LockUser
  /** The controller's own machine, reached without sshd: its environment may be that of an SSH session all the same. */
  readonly local: boolean
}

/**
 * Shell code that sets `d`, the folder of locks, and `n`, the name of the lock in it. The name is the port of the sshd,
 * so that two of them on one machine are two hosts. `__q` is that port where the environment has been cleared. At home,
 * which machines may share, the machine's name is part of it.
 */
export function placeCode({ user, local }: LockPlace): string {
  const name = local
    ? 'n=local;'
    : `n=\${__q:-\${SSH_CONNECTION##* }}; case $n in (""|*[!0-9]*) n=ssh;; esac;`
  const atRoot = 'd=/run; [ -d /run ] || d=/var/run; d=$d/drover;'
  const atHome = [
    'd=${HOME:-/nonexistent}/.drover; h=; read -r h </proc/sys/kernel/hostname || h=$(uname -n);',
    'case $h in (""|*[!A-Za-z0-9._-]*) h=unnamed;; esac; n=$n.$h;',
  ].join(' ')
  if (user === 'root') return `${name} ${atRoot} n=lock.$n;`
  if (local) return `${name} ${atHome} n=lock.$n;`
  return `${name} if [ -O /run ] || [ -O /var/run ]; then ${atRoot} else ${atHome} fi; n=lock.$n;`
}

/**
 * Shell code that sets `B`, the host's boot, and `u`, its clock in seconds, which nobody can set; where there is no
 * /proc, `-` and the time of day.
 */
export const CLOCK_CODE = [
  'B=; u=; read -r B </proc/sys/kernel/random/boot_id && read -r u x </proc/uptime; u=${u%%.*};',
  'case $B$u in (""|*[!0-9a-f-]*) u=;; esac; [ "$B" ] && [ "$u" ] || { B=-; u=$(date +%s); };',
].join(' ')

/**
 * Shell code for a function that is given an entry's file and says whether its run is gone: the host has been booted
 * since, the lease is over, or the controller runs on this machine and is no more. It sets the entry's fields.
 */
export const STALE_CODE = [
  'stale() {',
  'b=; read -r b x cb cn cp cs j <"$1"; [ "$b" ] || { sleep 1; read -r b x cb cn cp cs j <"$1"; };',
  'case $x in (""|0?*|*[!0-9]*|?????????????*) return 0;; esac;',
  '[ "$b" = "$B" ] && [ "$u" -le "$x" ] || return 0;',
  '[ $B != - ] && [ "$cb" = $B ] && [ -r /proc/1/stat ] && [ "$cn" = "$(readlink /proc/self/ns/pid)" ] || return 1;',
  'p=; read -r p <"/proc/$cp/stat" || return 0; p=${p##*) }; set -- $p; [ "${20}" = "$cs" ] && return 1; return 0;',
  '};',
].join(' ')
