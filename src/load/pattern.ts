import { isAbsolute, resolve } from 'node:path'
import { didYouMean } from '../model/did-you-mean.ts'
import type { Host, Inventory } from '../model/host.ts'
import type { Text } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import { hostsOfGroup } from './inventory/group-hosts.ts'
import { hostPattern } from './inventory/host-range.ts'
import { isGlob, nameGlob } from './pattern/name-glob.ts'
import { namesMatching } from './pattern/name-regex.ts'
import { type PatternFault, type PatternTerm, patternTerms, syntax } from './pattern/terms.ts'
import { readText } from './read-text.ts'

/**
 * The hosts that a pattern picks, each once, in Ansible's order; or what is wrong with it. A name, glob or
 * expression that matches nothing is an error; the whole may still leave no host (`web:!web`), and so may a group
 * that is empty (https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html).
 * @param text where the pattern stands in a playbook, so that problems point there
 * @param cwd what `@file` is relative to
 */
export function resolvePattern(
  pattern: string,
  inventory: Inventory,
  text?: Text,
  cwd = '.',
): readonly Host[] | readonly Problem[] {
  const { names, faults } = new PatternMatcher(inventory, cwd).match(pattern, false)
  if (faults.length > 0) return faults.map(fault => problemOf(fault, pattern, text))
  return names.flatMap(name => inventory.hosts.get(name) ?? [])
}

const NOBODY: Inventory = { hosts: new Map(), groups: new Map(), sources: [], warnings: [] }

/**
 * What is wrong with a pattern of a playbook whatever the inventory. Files that it names are not looked at; an empty
 * one is the schema's to tell.
 */
export function patternProblems(pattern: string, text: Text | undefined): readonly Problem[] {
  if (pattern === '') return []
  const terms = patternTerms(pattern)
  if ('code' in terms) return [problemOf(terms, pattern, text)]
  if (terms.some(term => term.text.startsWith('@'))) return []
  const found = resolvePattern(pattern, NOBODY, text)
  return found.flatMap(problem => ('code' in problem && problem.code === 'pattern_syntax' ? [problem] : []))
}

function problemOf(fault: PatternFault, pattern: string, text: Text | undefined): Problem {
  const { code, message, offset, length, hint } = fault
  const where = text?.at(offset, length) ?? {
    file: 'pattern',
    line: 1,
    col: offset + 1,
    length,
    source: pattern,
  }
  return { code, severity: 'error', message, where, ...(hint === undefined ? {} : { hint }) }
}

interface Matched {
  readonly names: readonly string[]
  readonly faults: readonly PatternFault[]
}

const NOTHING: readonly string[] = []

class PatternMatcher {
  readonly #inventory: Inventory
  readonly #cwd: string
  readonly #ofGroup = new Map<string, readonly string[]>()

  constructor(inventory: Inventory, cwd: string) {
    this.#inventory = inventory
    this.#cwd = cwd
  }

