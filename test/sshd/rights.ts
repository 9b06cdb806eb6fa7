import { execFile } from 'node:child_process'
import { renameSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

// What a temporary account may become. The server's keeper takes all of it back with the account.

/** Lines of sudoers(5), in a file of the account's own. sudo passes over names with a dot. */
export function setSudoers(account: string, lines: readonly string[]): void {
  const file = `/etc/sudoers.d/${account}`
  writeFileSync(`${file}.new`, `${lines.join('\n')}\n`, { mode: 0o440 })
  renameSync(`${file}.new`, file)
}

/** A rule of doas.conf(5). There is one file for all, which parallel tests edit in turn (the folder is their lock), and replace as a whole. */
const ADD = `umask 022
{ cat /etc/doas.conf 2>/dev/null; printf '%s\\n' "$1"; } >/etc/doas.conf.drover && mv /etc/doas.conf.drover /etc/doas.conf`

export async function addDoasRule(rule: string): Promise<void> {
  await run('flock', ['/etc', '/bin/sh', '-c', ADD, 'add', rule])
}
