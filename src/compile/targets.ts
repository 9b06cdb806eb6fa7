import type { Host, Inventory } from '../model/host.ts'
import { LIMITS } from '../model/limits.ts'
import type { Playbook, PlaybookFile, Step, Text } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Hosts } from './lower/block.ts'
import { NO_HOSTS } from './lower/host-sets.ts'

/**
 * Resolves a host pattern, `text` being where it is written (absent for `--limit`). Hosts come in inventory order,
 * each once.
 */
export type ResolveHosts = (pattern: string, text: Text | undefined) => readonly Host[] | readonly Problem[]

export interface Targets {
  /** All hosts that any step runs on, in inventory order. */
  readonly hosts: readonly Host[]
  /** The hosts of a pattern that some step has, as indexes into `hosts`, ascending; the same list for the same pattern. */
  readonly hostsOf: (pattern: Text | undefined) => Hosts
  readonly problems: readonly Problem[]
}

/** Works out the hosts of every pattern that steps have, `--limit` applied. */
export function findTargets(
  playbook: Playbook,
  inventory: Inventory,
  resolve: ResolveHosts,
  limit: string | undefined,
): Targets {
  const problems: Problem[] = []
  const patterns = new Patterns(resolve, limit, problems)
  const withoutHosts: Step[] = []
  const acting = patternsOf(playbook)
  for (const { step, pattern } of acting) {
    if (pattern === undefined) withoutHosts.push(step)
    else patterns.add(pattern)
  }
  problems.push(...noPattern(withoutHosts))
  const union = new Set([...patterns.found].flatMap(hosts => [...hosts]))
  const hosts = [...inventory.hosts.values()].filter(host => union.has(host))
  problems.push(...unusableHosts(hosts))
  if (problems.length === 0 && acting.length > 0 && hosts.length === 0) problems.push(nothingLeft(limit))
  return { hosts, hostsOf: patterns.indexed(hosts), problems }
}

/** So many hosts are named in a hint. */
const MOST_NAMED = 3

/** Why hosts can be no targets, each reason once, with whom it is about and how to go without, unless it is all of them. */
function unusableHosts(hosts: readonly Host[]): readonly Problem[] {
  return [...Map.groupBy(hosts, ({ unusable }) => unusable)].flatMap(([problem, concerned]) => {
    if (problem === undefined) return []
    const names = concerned.map(({ name }) => name)
    if (names.length === hosts.length) return problem
    const more = names.length - MOST_NAMED
    const whom =
      more > 0
        ? `this is about ${names.slice(0, MOST_NAMED).join(', ')} and ${more} more`
        : `this is about ${names.join(', ')}: -l '${names.map(name => `!${name}`).join(',')}' goes without`
    return { ...problem, hint: problem.hint === undefined ? whom : `${problem.hint}; ${whom}` }
  })
}

/**
 * The pattern of every step that does something: the nearest one around it (DESIGN: groups, includes, defaults). A step
 * of a used file stands under the `use` of the playbook's own that leads to it.
 */
function patternsOf(playbook: Playbook): { readonly step: Step; readonly pattern: Text | undefined }[] {
  const found: { step: Step; pattern: Text | undefined }[] = []
  const visitFile = (file: PlaybookFile, around: Text | undefined, user: Step | undefined): void => {
    for (const step of file.steps) visit(step, file.defaults.hosts ?? around, user)
  }
  const visit = (step: Step, around: Text | undefined, user: Step | undefined): void => {
    if (found.length > LIMITS.stepsPerPlaybook) return
    const pattern = step.hosts ?? around
    const { spec } = step
    if (spec.kind === 'group') for (const member of spec.steps) visit(member, pattern, user)
    else if (spec.kind !== 'use') found.push({ step: user ?? step, pattern })
    else if (spec.file !== undefined) visitFile(spec.file, pattern, user ?? step)
  }
  visitFile(playbook, playbook.hosts, undefined)
  return found
}

/** Resolves each pattern once, however many steps use it. */
class Patterns {
  readonly #resolve: ResolveHosts
  readonly #problems: Problem[]
  readonly #limit: ReadonlySet<Host> | undefined
  readonly #known = new Map<string, ReadonlySet<Host> | undefined>()

  constructor(resolve: ResolveHosts, limit: string | undefined, problems: Problem[]) {
    this.#resolve = resolve
    this.#problems = problems
    this.#limit = limit === undefined ? undefined : this.#lookUp(limit, undefined)
  }

  add(text: Text): void {
    if (this.#known.has(text.value)) return
    const all = this.#lookUp(text.value, text)
    const limit = this.#limit
    this.#known.set(text.value, limit === undefined ? all : narrowed(all, limit))
  }

  get found(): readonly ReadonlySet<Host>[] {
    return [...this.#known.values()].filter(hosts => hosts !== undefined)
  }

  indexed(hosts: readonly Host[]): Targets['hostsOf'] {
    const indexes = new Map(hosts.map((host, index) => [host, index]))
    const lists = new Map(
      [...this.#known].map(([pattern, set]) => {
        const list = Uint32Array.from([...(set ?? [])], host => indexes.get(host) ?? 0).sort()
        return [pattern, list] as const
      }),
    )
    return pattern => (pattern === undefined ? NO_HOSTS : (lists.get(pattern.value) ?? NO_HOSTS))
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

/** One problem for all steps that have no hosts: most often the playbook's own are missing. */
function noPattern(steps: readonly Step[]): Problem[] {
  const [first, ...others] = new Set(steps)
  if (first === undefined) return []
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  const message = `the step "${first.id}"${more} ${more === '' ? 'has' : 'have'} no hosts`
  const hint = 'give hosts: to the step or to the playbook'
  return [{ code: 'targets_empty', severity: 'error', message, where: first.where, hint }]
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
