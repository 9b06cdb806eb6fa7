import type { CliContext } from '../context.ts'
import { withFolding } from '../options/option-groups.ts'
import { nameOf } from '../run.ts'
import { UsageError } from '../usage.ts'
import { COMMON_BATCH_OPTIONS } from './batch-argv.ts'
import { BATCH_HELP, BatchCommand, batchHostsOption } from './batch-command.ts'
import { groupsOption, withAdhocOptions } from './options.ts'
import { runAdhoc } from './run-adhoc.ts'
import { commandText } from './words.ts'

const OPTIONS = [
  ...COMMON_BATCH_OPTIONS,
  { name: '-cmd', long: '--cmd', value: 'a command', takesAny: true } as const,
]

/** `batch_run -h HOSTS -g GROUPS -cmd COMMAND`: the classic form of `drover run`. */
export function command(context: CliContext) {
  const own = new BatchCommand('batch_run', OPTIONS, HELP)
    .addOption(batchHostsOption())
    .addOption(groupsOption())
    .option('--cmd <command>')
  return withAdhocOptions(withFolding(own)).action(async options => {
    const { cmd } = options
    if (cmd === undefined) throw new UsageError('there is no command: give it with -cmd, as in -cmd "df -h"')
    const step = { kind: 'run', script: commandText([cmd]), env: [] } as const
    await runAdhoc(context, { name: nameOf([cmd]), steps: [step] }, options)
  })
}

const HELP = `Usage: batch_run -h HOSTS -g GROUPS -cmd COMMAND [options]

Run one command on many hosts at once, and show what they print as it comes.

Options:
  -cmd COMMAND       shell text, quoted as one word
  --fold             show what hosts printed when all have ended, the same
                     output once
  --diff-output      the same, others as their difference from the most common
${BATCH_HELP}

Examples:
  batch_run -h h1,h2,h3 -g web_clusters,db_servers -cmd "df -h"
  batch_run -i prod.ini -g web -timeout 30s -cmd 'ps aux | sort -rnk4 | head'

What the hosts print to stdout goes to stdout as "host │ line", what they print
to stderr and all else goes to stderr. A host that is named twice runs once.
The exit status is 0 if it succeeded everywhere, 1 if not, 3 if nothing was
tried. drover run does the same and more.
`
