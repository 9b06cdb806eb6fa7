import type { Preview } from '../../model/preview.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { cutNames } from '../host-names.ts'
import { INDENT } from './frame.ts'
import { countStandings, countWords, STANDINGS, type Standing } from './standing.ts'
import { StepList, type StepListOptions } from './step-list.ts'
import { foldVerdicts, type Telling } from './verdict-groups.ts'

/** Hosts of which the whole preview is the same. */
export interface AlikeHosts {
  /** Indexes, ascending. */
  readonly hosts: readonly number[]
  /** What there is of it, on each of the hosts. */
  readonly standings: readonly Standing[]
}

/** Groups hosts by all that there is to tell of them, the most common first. */
export function alikeHosts(preview: Preview, telling: Telling): AlikeHosts[] {
  const keys = new Map<number, string>()
  const standings = new Map<number, Standing[]>()
  for (const index of preview.plan.order) {
    const step = preview.plan.steps[index]
    if (step === undefined || step.hidden || step.excluded !== undefined) continue
    for (const [at, { hosts, standing }] of foldVerdicts(preview, step, telling).entries())
      for (const host of hosts) {
        keys.set(host, `${keys.get(host) ?? ''}${index}:${at} `)
        const own = standings.get(host)
        if (own === undefined) standings.set(host, [standing])
        else own.push(standing)
      }
  }
  const hosts = [...keys.keys()].toSorted((a, b) => a - b)
  return [...Map.groupBy(hosts, host => keys.get(host)).values()]
    .map(alike => ({ hosts: alike, standings: standings.get(alike[0] as number) ?? [] }))
    .toSorted((a, b) => b.hosts.length - a.hosts.length)
}

/** Hosts first: for each group of those that are alike all of its steps. */
export function hostSections(preview: Preview, options: StepListOptions): string[] {
  const groups = alikeHosts(preview, options)
  const shown = groups.length <= options.ways + 1 ? groups : foremost(groups, options.ways)
  const lines = shown.flatMap(group => [...section(preview, group, options), ''])
  const rest = groups.filter(group => !shown.includes(group))
  if (rest.length === 0) return lines.slice(0, -1)
  const hosts = rest.reduce((sum, group) => sum + group.hosts.length, 0)
  const words = `… and ${count(rest.length, 'other way')} on ${count(hosts, 'host')}: ${wordsOf(rest)} (-v shows them)`
  return [...lines, options.frame.paint('dim', words)]
}

function section(preview: Preview, group: AlikeHosts, options: StepListOptions): string[] {
  const { frame, plan } = options
  const names = frame.fold(group.hosts.map(host => plan.hosts[host]?.name ?? ''))
  const cut = options.verbose ? names : cutNames(names, options.width * 3)
  const size = group.hosts.length > 1 ? ` (${group.hosts.length})` : ''
  const each = group.hosts.length > 1 ? ' each' : ''
  const words = `: ${wordsOf([{ ...group, hosts: group.hosts.slice(0, 1) }])}${each}`
  const inner = { frame: frame.narrowed(INDENT.length), width: options.width - INDENT.length, named: false }
  const steps = new StepList(preview, { ...options, ...inner }, group.hosts).lines()
  return [
    ...frame.hosts(escapeText(cut), `${size}${words}`, 0, 0, 'bold'),
    ...steps.map(line => `${INDENT}${line}`.trimEnd()),
  ]
}

/** Those with the most trouble, then the largest; in their order. */
function foremost(groups: readonly AlikeHosts[], most: number): AlikeHosts[] {
  const rank = ({ standings }: AlikeHosts) => STANDINGS.findIndex(standing => standings.includes(standing))
  const byRank = groups.toSorted((a, b) => rank(a) - rank(b))
  const kept = new Set([...new Set([...groups.slice(0, 1), ...byRank])].slice(0, most))
  return groups.filter(group => kept.has(group))
}

function wordsOf(groups: readonly AlikeHosts[]): string {
  return countWords(
    countStandings(
      groups.flatMap(({ hosts, standings }) => standings.map(standing => ({ standing, hosts }))),
    ),
  )
}
