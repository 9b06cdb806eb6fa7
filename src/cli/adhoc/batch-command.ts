import { Command, Option, type ParseOptions } from '@commander-js/extra-typings'
import { type BatchOption, rewriteBatchArgv } from './batch-argv.ts'

/** A command that is called in the classic form, with its own words for help. */
export class BatchCommand extends Command {
  readonly #options: readonly BatchOption[]
  readonly #help: string

  constructor(name: string, options: readonly BatchOption[], help: string) {
    super(name)
    this.#options = options
    this.#help = help
    this.helpOption('--help')
  }

  override parseAsync(argv: readonly string[], parseOptions?: ParseOptions): Promise<this> {
    return super.parseAsync(rewriteBatchArgv(argv, this.#options), parseOptions)
  }

  override helpInformation(): string {
    return this.#help
  }
}

/** -h, which is why help has no short option here. */
export const batchHostsOption = () =>
  new Option('--hosts <pattern>').argParser((value: string, previous: readonly string[] | undefined) => [
    ...(previous ?? []),
    value,
  ])

/** The options that both tools share, as their help shows them. */
export const BATCH_HELP = `  -h HOSTS           hosts, as in h1,h2,h3
  -g GROUPS          groups, as in web_clusters,db_servers; adds to -h
  -i INVENTORY       INI file, folder, or exec:./script; else $DROVER_INVENTORY
                     or ./hosts.ini
  -l PATTERN         only these of the hosts
  -t, -timeout TIME  end it on a host after this long, as 30s or 5m
  -f N               so many hosts at once (64)
  -b                 act as root, or whom the inventory or --become-user names
  -K                 ask for the password that this may need
  -v                 show results too; -v -v also connections
  -q                 show only failures
  -y, --yes          do not ask for approval (nothing asks yet)
  --become-user USER, --become-method METHOD, --known-hosts FILE,
  --host-key-policy POLICY, --format FORMAT, --junit FILE, --log FILE,
  --color WHEN, --save-as FILE, --force
                     as for drover run
  --help             show this (as does -h alone)`
