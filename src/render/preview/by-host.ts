import type { Preview } from '../../model/preview.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { cutNames } from '../host-names.ts'
import { type AlikeHosts, alikeHosts, ownGroups } from './alike-hosts.ts'
import { INDENT } from './frame.ts'
import { countStandings, countWords, STANDINGS } from './standing.ts'
import { StepList, type StepListOptions } from './step-list.ts'

/** Hosts first: for each group of those that are alike all of its steps. */
export function hostSections(preview: Preview, options: StepListOptions): string[] {
  const groups = alikeHosts(preview, options)
  const shown = groups.length <= options.ways + 1 ? groups : foremost(groups, options.ways)
  const lines = shown.flatMap(group => [...section(preview, group, options), ''])
  const isShown = new Set(shown)
  const rest = groups.filter(group => !isShown.has(group))
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
  const steps = new StepList(preview, { ...options, ...inner }, step =>
    ownGroups(preview, step, group),
  ).lines()
  return [
    ...frame.hosts(escapeText(cut), `${size}${words}`, 0, 0, 'bold'),
    ...steps.map(line => `${INDENT}${line}`.trimEnd()),
  ]
}

/** Those with the most trouble, then the largest; in their order. */
function foremost(all: readonly AlikeHosts[], most: number): AlikeHosts[] {
  const rank = ({ groups }: AlikeHosts) =>
    Math.min(...[...groups.values()].map(({ standing }) => STANDINGS.indexOf(standing)))
  const byRank = all.map(alike => ({ alike, rank: rank(alike) })).toSorted((a, b) => a.rank - b.rank)
  const kept = new Set([...new Set([...all.slice(0, 1), ...byRank.map(({ alike }) => alike)])].slice(0, most))
  return all.filter(alike => kept.has(alike))
}

function wordsOf(all: readonly AlikeHosts[]): string {
  const nodes = all.flatMap(({ hosts, groups }) =>
    [...groups.values()].map(({ standing }) => ({ standing, hosts })),
  )
  return countWords(countStandings(nodes))
}
