import { Command, Option } from '@commander-js/extra-typings'
import { EXIT } from '../model/errors.ts'
import { ProblemsError } from '../model/problem.ts'
import { graphOfOutline } from '../render/graph/from-outline.ts'
import { graphOfPlan } from '../render/graph/from-plan.ts'
import type { Graph } from '../render/graph.ts'
import { outlineOf } from '../render/outline/outline.ts'
import type { CliContext } from './context.ts'
import { type InputOptions, loadInputs } from './inputs/inputs.ts'
import { checkPlaybookFile } from './inputs/load-playbook.ts'
import { wantsColor } from './options/color.ts'
import { withPlaybook } from './options/option-groups.ts'
import { colorOption } from './options/options.ts'

/** `drover graph FILE`: the order of the steps, drawn. */
export function command(context: CliContext) {
  const playbook = new Command('graph')
    .description('Draw the order of a playbook’s steps. No host is touched.')
    .argument('<playbook>', 'a playbook file')
  return withPlaybook(playbook)
    .addOption(
      new Option('--format <format>', 'text: lanes for a terminal; mermaid, dot, json')
        .choices(['text', 'mermaid', 'dot', 'json'] as const)
        .default('text' as const),
    )
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file, { format, color, ...options }) => {
      const graph = await loadGraph(context, file, options)
      const { stdout } = context
      switch (format) {
        case 'text': {
          const { renderGraph } = await import('../render/graph/text.ts')
          const settings = { color: wantsColor(context, stdout, color), width: stdout.columns ?? 100 }
          stdout.write(renderGraph(graph, settings))
          break
        }
        case 'mermaid':
          stdout.write((await import('../render/graph/mermaid.ts')).renderMermaid(graph))
          break
        case 'dot':
          stdout.write((await import('../render/graph/dot.ts')).renderDot(graph))
          break
        case 'json':
          stdout.write((await import('../render/graph/json.ts')).renderGraphJson(graph))
          break
      }
      context.exit(EXIT.ok)
    })
}

const EXAMPLES = `
Examples:
  drover graph deploy.yml                             lanes, for the terminal
  drover graph deploy.yml -l web                      for some of the hosts only
  drover graph deploy.yml --format mermaid            for a page in Markdown
  drover graph deploy.yml --format dot | dot -Tsvg    a picture, with Graphviz

Without an inventory each step shows its pattern instead of its hosts. The exit
status is 0, or 3 if something in the playbook or the inventory is wrong.
`

/** With an inventory the hosts of each step; where there is none at all, the patterns as they are written. */
async function loadGraph(context: CliContext, file: string, options: InputOptions): Promise<Graph> {
  try {
    return graphOfPlan((await loadInputs(context, file, options)).plan)
  } catch (error) {
    if (!(error instanceof ProblemsError) || !error.problems.every(isMissingInventory)) throw error
    const { playbook, problems } = await checkPlaybookFile(context.cwd, file, {
      allowOutside: options.allowOutside === true,
    })
    if (playbook === undefined || problems.some(({ severity }) => severity === 'error'))
      throw new ProblemsError(problems)
    return graphOfOutline(outlineOf(playbook))
  }
}

const isMissingInventory = ({ code, severity }: ProblemsError['problems'][number]) =>
  code === 'inventory_missing' || severity === 'warning'
