import { compile } from '../../src/compile/compile.ts'
import type { Compiled, CompileOptions } from '../../src/compile/compiled.ts'
import { listLocalFolder } from '../../src/load/local-folder.ts'
import { readLocalText } from '../../src/load/local-text.ts'
import { resolvePattern } from '../../src/load/pattern.ts'
import { parsePlaybook } from '../../src/load/playbook.ts'
import type { Action } from '../../src/model/action.ts'
import type { Failure } from '../../src/model/errors.ts'
import type { Group, Host, Inventory } from '../../src/model/host.ts'
import type { Problem } from '../../src/model/problem.ts'
import type { Program } from '../../src/model/program.ts'
import type { Vars } from '../../src/model/value.ts'

/** An inventory of hosts with their variables, in groups that list hosts. */
export function inventoryOf(
  hosts: Readonly<Record<string, Vars>>,
  groups: Readonly<Record<string, readonly string[]>> = {},
): Inventory {
  const all = Object.keys(hosts)
  const group = (
    name: string,
    members: readonly string[],
    children: readonly string[] = [],
  ): [string, Group] => [name, { name, children, hosts: members, vars: {} }]
  return {
    hosts: new Map(all.map(name => [name, hostOf(name, hosts[name] ?? {}, groups)])),
    groups: new Map([
      group('all', [], ['ungrouped', ...Object.keys(groups)]),
      group('ungrouped', all),
      ...Object.entries(groups).map(([name, members]) => group(name, members)),
    ]),
    sources: ['hosts.ini'],
    warnings: [],
  }
}

function hostOf(name: string, vars: Vars, groups: Readonly<Record<string, readonly string[]>>): Host {
  const own = Object.keys(groups).filter(group => groups[group]?.includes(name))
  return {
    name,
    vars,
    groups: ['all', ...own.sort()],
    connection: { transport: 'ssh', address: `${name}.example`, port: 2222, user: 'ops', keys: [] },
  }
}

export const TWO_HOSTS = inventoryOf({ web1: {}, web2: {} })

export interface TestOptions extends Omit<Partial<CompileOptions>, 'resolve'> {
  readonly inventory?: Inventory
  /** The folder of the playbook; files that it uses lie there. */
  readonly folder?: string
}

/** Compiles the text of a playbook; the text itself must load without problems. */
export function compileText(
  text: string,
  { inventory = TWO_HOSTS, folder = '/play', ...options }: TestOptions = {},
): Compiled {
  const { playbook, problems } = parsePlaybook('play.yml', folder, text)
  if (playbook === undefined || problems.length > 0) throw new Error(problems.map(p => p.message).join('\n'))
  return compile(playbook, inventory, {
    resolve: (pattern, where) => resolvePattern(pattern, inventory, where),
    readText: readLocalText,
    listFolder: listLocalFolder,
    ...options,
  })
}

/** A plan and its renderer; throws what is wrong. */
export function planOf(
  text: string,
  options: TestOptions = {},
): Compiled & { readonly kind: 'compiled' } & {
  readonly render: (step: number, host: number) => Action | Failure
} {
  const compiled = compileText(text, options)
  if (compiled.kind === 'compiled') return { ...compiled, render: actionsOf(compiled.program) }
  throw new Error(shown(compiled.problems).join('\n'))
}

function actionsOf(program: Program): (step: number, host: number) => Action | Failure {
  return (step, host) => {
    const rendered = program.render(step, host)
    if (rendered.kind === 'action') return rendered.action
    const failure = rendered.kind === 'result' ? rendered.result.failure : undefined
    if (failure === undefined) throw new Error(`no action: ${JSON.stringify(rendered)}`)
    return failure
  }
}

/** The problems of a playbook, as `line:col message (hint)`. */
export function problemsOf(text: string, options: TestOptions = {}): string[] {
  const compiled = compileText(text, options)
  return compiled.kind === 'refused' ? shown(compiled.problems) : []
}

function shown(problems: readonly Problem[]): string[] {
  return problems.map(({ where, message, hint }) => {
    const place = where === undefined ? '' : `${where.line}:${where.col} `
    return `${place}${message}${hint === undefined ? '' : ` (${hint})`}`
  })
}

/** The script that the only step of a playbook would run on each host. */
export function scriptsOf(text: string, options: TestOptions = {}): string[] {
  const { plan, render } = planOf(text, options)
  return [...(plan.steps[0]?.targets ?? [])].map(host => {
    const action = render(0, host)
    return 'kind' in action && action.kind === 'run' ? action.script : JSON.stringify(action)
  })
}
