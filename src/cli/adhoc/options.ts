import type { Command } from '@commander-js/extra-typings'
import { Option } from '@commander-js/extra-typings'
import type { AskBecomePassOptions, BecomeOptions } from '../execute/become.ts'
import type { ConnectOptions } from '../options/connect-options.ts'
import { adhocRunTimeoutOption, type Duration, duration } from '../options/duration-option.ts'
import type { FoldOptions } from '../options/fold.ts'
import { withBecome, withConnecting, withHosts, withReports } from '../options/option-groups.ts'
import { forksOption, resultsOption } from '../options/options.ts'
import type { ReportOptions } from '../reports/reports.ts'

const collect = (value: string, previous: readonly string[] | undefined): readonly string[] => [
  ...(previous ?? []),
  value,
]

export const groupsOption = () =>
  new Option('-g, --groups <pattern>', 'groups, as in web,db or web:!web3; may be repeated').argParser(
    collect,
  )

export const hostsOption = () =>
  new Option('-H, --hosts <pattern>', 'hosts, as in h1,h2 or h[1-9]*; may be repeated').argParser(collect)

const timeoutOption = () =>
  new Option('--timeout <duration>', 'end it on a host after this long, as 30s or 5m').argParser(duration)

export const envOption = () =>
  new Option('--env <name=value>', 'an environment variable for the command; may be repeated').argParser(
    collect,
  )

/** What all ad hoc verbs take after their own options, in the order of their help. */
export function withAdhocOptions<Args extends unknown[], Options extends Record<string, unknown>>(
  command: Command<Args, Options>,
) {
  const hosts = withHosts(command).addOption(timeoutOption()).addOption(adhocRunTimeoutOption())
  const run = withConnecting(withBecome(hosts).addOption(forksOption()))
    .option('--save-as <file>', 'also write it as a playbook')
    .option('--force', 'let --save-as replace a file')
    .option('-y, --yes', 'is taken, and makes no difference: these verbs ask for no approval')
  return withReports(run, resultsOption())
}

/** What those options come to. */
export interface AdhocOptions
  extends BecomeOptions,
    AskBecomePassOptions,
    ConnectOptions,
    ReportOptions,
    FoldOptions {
  readonly groups?: readonly string[] | undefined
  readonly hosts?: readonly string[] | undefined
  readonly inventory?: readonly string[] | undefined
  readonly limit?: string | undefined
  /** Of each host. */
  readonly timeout?: Duration | undefined
  /** Of all hosts together. */
  readonly runTimeout?: Duration | undefined
  readonly forks: number
  readonly knownHosts?: string | undefined
  readonly hostKeyPolicy?: 'strict' | 'accept-new' | 'off' | undefined
  readonly saveAs?: string | undefined
  readonly force?: true | undefined
  readonly format?: 'tty' | 'lines' | 'json' | undefined
  readonly verbose: number
  readonly quiet?: true | undefined
  readonly color: 'auto' | 'always' | 'never'
}
