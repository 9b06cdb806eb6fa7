import { resolve } from 'node:path'
import type { Group, Host, Inventory } from '../model/host.ts'
import { type Problem, ProblemsError, type Where } from '../model/problem.ts'
import type { Secret } from '../model/secret.ts'
import type { Value, Vars } from '../model/value.ts'
import { connectionOf, type Surroundings } from './inventory/connection.ts'
import { type GroupDraft, type HostDraft, InventoryDraft, type Settings } from './inventory/draft.ts'
import { completeGroups } from './inventory/group-tree.ts'
import { VarsMerger } from './inventory/merge-vars.ts'
import { readSource } from './inventory/read.ts'
import { baseOf, findSources, type PathOf } from './inventory/sources.ts'
import { VarsFiles } from './inventory/vars-files.ts'
import type { SshConfig } from './ssh-config.ts'

export interface InventoryOptions {
  /** What names of sources are relative to. */
  readonly cwd: string
  /** The playbook's folder: its `group_vars/` and `host_vars/` count too. */
  readonly playbookFolder?: string
  /** The user's home, for `~` in paths of keys; `/` where absent. */
  readonly home?: string
  /** Who logs in where the inventory names no user; `nobody` where absent. */
  readonly user?: string
  /** What OpenSSH's own configuration says counts where the inventory says nothing. */
  readonly sshConfig?: SshConfig
  /** Where files of an absolute path are read in its place: those of another revision. Programs stay where they are. */
  readonly at?: (path: string) => string
  /** Ends programs of `exec:` sources. */
  readonly signal?: AbortSignal
}

/**
 * Reads an inventory from files, folders, `exec:` programs and lists of hosts, in that order of precedence in which
 * they are given: what comes later adds to and overrides what comes before.
 * @throws ProblemsError with everything that is wrong in all of them
 */
export async function loadInventory(
  sources: readonly string[],
  options: InventoryOptions,
): Promise<Inventory> {
  const draft = new InventoryDraft(options.at !== undefined)
  const pathOf = pathsFor(options)
  const found = findSources(sources, pathOf)
  draft.report(...found.errors)
  for (const source of found.sources) await readSource(draft, source, options.signal)
  const depths = completeGroups(draft)
  if (draft.hosts.size === 0 && draft.problems.length === 0) draft.report(nobody(sources))
  const playbook = options.playbookFolder === undefined ? [] : [baseOf(pathOf, options.playbookFolder)]
  const files = new VarsFiles(draft)
  const merger = new VarsMerger(draft, files, { inventory: found.bases, playbook }, depths)
  const hosts = completeHosts(draft, merger, surroundings(options))
  if (draft.problems.length > 0) throw failed(draft)
  return { hosts, groups: completeModel(draft), sources, warnings: draft.warnings }
}

function pathsFor({ cwd, at }: InventoryOptions): PathOf {
  return (name, use) => {
    const path = resolve(cwd, name)
    return at === undefined || use === 'program' ? path : at(path)
  }
}

function nobody(sources: readonly string[]): Problem {
  const [file = ''] = sources
  return {
    code: 'inventory_syntax',
    severity: 'error',
    message: `${sources.join(', ')} names no host`,
    ...(sources.length === 1 ? { where: { file, line: 1, col: 1 } } : {}),
  }
}

/** File by file, by line. Warnings come along: they may explain an error. */
function failed(draft: InventoryDraft): ProblemsError {
  const all = [...draft.problems, ...draft.warnings]
  const files = [...new Set(all.map(problem => problem.where?.file))]
  const rank = ({ where }: Problem) => files.indexOf(where?.file)
  const line = ({ where }: Problem) => where?.line ?? 0
  const col = ({ where }: Problem) => where?.col ?? 0
  return new ProblemsError(all.sort((a, b) => rank(a) - rank(b) || line(a) - line(b) || col(a) - col(b)))
}

function surroundings(options: InventoryOptions): Surroundings {
  return {
    cwd: options.cwd,
    home: options.home ?? '/',
    user: options.user ?? 'nobody',
    sshConfig: options.sshConfig,
  }
}

function completeHosts(draft: InventoryDraft, merger: VarsMerger, around: Surroundings): Map<string, Host> {
  const hosts = new Map<string, Host>()
  const vars = new WeakMap<Settings, Vars>()
  const told = new Set<Where | undefined>()
  const unusable = new Map<Where | undefined, Problem>()
  for (const host of draft.hosts.values()) {
    const merged = merger.of(host)
    if (merged === undefined) {
      const message = 'the variables of all hosts together are more than drover takes'
      draft.report({ code: 'inventory_limit', severity: 'error', message })
      return hosts
    }
    const { groups, settings } = merged
    const known = vars.get(settings) ?? plainVars(settings)
    // Only what groups give is shared between hosts.
    if (host.settings.size === 0) vars.set(settings, known)
    const { errors, warnings, ...reach } = connectionOf(host.name, settings, around)
    tell(draft, told, errors)
    for (const warning of warnings) draft.warnOnce(warning)
    const reason = reach.unusable && (unusable.get(reach.unusable.where) ?? reach.unusable)
    if (reason !== undefined) unusable.set(reason.where, reason)
    hosts.set(host.name, {
      name: host.name,
      vars: known,
      groups,
      connection: reach.connection,
      ...(reason === undefined ? {} : { unusable: reason }),
    })
  }
  return hosts
}

/** One error a place, however many hosts it concerns. */
function tell(draft: InventoryDraft, told: Set<Where | undefined>, errors: readonly Problem[]): void {
  for (const problem of errors) {
    if (!told.has(problem.where)) draft.report(problem)
    told.add(problem.where)
  }
}

function completeModel(draft: InventoryDraft): Map<string, Group> {
  const nameOf = ({ name }: GroupDraft | HostDraft) => name
  const model = ({ name, children, hosts, settings }: GroupDraft): Group => ({
    name,
    children: Array.from(children, nameOf),
    hosts: Array.from(hosts, nameOf),
    vars: plainVars(settings),
  })
  return new Map(Array.from(draft.groups.values(), group => [group.name, model(group)]))
}

function plainVars(settings: Settings): Vars {
  const vars: Record<string, Value | Secret> = Object.create(null)
  for (const [name, { value }] of settings) vars[name] = value
  return vars
}
