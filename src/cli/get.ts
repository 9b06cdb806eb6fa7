import { Command } from '@commander-js/extra-typings'
import { getSteps } from './adhoc/copies.ts'
import { groupsOption, hostsOption, withAdhocOptions } from './adhoc/options.ts'
import { runAdhoc } from './adhoc/run-adhoc.ts'
import type { CliContext } from './context.ts'
import { UsageError } from './usage.ts'

/** `drover get -g GROUPS -H HOSTS REMOTE… LOCALDIR`: files of many hosts, each host's in a folder of its own. */
export function command(context: CliContext) {
  const own = new Command('get')
    .description('Fetch remote files or folders from many hosts at once, into a folder for each host.')
    .usage('-g GROUPS -H HOSTS [options] REMOTE… LOCALDIR')
    .argument('<paths...>', 'remote files, folders or quoted globs, then the local folder')
    .addOption(groupsOption())
    .addOption(hostsOption())
  return withAdhocOptions(own)
    .addHelpText('after', EXAMPLES)
    .action(async (paths, options) => {
      const local = paths.at(-1)
      const remotes = paths.slice(0, -1)
      if (local === undefined || remotes.length === 0)
        throw new UsageError(
          'get needs a remote path and a local folder, as in get -g web /etc/hosts fetched/',
        )
      await getFiles(context, remotes, local, options)
    })
}

/** @throws UsageError and ProblemsError before any host is touched */
export async function getFiles(
  context: CliContext,
  remotes: readonly string[],
  local: string,
  options: Parameters<typeof runAdhoc>[2],
): Promise<void> {
  const steps = getSteps(remotes, local)
  await runAdhoc(context, { name: `Get ${remotes.join(' ')} to ${local}`, steps }, options)
}

const EXAMPLES = `
Examples:
  drover get -g web_clusters /etc/nginx/nginx.conf fetched/
  drover get -g web '/var/log/app/*.log' logs/
  drover get -H h1,h2 /etc/hosts /etc/resolv.conf etc/

What a host sends lands in LOCALDIR/<host>/, as in fetched/web1/nginx.conf, and
never outside of it, whatever it is named there. Quote a glob: it is for the
hosts. The exit status is 0 if it succeeded everywhere, 1 if not, 3 if nothing
was tried.
`
