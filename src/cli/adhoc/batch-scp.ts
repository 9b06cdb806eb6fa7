import type { CliContext } from '../context.ts'
import { getFiles } from '../get.ts'
import { putFiles } from '../put.ts'
import { UsageError } from '../usage.ts'
import { COMMON_BATCH_OPTIONS } from './batch-argv.ts'
import { BATCH_HELP, BatchCommand, batchHostsOption } from './batch-command.ts'
import { groupsOption, withAdhocOptions } from './options.ts'

const OPTIONS = [
  ...COMMON_BATCH_OPTIONS,
  { name: '-action', long: '--action', value: 'put or get' },
  { name: '-local', long: '--local', value: 'a local path' },
  { name: '-remote', long: '--remote', value: 'a remote path' },
]

/** `batch_scp -h HOSTS -g GROUPS -action put|get -local PATH -remote PATH`: `drover put` and `drover get`. */
export function command(context: CliContext) {
  const own = new BatchCommand('batch_scp', OPTIONS, HELP)
    .addOption(batchHostsOption())
    .addOption(groupsOption())
    .option('--action <action>')
    .option('--local <path>')
    .option('--remote <path>')
  return withAdhocOptions(own).action(async options => {
    const { action, local, remote } = options
    if (action !== 'put' && action !== 'get') throw new UsageError(wrongAction(action))
    if (local === undefined) throw new UsageError(`there is no local path: give it with -local`)
    if (remote === undefined) throw new UsageError(`there is no remote path: give it with -remote`)
    if (action === 'put') await putFiles(context, [local], remote, options)
    else await getFiles(context, [remote], local, options)
  })
}

function wrongAction(action: string | undefined): string {
  return action === undefined
    ? 'there is no action: -action put copies to the hosts, -action get from them'
    : `-action "${action}" is neither put nor get`
}

const HELP = `Usage: batch_scp -h HOSTS -g GROUPS -action put|get -local PATH -remote PATH
                 [options]

Copy a file or folder to many hosts at once (put), or from them (get).

Options:
  -action put|get    which way
  -local PATH        put: what to copy; get: the folder for the hosts' folders
  -remote PATH       put: where to (with a / at the end, into that folder);
                     get: what to fetch
${BATCH_HELP}

Examples:
  batch_scp -h h1,h2,h3 -g web_clusters,db_servers \\
            -action put -local test.py -remote /tmp/
  batch_scp -g web_clusters -action get -local logs/ -remote /var/log/app.log

A host that is named twice runs once. The exit status is 0 if it succeeded
everywhere, 1 if not, 3 if nothing was tried. drover put and drover get do the
same and more.
`
