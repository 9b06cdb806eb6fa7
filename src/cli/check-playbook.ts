import { checkAction } from '../compile/action-template.ts'
import { findEdges } from '../compile/edges.ts'
import { findTargets, type ResolveHosts } from '../compile/targets.ts'
import { Language } from '../expr/environment.ts'
import { Variables } from '../expr/variables.ts'
import { patternProblems } from '../load/pattern.ts'
import type { Host, Inventory } from '../model/host.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'

/** Stands for whatever hosts a pattern will give. */
const SOME_HOST: Host = {
  name: 'some-host',
  vars: {},
  groups: ['all'],
  connection: { transport: 'local', address: 'localhost', port: 22, user: 'nobody', keys: [] },
}

const SOME_INVENTORY: Inventory = {
  hosts: new Map([[SOME_HOST.name, SOME_HOST]]),
  groups: new Map(),
  sources: [],
  warnings: [],
}

/** What compiling would find wrong with a playbook whatever the inventory: names, expressions, needs, cycles. */
export function checkWithoutHosts(playbook: Playbook): readonly Problem[] {
  const language = new Language(playbook.vars)
  const required = playbook.vars.filter(({ value }) => value === null)
  const given = Object.fromEntries(required.map(({ name }) => [name, '']))
  const variables = new Variables(language, [], given)
  return [
    ...checkHosts(playbook),
    ...variables.problems,
    ...findEdges(playbook.steps).problems,
    ...playbook.steps.flatMap(step => checkAction(step, playbook, language, variables.varies).problems),
  ]
}

/** Where the playbook has no hosts, the first step without any tells it for all. */
function checkHosts(playbook: Playbook): readonly Problem[] {
  const resolve: ResolveHosts = (pattern, text) => {
    const problems = patternProblems(pattern, text)
    return problems.length > 0 ? problems : [SOME_HOST]
  }
  const { problems } = findTargets(playbook, SOME_INVENTORY, resolve, undefined)
  const [first] = problems.filter(({ code }) => code === 'targets_empty')
  return problems.filter(problem => problem.code !== 'targets_empty' || problem === first)
}
