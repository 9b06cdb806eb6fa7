import { didYouMean } from '../model/did-you-mean.ts'
import type { Inventory } from '../model/host.ts'
import type { Playbook, VarDecl } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import { filesOf, inFileOrder } from '../model/problem-order.ts'
import type { Value } from '../model/value.ts'
import { aroundOf } from './around.ts'
import { checkTexts } from './check-texts.ts'
import { compileForHosts } from './compile-for-hosts.ts'
import type { Compiled, CompileOptions } from './compiled.ts'
import { LocalFiles } from './program/local-files.ts'
import { skeletonOf } from './skeleton.ts'
import { findTargets } from './targets.ts'

/** Compiles a playbook for an inventory into a plan and what its nodes do, or finds all that is wrong with it. */
export function compile(playbook: Playbook, inventory: Inventory, options: CompileOptions): Compiled {
  const refused = (problems: readonly Problem[]): Compiled => ({
    kind: 'refused',
    problems: inFileOrder(problems, filesOf(playbook)),
  })
  const given = options.vars ?? {}
  const isDeclared = (name: string) => playbook.vars.some(decl => decl.name === name)
  const files = new LocalFiles(options.readText)
  const targets = findTargets(playbook, inventory, options.resolve, options.limit)
  const around = aroundOf(inventory, options.env ?? {}, options.run)
  const declared = Object.fromEntries(Object.entries(given).filter(([name]) => isDeclared(name)))
  const checked = checkTexts(playbook, targets.hosts, declared, {
    groups: around.groups,
    env: around.env,
    run: around.run,
    readFile: path => files.read(playbook.folder, path),
    param: () => undefined,
    facts: host => around.facts(host),
  })
  const skeleton = skeletonOf(checked, files)
  const forOthers = unusedParams(playbook)
  const problems = [
    ...unknownVars(given, playbook.vars),
    ...forOthers,
    // Who uses such a file has the hosts.
    ...targets.problems.filter(({ code }) => code !== 'targets_empty' || forOthers.length === 0),
    ...checked.problems,
    ...skeleton.problems,
  ]
  if (problems.length > 0) return refused(problems)
  const compiled = compileForHosts({ playbook, inventory, targets, checked, files, options, around })
  return compiled.kind === 'refused' ? refused(compiled.problems) : compiled
}

function unknownVars(given: Readonly<Record<string, Value>>, vars: readonly VarDecl[]): Problem[] {
  const names = new Set(vars.map(({ name }) => name))
  return Object.keys(given)
    .filter(name => !names.has(name))
    .map(name => ({
      code: 'expression_name',
      severity: 'error',
      message: `-e sets "${name}", and the playbook declares no such variable`,
      hint: didYouMean(name, names) ?? 'declare it under vars:',
    }))
}

/** A file that must be given something is for others to use. */
function unusedParams({ params, file }: Playbook): Problem[] {
  const required = params.filter(({ fallback }) => fallback === undefined)
  const [first] = required
  if (first === undefined) return []
  const names = required.map(({ name }) => `${name}: …`).join(', ')
  return [
    {
      code: 'use_param',
      severity: 'error',
      message: `the parameter "${first.name}" has no value: this file is for others to use`,
      where: first.where,
      hint: `in a playbook: { use: ${file}, with: { ${names} } }`,
    },
  ]
}
