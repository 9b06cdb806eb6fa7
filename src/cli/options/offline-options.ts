import { UsageError } from '../usage.ts'

/** Options that say nothing where no host is asked: the option by commander's name for it, a value, and what it does. */
const NEED_HOSTS: readonly (readonly [
  name: string,
  value: string | undefined,
  option: string,
  does: string,
])[] = [
  ['out', undefined, '--out', 'saves what the hosts were found to have'],
  ['format', 'markdown', '--format markdown', 'tells what would change'],
  ['by', 'host', '--by host', 'puts hosts together by what they have'],
  ['diff', undefined, '--no-diff', 'leaves out how files on the hosts differ'],
  ['detailedExitcode', undefined, '--detailed-exitcode', 'tells whether something would change'],
  ['forks', undefined, '-f', 'says how many hosts are asked at once'],
  ['knownHosts', undefined, '--known-hosts', 'is about connecting'],
  ['hostKeyPolicy', undefined, '--host-key-policy', 'is about connecting'],
  ['connectRetries', undefined, '--connect-retries', 'is about connecting'],
  ['connectTimeout', undefined, '--connect-timeout', 'is about connecting'],
  ['askBecomePass', undefined, '-K', 'asks for a password to use on the hosts'],
]

/** @throws UsageError where an option was given that would be without effect */
export function refuseWithoutHosts(command: {
  getOptionValue(name: string): unknown
  getOptionValueSource(name: string): string | undefined
}): void {
  for (const [name, value, option, does] of NEED_HOSTS) {
    if (command.getOptionValueSource(name) !== 'cli') continue
    if (value !== undefined && command.getOptionValue(name) !== value) continue
    throw new UsageError(
      `${option} ${does}, and --offline asks no host: leave out --offline or ${option}`,
      'drover plan',
    )
  }
}