  /** First what adds, then what keeps, then what drops; where nothing adds, all hosts are there to begin with. */
  match(pattern: string, inFile: boolean): Matched {
    if (this.#inventory.hosts.has(pattern)) return { names: [pattern], faults: [] }
    const terms = patternTerms(pattern)
    if ('code' in terms) return { names: NOTHING, faults: [terms] }
    const faults: PatternFault[] = []
    const matched = terms.map(term => {
      const names = this.#term(term, inFile)
      if (!('code' in names)) return { mode: term.mode, names: new Set(names) }
      faults.push(names)
      return { mode: term.mode, names: new Set<string>() }
    })
    const adding = matched.filter(({ mode }) => mode === 'add')
    const start = adding.length === 0 ? this.#group('all') : adding.flatMap(({ names }) => [...names])
    const stays = (name: string) =>
      matched.every(({ mode, names }) => mode === 'add' || names.has(name) === (mode === 'keep'))
    return { names: [...new Set(start)].filter(stays), faults }
  }

  #term(term: PatternTerm, inFile: boolean): readonly string[] | PatternFault {
    const { text, offset } = term
    if (text.startsWith('@')) return this.#file(term, inFile)
    if (text.startsWith('~')) return this.#regex(term)
    if (this.#inventory.hosts.has(text)) return [text]
    const sliced = /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(text)
    const [, base = text, index, from, to] = sliced ?? []
    const names = this.#named(base)
    if (names !== undefined) return sliced === null ? names : slice(names, term, { index, from, to })
    const range = text.includes('[') ? hostPattern(text) : undefined
    if (
      range !== undefined &&
      !('code' in range) &&
      range.names.every(name => this.#inventory.hosts.has(name))
    ) {
      return range.names
    }
    return { code: 'pattern_unknown', ...this.#unknown(base), offset, length: text.length }
  }

  /** Hosts of the groups of that name or glob, and, for a glob, hosts too; undefined where nothing matches. */
  #named(text: string): readonly string[] | undefined {
    const { groups, hosts } = this.#inventory
    if (!isGlob(text)) {
      if (groups.has(text)) return this.#group(text)
      return hosts.has(text) ? [text] : undefined
    }
    const matches = nameGlob(text)
    const ofGroups = [...groups.keys()].filter(matches)
    const found = new Set(ofGroups.flatMap(name => this.#group(name)))
    for (const name of hosts.keys()) if (matches(name)) found.add(name)
    return found.size > 0 || ofGroups.length > 0 ? [...found] : undefined
  }

  #regex({ text, offset }: PatternTerm): readonly string[] | PatternFault {
    const { groups, hosts } = this.#inventory
    const matches = namesMatching(text.slice(1), [...groups.keys(), ...hosts.keys()])
    if (matches.kind !== 'found') return syntax(matches.message, offset, text.length)
    const ofGroups = [...groups.keys()].filter(name => matches.names.has(name))
    const ofHosts = [...hosts.keys()].filter(name => matches.names.has(name))
    if (ofGroups.length + ofHosts.length > 0) {
      return [...new Set([...ofGroups.flatMap(name => this.#group(name)), ...ofHosts])]
    }
    const message = 'no host or group matches this regular expression'
    return { code: 'pattern_unknown', message, offset, length: text.length }
  }

  /** `@file`: one pattern a line; empty lines and those that start with `#` are passed over. */
  #file({ text, offset }: PatternTerm, inFile: boolean): readonly string[] | PatternFault {
    if (inFile) return syntax('a file of patterns cannot name another one', offset, text.length)
    const name = text.slice(1)
    const read = readText(isAbsolute(name) ? name : resolve(this.#cwd, name), { shownAs: name })
    if (read.kind === 'unreadable') return syntax(read.problem.message, offset, text.length)
    const lines = read.text.split(/\r\n|[\r\n]/).map(line => line.trim())
    const patterns = lines.filter(line => line !== '' && !line.startsWith('#'))
    if (patterns.length === 0) return syntax(`${name} names no host`, offset, text.length)
    const { names, faults } = this.match(patterns.join(','), true)
    const [fault] = faults
    return fault === undefined
      ? names
      : { ...fault, message: `in ${name}: ${fault.message}`, offset, length: text.length }
  }

  #group(name: string): readonly string[] {
    const known = this.#ofGroup.get(name)
    if (known !== undefined) return known
    const names = hostsOfGroup(this.#inventory, name)
    this.#ofGroup.set(name, names)
    return names
  }

  /** Where a name was looked for, and what to write for a host that no inventory has. */
  #elsewhere(text: string): string | undefined {
    const { sources } = this.#inventory
    if (sources.length === 0 || !/^[\w.-]+$/.test(text)) return undefined
    return `looked for in ${sources.join(', ')}; -i '${text},' names a host that stands in no inventory`
  }

  #unknown(text: string): Pick<PatternFault, 'message' | 'hint'> {
    const { groups, hosts } = this.#inventory
    if (isGlob(text)) return { message: `no host or group matches "${text}"` }
    const message = `there is no host or group "${text}"`
    if (text === 'localhost')
      return { message, hint: 'add "localhost ansible_connection=local" to the inventory' }
    return { message, hint: didYouMean(text, [...groups.keys(), ...hosts.keys()]) ?? this.#elsewhere(text) }
  }
}

interface Bounds {
  readonly index: string | undefined
  readonly from: string | undefined
  readonly to: string | undefined
}

/** `[2]`, `[-1]`, `[1:3]` and `[1:]`, counted from 0, both ends included. */
function slice(
  names: readonly string[],
  term: PatternTerm,
  { index, from, to }: Bounds,
): readonly string[] | PatternFault {
  const { text, offset } = term
  const first = Number(index ?? from)
  const last = index !== undefined ? first : to === undefined || to === '' ? names.length - 1 : Number(to)
  if (index === undefined && to !== '' && last < first) {
    return syntax(
      `the slice ends before it starts`,
      offset,
      text.length,
      'both ends are included: [0:2] is three hosts',
    )
  }
  const found = names.slice(first, last === -1 ? undefined : last + 1)
  if (found.length > 0) return found
  const message = `"${text}" is beyond the end: there ${names.length === 1 ? 'is 1 host' : `are ${names.length} hosts`}`
  return { code: 'pattern_unknown', message, offset, length: text.length }
}
