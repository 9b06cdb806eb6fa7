import { compile } from '../../src/compile/compile.ts'
import { resolvePattern } from '../../src/load/pattern.ts'
import { parsePlaybook } from '../../src/load/playbook.ts'
import type { NodeResult } from '../../src/model/outcome.ts'
import { createSteps } from '../../src/steps/index.ts'
import { inventoryOf } from '../compile/compiled.ts'
import { testContext } from '../steps/context.ts'
import { shellSession } from '../steps/shell-session.ts'
import type { Shell } from '../steps/shells.ts'

/**
 * Uses a file of the library with a given shell as the host's, step by step, as the engine would on one host.
 * @returns how its steps ended, those left out that have nothing to do
 */
export async function useWithShell(
  shell: Shell,
  name: string,
  params: Readonly<Record<string, unknown>>,
  cwd: string,
): Promise<Readonly<Record<string, string>>> {
  const text = JSON.stringify({ hosts: 'all', steps: [{ id: 'it', use: name, cwd, with: params }] })
  const { playbook, problems } = parsePlaybook('play.yml', cwd, text)
  if (playbook === undefined || problems.length > 0) throw new Error(problems[0]?.message)
  const inventory = inventoryOf({ web1: {} })
  const compiled = compile(playbook, inventory, {
    resolve: (pattern, where) => resolvePattern(pattern, inventory, where),
    readText: () => {
      throw new Error('nothing that runs in a shell is read from a local file')
    },
  })
  if (compiled.kind === 'refused') throw new Error(compiled.problems[0]?.message)
  const { plan, program } = compiled
  const apply = createSteps()
  const outcomes: Record<string, string> = {}
  for (const step of plan.order) {
    const rendered = program.render(step, 0)
    if (rendered.kind === 'pause') continue
    const result: NodeResult =
      rendered.kind === 'result'
        ? rendered.result
        : await apply(rendered.action, testContext(shellSession(shell)))
    const judged = program.judge(step, 0, result, 1)
    const end = judged.kind === 'stands' ? judged.result : result
    program.ended(step, 0, end.outcome, end)
    const { id = '', hidden } = plan.steps[step] ?? {}
    if (end.failure !== undefined) throw new Error(`${id}: ${end.failure.message}`)
    if (end.outcome !== 'skipped' && hidden === false) outcomes[id.replace(/^it\./, '')] = end.outcome
  }
  return outcomes
}
