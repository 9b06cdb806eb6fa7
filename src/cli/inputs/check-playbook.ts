import { checkPlaybook } from '../../compile/skeleton.ts'
import { SOME_HOST } from '../../compile/some-host.ts'
import { findTargets, type ResolveHosts } from '../../compile/targets.ts'
import { readLocalText } from '../../load/local-text.ts'
import { patternProblems } from '../../load/pattern.ts'
import type { Inventory } from '../../model/host.ts'
import type { Playbook } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'

const SOME_INVENTORY: Inventory = {
  hosts: new Map([[SOME_HOST.name, SOME_HOST]]),
  groups: new Map(),
  sources: [],
  warnings: [],
}

/** What compiling would find wrong with a playbook whatever the inventory: names, expressions, needs, cycles, templates. */
export function checkWithoutHosts(playbook: Playbook): readonly Problem[] {
  return [...checkHosts(playbook), ...checkPlaybook(playbook, readLocalText)]
}

/**
 * Where the playbook has no hosts, the first step without any tells it for all. A file with parameters takes the hosts
 * of who uses it.
 */
function checkHosts(playbook: Playbook): readonly Problem[] {
  const resolve: ResolveHosts = (pattern, text) => {
    const problems = patternProblems(pattern, text)
    return problems.length > 0 ? problems : [SOME_HOST]
  }
  const { problems } = findTargets(playbook, SOME_INVENTORY, resolve, undefined)
  const isForOthers = playbook.params.length > 0
  const [first] = problems.filter(({ code }) => code === 'targets_empty')
  return problems.filter(problem => problem.code !== 'targets_empty' || (problem === first && !isForOthers))
}
