import { Command, Option } from '@commander-js/extra-typings'
import { resolvePattern } from '../load/pattern.ts'
import { EXIT } from '../model/errors.ts'
import type { Host, Inventory } from '../model/host.ts'
import { type Problem, ProblemsError } from '../model/problem.ts'
import { inventoryGraph } from '../render/inventory/graph.ts'
import { inventoryJson } from '../render/inventory/json.ts'
import { inventoryList } from '../render/inventory/list.ts'
import { renderProblems } from '../render/problems.ts'
import type { CliContext } from './context.ts'
import { readInventory } from './inputs/read-inventory.ts'
import { wantsColor } from './options/color.ts'
import { allowMatchExecOption, colorOption, inventoryOption, sshConfigOption } from './options/options.ts'

/** `drover inventory [PATTERN]`: who there is, as a list, as a tree of groups, or as JSON like ansible-inventory's. */
export function command(context: CliContext) {
  return new Command('inventory')
    .description(
      'List the hosts of an inventory, or draw its groups. No host is touched, no password is shown.',
    )
    .argument('[pattern]', 'which hosts: names, groups, globs, ~expressions, web:&prod:!web3', 'all')
    .addOption(inventoryOption())
    .addOption(sshConfigOption())
    .addOption(allowMatchExecOption())
    .addOption(new Option('--graph', 'draw groups and hosts as a tree').conflicts('json'))
    .addOption(new Option('--json', 'print the shape of ansible-inventory --list'))
    .option('-v, --verbose', 'show address and groups of each host')
    .option('-q, --quiet', 'show no warnings')
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action(async (pattern, options) => {
      const inventory = await readInventory(context, options)
      const color = wantsColor(context, context.stderr, options.color)
      if (!options.quiet) {
        context.stderr.write(renderProblems(inventory.warnings, { color, format: 'text' }))
      }
      const hosts = hostsOf(inventory, pattern, context.cwd)
      if (options.json) context.stdout.write(inventoryJson(inventory, hosts))
      else if (options.graph) context.stdout.write(inventoryGraph(inventory, pattern, hosts))
      else context.stdout.write(inventoryList(hosts, options.verbose === true))
      context.exit(EXIT.ok)
    })
}

const EXAMPLES = `
Examples:
  drover inventory                             all hosts of ./hosts.ini
  drover inventory -i prod.ini 'web:!web3'     those that a pattern picks
  drover inventory -v web1                     where it is, and in which groups
  drover inventory -i a.ini -i b.ini --graph   two inventories as one tree
  drover inventory -i exec:./hosts.py --json   what a program lists

Without -i it reads $DROVER_INVENTORY or ./hosts.ini. The exit status is 0, or 3
if the inventory is wrong or the pattern names something that is not there.
`

function hostsOf(inventory: Inventory, pattern: string, cwd: string): readonly Host[] {
  const found = resolvePattern(pattern, inventory, undefined, cwd)
  if (isProblems(found)) throw new ProblemsError(found)
  if (found.length > 0) return found
  const message = `the pattern "${pattern}" leaves no host`
  throw new ProblemsError([{ code: 'targets_empty', severity: 'error', message }])
}

function isProblems(found: readonly Host[] | readonly Problem[]): found is readonly Problem[] {
  const [first] = found
  return first !== undefined && 'code' in first
}
