import { basename, relative } from 'node:path'
import type { DemoFiles } from '../demo/files.ts'
import type { ExitStatus } from '../model/errors.ts'
import type { CliContext } from './context.ts'

/** What `drover demo --faults` says after the run. */
export function explainFaults(status: ExitStatus): string {
  return `
Exit status ${status}: something did not succeed. The other hosts went on; each
fault has its own outcome:
  web4      failed: a file stands where the playbook wants the folder releases/
  web5      unreachable: nobody listens on its port
  web6      unreachable: its host key is not that in known_hosts: no login
  monitor1  its check is blocked: it waits for the switch on every web host
`
}

/** What to type next, for `drover demo --keep`. */
export function keepHints(
  program: string,
  { playbook, inventory, knownHosts, privateKey }: DemoFiles,
): string {
  const [play, hosts, known, key] = [playbook, inventory, knownHosts, privateKey].map(shellWord)
  const there = `-i ${hosts} -F none --known-hosts ${known}`
  return `
The fleet stays up until Ctrl-C. In another terminal:

  # the fleet, and the order of the steps
  ${program} inventory -i ${hosts} --graph
  ${program} graph ${play}

  # what would change: now, and with another release
  ${program} plan ${play} ${there}
  ${program} plan ${play} ${there} -e release=1.5.0

  # see it, and say yes or no
  ${program} apply ${play} ${there} -e release=1.5.0

  # one command on a group, one on all
  ${program} run ${there} -g web -- cat current/server.conf
  ${program} run ${there} -g all -- uptime

  # the hosts are real SSH servers; their ports stand in the inventory
  cat ${hosts}
  ssh -F none -i ${key} -o UserKnownHostsFile=${known} -p PORT demo@127.0.0.1 ls -R
`
}

/** How this program was called, so that what is printed can be typed: `drover`, or `npx drover` in a clone. */
export function programCall({ env }: CliContext): string {
  const script = process.argv[1] ?? 'drover'
  if (basename(script) === 'drover') return 'drover'
  return env.npm_lifecycle_event === undefined
    ? `node ${shellWord(relative(process.cwd(), script))}`
    : 'npx drover'
}

/** Quotes for a shell what a person may paste into one. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
