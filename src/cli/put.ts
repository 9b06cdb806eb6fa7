import { Command } from '@commander-js/extra-typings'
import { type PutOptions, putSteps } from './adhoc/copies.ts'
import { groupsOption, hostsOption, withAdhocOptions } from './adhoc/options.ts'
import { runAdhoc } from './adhoc/run-adhoc.ts'
import type { CliContext } from './context.ts'
import { UsageError } from './usage.ts'

/** `drover put -g GROUPS -H HOSTS LOCAL… REMOTE`: the same files on many hosts. */
export function command(context: CliContext) {
  const own = new Command('put')
    .description('Copy local files or folders to many hosts at once.')
    .usage('-g GROUPS -H HOSTS [options] LOCAL… REMOTE')
    .argument('<paths...>', 'local files, folders or globs, then the remote path')
    .addOption(groupsOption())
    .addOption(hostsOption())
    .option('--mode <digits>', 'permissions, as 0644')
    .option('--owner <user>', 'whose it is to be')
    .option('--group <group>', 'which group it is to have')
    .option('--parents', 'make missing parent folders')
  return withAdhocOptions(own)
    .addHelpText('after', EXAMPLES)
    .action(async (paths, options) => {
      const remote = paths.at(-1)
      const locals = paths.slice(0, -1)
      if (remote === undefined || locals.length === 0)
        throw new UsageError('put needs a local path and a remote one, as in put -g web app.conf /etc/app/')
      await putFiles(context, locals, remote, options)
    })
}

/** @throws UsageError and ProblemsError before any host is touched */
export async function putFiles(
  context: CliContext,
  locals: readonly string[],
  remote: string,
  options: PutOptions & Parameters<typeof runAdhoc>[2],
): Promise<void> {
  const steps = putSteps(context.cwd, locals, remote, options)
  await runAdhoc(context, { name: `Put ${locals.join(' ')} to ${remote}`, steps }, options)
}

const EXAMPLES = `
Examples:
  drover put -g web_clusters nginx.conf /etc/nginx/nginx.conf
  drover put -g web -H db1 dist/ conf/app.ini /opt/app/
  drover put -H h1,h2 --mode 0755 --parents tool.sh /usr/local/lib/tools/tool.sh
  drover put -g web 'site/*.html' /var/www/

A remote path that ends in / is a folder to copy into; several local paths
always go into one. A file is written beside its place, verified, and renamed:
nobody sees half of it. What is the same there already is not sent (ok), all
else counts as changed. The exit status is 0 if it succeeded everywhere, 1 if
not, 3 if nothing was tried.
`
