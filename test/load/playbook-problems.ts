import { checkWithoutHosts } from '../../src/cli/inputs/check-playbook.ts'
import { mergeProblems } from '../../src/cli/inputs/load-playbook.ts'
import { parsePlaybook } from '../../src/load/playbook.ts'
import type { Problem } from '../../src/model/problem.ts'

/** All that `drover validate` tells of a playbook. */
export function problemsIn(text: string): readonly Problem[] {
  const { playbook, problems } = parsePlaybook('play.yml', '/work', text)
  return playbook === undefined ? problems : mergeProblems(problems, checkWithoutHosts(playbook))
}

/** The same as `line:col code`. */
export function placesIn(text: string): readonly string[] {
  return problemsIn(text).map(({ code, where }) => `${where?.line}:${where?.col} ${code}`)
}

/** A playbook whose steps these are, from its third line on. */
export function steps(text: string): string {
  return `hosts: all\nsteps:\n${text}`
}
