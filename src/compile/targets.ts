import type { Host, Inventory } from '../model/host.ts'
import type { Playbook, Step, Text } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'

/**
 * Resolves a host pattern, `text` being where it is written (absent for `--limit`). Hosts come in inventory order,
 * each once.
 */
export type ResolveHosts = (pattern: string, text: Text | undefined) => readonly Host[] | readonly Problem[]

export interface Targets {
  /** All hosts that any step runs on, in inventory order. */
  readonly hosts: readonly Host[]
  /** For each step of the playbook, indexes into `hosts`, ascending; steps with the same hosts share an array. */
  readonly ofStep: readonly Uint32Array[]
  readonly problems: readonly Problem[]
}

/** Works out which hosts every step runs on, `--limit` and `once` applied. */
export function findTargets(
  playbook: Playbook,
  inventory: Inventory,
  resolve: ResolveHosts,
  limit: string | undefined,
): Targets {
  const problems: Problem[] = []
  const patterns = new Patterns(resolve, limit, problems)
  const chosen = playbook.steps.map(step => patterns.hostsOf(step, playbook))
  problems.push(...patterns.withoutHosts)
  const union = new Set(
    chosen.flatMap(hosts => (hosts === undefined ? [] : [hosts])).flatMap(hosts => [...hosts]),
  )
  const hosts = [...inventory.hosts.values()].filter(host => union.has(host))
  const indexes = new Map(hosts.map((host, index) => [host, index]))
  const shared = new Map<ReadonlySet<Host>, Uint32Array>()
  const ofStep = chosen.map((set, at) => {
    const all = set === undefined ? new Uint32Array() : indexesOf(set, indexes, shared)
    return playbook.steps[at]?.once ? all.slice(0, 1) : all
  })
  for (const host of hosts) if (host.unusable !== undefined) problems.push(host.unusable)
  if (problems.length === 0 && hosts.length === 0) problems.push(nothingLeft(limit))
  return { hosts, ofStep, problems }
}

function indexesOf(
  set: ReadonlySet<Host>,
  indexes: ReadonlyMap<Host, number>,
  shared: Map<ReadonlySet<Host>, Uint32Array>,
): Uint32Array {
  const known = shared.get(set)
  if (known !== undefined) return known
  const made = Uint32Array.from([...set], host => indexes.get(host) ?? 0).sort()
  shared.set(set, made)
  return made
}

/** Resolves each pattern once, however many steps use it. */
class Patterns {
  readonly #resolve: ResolveHosts
  readonly #problems: Problem[]
  readonly #limit: ReadonlySet<Host> | undefined
  readonly #known = new Map<string, ReadonlySet<Host> | undefined>()
  readonly #withoutHosts: Step[] = []

  constructor(resolve: ResolveHosts, limit: string | undefined, problems: Problem[]) {
    this.#resolve = resolve
    this.#problems = problems
    this.#limit = limit === undefined ? undefined : this.#lookUp(limit, undefined)
  }

  hostsOf(step: Step, playbook: Playbook): ReadonlySet<Host> | undefined {
    const text = step.hosts ?? playbook.defaults.hosts ?? playbook.hosts
    if (text === undefined) {
      this.#withoutHosts.push(step)
      return undefined
    }
    if (!this.#known.has(text.value)) {
      const all = this.#lookUp(text.value, text)
      const limit = this.#limit
      this.#known.set(text.value, limit === undefined ? all : narrowed(all, limit))
    }
    return this.#known.get(text.value)
  }

  /** One problem for all steps that have no hosts: most often the playbook's own are missing. */
  get withoutHosts(): Problem[] {
    const [first, ...others] = this.#withoutHosts
    if (first === undefined) return []
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    const message = `the step "${first.id}"${more} ${more === '' ? 'has' : 'have'} no hosts`
    const hint = 'give hosts: to the step or to the playbook'
    return [{ code: 'targets_empty', severity: 'error', message, where: first.where, hint }]
  }

  #lookUp(pattern: string, text: Text | undefined): ReadonlySet<Host> | undefined {
    if (text?.value.includes('${{')) {
      this.#problems.push(computed(text))
      return undefined
    }
    const found = this.#resolve(pattern, text)
    if (!isHosts(found)) {
      this.#problems.push(...found)
      return undefined
    }
    if (found.length === 0) this.#problems.push(noHosts(pattern, text))
    return new Set(found)
  }
}

function narrowed(
  hosts: ReadonlySet<Host> | undefined,
  limit: ReadonlySet<Host>,
): ReadonlySet<Host> | undefined {
  return hosts === undefined ? undefined : new Set([...hosts].filter(host => limit.has(host)))
}

function isHosts(found: readonly Host[] | readonly Problem[]): found is readonly Host[] {
  const [first] = found
  return first === undefined || 'connection' in first
}

function computed(text: Text): Problem {
  return {
    code: 'pattern_syntax',
    severity: 'error',
    message: 'a host pattern cannot hold expressions: the hosts must be known before variables are',
    where: text.at(text.value.indexOf('${{'), 3),
    hint: 'name a group, and narrow it with --limit',
  }
}

function noHosts(pattern: string, text: Text | undefined): Problem {
  return {
    code: 'targets_empty',
    severity: 'error',
    message: `${text === undefined ? '--limit' : 'the pattern'} "${pattern}" leaves no host`,
    ...(text === undefined ? {} : { where: text.where }),
  }
}

function nothingLeft(limit: string | undefined): Problem {
  const message =
    limit === undefined ? 'there is no host to run on' : `--limit "${limit}" leaves no host of this playbook`
  return { code: 'targets_empty', severity: 'error', message }
}
