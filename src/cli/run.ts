import { DashesCommand } from './adhoc/dashes.ts'
import { envOption, groupsOption, hostsOption, withAdhocOptions } from './adhoc/options.ts'
import { runAdhoc } from './adhoc/run-adhoc.ts'
import { commandText, envPair } from './adhoc/words.ts'
import type { CliContext } from './context.ts'
import { withFolding } from './options/option-groups.ts'

/** `drover run -g GROUPS -H HOSTS -- COMMAND`: one command on many hosts. */
export function command(context: CliContext) {
  const verb = new DashesCommand('run')
  const own = verb
    .description('Run one command on many hosts at once, and show what they print as it comes.')
    .usage('-g GROUPS -H HOSTS [options] -- COMMAND [ARGUMENTS]')
    .argument('<command...>', 'one word is shell text; several run exactly as they are given')
    .addOption(groupsOption())
    .addOption(hostsOption())
    .option('--cwd <folder>', 'run in this remote folder')
    .addOption(envOption())
  return withAdhocOptions(withFolding(own))
    .addHelpText('after', EXAMPLES)
    .action(async (words, options) => {
      verb.checkWords(words)
      const { cwd, env = [] } = options
      const script = commandText(words)
      const step = { kind: 'run', script, cwd, env: env.map(envPair) } as const
      await runAdhoc(context, { name: nameOf(words), steps: [step] }, options)
    })
}

/** The command in short, as the name of a saved playbook. */
export function nameOf(words: readonly string[]): string {
  const text = words.join(' ').replace(/\s+/g, ' ').trim()
  return `Run ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`
}

const EXAMPLES = `
Examples:
  drover run -g web_clusters,db_servers -- df -h
  drover run -H h1,h2 -g db -- 'ps aux | sort -rnk4 | head'
  drover run -g 'web:!web3' -- systemctl is-active nginx
  drover run -g all --timeout 30s -f 200 -- uptime
  drover run -g web --fold -- cat /etc/app/VERSION
  drover run -g web --save-as uptime.yml -- uptime

After -- one word is shell text: pipes, variables and \${{ host.name }} work in
it. Several words are a program and its arguments, and reach it as they are.
Options of drover stand before the command.
What the hosts print to stdout goes to stdout as "host │ line", what they print
to stderr and all else goes to stderr. A host that is named twice runs once.
Without any inventory (-i, $DROVER_INVENTORY or ./hosts.ini) the hosts of -H
are used as they stand: drover run -H deploy@10.0.0.7:2222 -- uptime
The exit status is 0 if it succeeded everywhere, 1 if not, 3 if nothing was
tried because something in the command line or the inventory is wrong.
`
