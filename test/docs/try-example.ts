import { join } from 'node:path'
import { checkWithoutHosts } from '../../src/cli/inputs/check-playbook.ts'
import { compile } from '../../src/compile/compile.ts'
import { loadInventory } from '../../src/load/inventory.ts'
import { readLocalText } from '../../src/load/local-text.ts'
import { resolvePattern } from '../../src/load/pattern.ts'
import { parsePlaybook } from '../../src/load/playbook.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { Playbook } from '../../src/model/playbook.ts'
import type { Problem } from '../../src/model/problem.ts'
import type { SketchNode } from '../../src/model/sketch.ts'
import { renderPreview } from '../../src/render/preview.ts'
import { renderProblems } from '../../src/render/problems.ts'
import { ROOT } from './pages.ts'

/** Files that examples name, with an inventory that has all hosts and groups of the pages. */
export const PROJECT = join(ROOT, 'test/docs/project')

const INVENTORY = await loadInventory([join(PROJECT, 'hosts.ini')], { cwd: PROJECT })

/** What `drover validate` says of the text of a playbook that lies in the project. */
export function said(file: string, text: string): string {
  const { playbook, problems } = parsePlaybook(file, PROJECT, text)
  return told(playbook === undefined ? problems : [...problems, ...checkWithoutHosts(playbook)])
}

/** What is wrong with a playbook, up to what each host would get. */
export function tryExample(file: string, text: string): string {
  const { playbook, problems } = parsePlaybook(file, PROJECT, text)
  if (playbook === undefined) return told(problems)
  const unseen = [...problems, ...checkWithoutHosts(playbook)]
  return unseen.length > 0 ? told(unseen) : tryOnHosts(playbook)
}

function tryOnHosts(playbook: Playbook): string {
  const compiled = compile(playbook, INVENTORY, {
    resolve: (pattern, text) => resolvePattern(pattern, INVENTORY, text, PROJECT),
    readText: readLocalText,
    env: { HOME: '/home/ops' },
    run: { id: 'run', user: 'ops', started: '2026-11-21T06:00:00Z' },
  })
  return compiled.kind === 'refused' ? told(compiled.problems) : failuresIn(compiled.plan, compiled.sketch)
}

/** A preview goes through every node; here it must show that each can be done. */
function failuresIn(plan: Plan, sketch: SketchNode): string {
  const preview = renderPreview(plan, sketch, { color: false, width: 100, cwd: PROJECT, verbose: true })
  const sketches = plan.steps.flatMap(({ index, targets }) => [...targets].map(host => sketch(index, host)))
  return sketches.some(({ kind }) => kind === 'failure') || sketches.length === 0 ? preview : ''
}

const told = (problems: readonly Problem[]) => renderProblems(problems, { color: false, format: 'text' })
