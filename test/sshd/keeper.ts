import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Everything that a test server leaves on the machine, and that has to go. */
export interface Belongings {
  /** The server's own temporary folder; its file `pid` names the daemon. */
  readonly folder: string
  /** Processes that logins started have `DROVER_TEST_SERVER=<mark>` in their environment. */
  readonly mark: string
  /** The temporary account, if there is one: all of its processes go too, and what it may become (`rights.ts`). */
  readonly account?: string
}

/**
 * Waits for its standard input to close, which happens at the latest when the test process is gone, however it ended.
 * Accounts are removed in a loop because useradd and userdel of parallel tests contend for one lock file.
 */
const SCRIPT = `
folder=$1 mark=$2 account=$3
while read -r _; do :; done
daemon=$(cat "$folder/pid" 2>/dev/null)
pids() {
  [ -z "$daemon" ] || cat "/proc/$daemon/task/$daemon/children"
  grep -slz "^DROVER_TEST_SERVER=$mark$" /proc/[0-9]*/environ | cut -d/ -f3
  [ -z "$account" ] || find /proc -maxdepth 1 -name '[0-9]*' -user "$account" | cut -d/ -f3
}
first=$(pids 2>/dev/null)
[ -z "$daemon" ] || kill -KILL "$daemon"
for round in 1 2 3 4 5; do
  all="$first $(daemon= pids 2>/dev/null)"
  first=
  [ -n "$(echo $all)" ] || break
  kill -KILL $all
  sleep 0.02
done
if [ -n "$account" ]; then
  rm -f "/etc/sudoers.d/$account" "/run/sudo/ts/$account" "/var/lib/sudo/lectured/$account" "/var/lib/sudo/lectured/$(id -u "$account")"
  ! grep -qsw "$account" /etc/doas.conf || flock /etc /bin/sh -c '
    umask 022
    grep -vw "$0" /etc/doas.conf >/etc/doas.conf.drover
    if [ -s /etc/doas.conf.drover ]; then mv /etc/doas.conf.drover /etc/doas.conf
    else rm -f /etc/doas.conf /etc/doas.conf.drover; fi' "$account"
  for try in $(seq 100); do
    id "$account" || break
    userdel -f "$account" && break
    sleep 0.1
  done
fi
rm -rf "$folder"
`

/** Cleans up after a test server: when `finish` is called, and also when the test process dies. */
export interface Keeper {
  finish(): Promise<void>
}

/** Started before anything else of the server exists, so that nothing can be left behind. */
export function startKeeper({ folder, mark, account }: Belongings): Keeper {
  const child: ChildProcess = spawn('/bin/sh', ['-c', SCRIPT, 'keeper', folder, mark, account ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  child.unref()
  const ended = once(child, 'exit')
  return {
    async finish() {
      child.ref()
      child.stdin?.end()
      await ended
    },
  }
}
