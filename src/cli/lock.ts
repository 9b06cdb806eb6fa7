import { Argument, Command } from '@commander-js/extra-typings'
import type { CliContext } from './context.ts'
import { askBecomePassOption, becomeMethodOption, becomeOption } from './execute/become.ts'
import { withConnecting, withHosts } from './options/option-groups.ts'
import { forksOption } from './options/options.ts'

/** `drover lock list|release`: which runs have which hosts. */
export function command(context: CliContext) {
  const hosts = new Command('lock')
    .description('Show which runs have which hosts, or free hosts of runs that are dead.')
    .addArgument(new Argument('<what>', 'list, or release').choices(['list', 'release'] as const))
    .argument('[pattern]', 'hosts and groups, as in web:!web3', 'all')
  const asked = withHosts(hosts)
    .addOption(becomeOption())
    .addOption(becomeMethodOption())
    .addOption(askBecomePassOption())
    .addOption(forksOption())
  return withConnecting(asked)
    .option('-y, --yes', 'release the locks of live runs too, without a question')
    .addHelpText('after', EXAMPLES)
    .action(async (what, pattern, options) => {
      const { manageLocks } = await import('./lock/manage-locks.ts')
      context.exit(await manageLocks(context, what, pattern, options))
    })
}

const EXAMPLES = `
Examples:
  drover lock list -i prod.ini                     who has which host
  drover lock list -i prod.ini -b web              and root's locks on group web
  drover lock release -i prod.ini web3             what a dead run left on web3

A run of drover apply has each of its hosts for itself, from its first command
there to its last. A lock whose run is gone stops nobody: the next run takes it
over. Where drover cannot tell, it is left alone for two minutes; release frees
the host at once, and asks before it takes one from a run that may be alive.

Steps that become root have a lock of their own, which only root sees: -b.
The exit status is 0, 1 if a host could not be asked, 3 if the inventory or the
pattern is wrong, 4 if releasing was not approved.
`
