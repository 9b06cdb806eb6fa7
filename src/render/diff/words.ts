import type { Diff } from '../../model/finding.ts'
import type { ChangedStep, Field, FieldChange, NeedName, PlanDiff } from '../../model/plan-diff.ts'
import { count } from '../../model/quantity.ts'
import { listed } from '../step-words.ts'

/** What is compared. */
export interface DiffHeading {
  readonly name: string
  readonly file: string
  readonly before: RevisionName
  readonly after: RevisionName
}

export interface RevisionName {
  /** As the user named it. */
  readonly name: string
  readonly commit?: string
}

/** `v1 (1a2b3c4d5e6f)` */
export function revisionWords({ name, commit }: RevisionName): string {
  const hash = commit?.slice(0, 12)
  return hash === undefined || commit?.startsWith(name) ? name : `${name} (${hash})`
}

/** `2 steps added, 1 removed, 3 changed, 12 as before; 1 host added`. */
export function countWords({ counts, hosts, settings }: PlanDiff): string {
  const { added, removed, changed, same } = counts
  const steps = amounts('step', [
    [added, 'added'],
    [removed, 'removed'],
    [changed, 'changed'],
    [same, 'as before'],
  ])
  const sizes = hosts.changed.reduce((sum, group) => sum + group.hosts.length, 0)
  const machines = amounts('host', [
    [hosts.added.length, 'added'],
    [hosts.removed.length, 'removed'],
    [sizes, 'reached in another way'],
  ])
  const whole = settings.length === 0 ? '' : 'settings of the plan changed'
  return [steps, machines, whole].filter(words => words !== '').join('; ')
}

/** The noun stands once, with the first number. */
function amounts(noun: string, parts: readonly (readonly [n: number, what: string])[]): string {
  const some = parts.filter(([n]) => n > 0)
  return some.map(([n, what], at) => `${at === 0 ? count(n, noun) : n} ${what}`).join(', ')
}

/** `upload`, `upload on all hosts`, `upload if it failed`. */
export function needWords({ step, on, if: how }: NeedName): string {
  const condition = how === 'failed' ? ', if it failed' : how === 'always' ? ', however it ends' : ''
  return `${step}${on === 'all' ? ' on all hosts' : ''}${condition}`
}

/** Why a difference of texts is not shown line by line. */
export function noDiffWords(diff: Diff & { kind: 'none' }): string {
  switch (diff.because) {
    case 'binary':
      return 'changed, and no text'
    case 'unreadable':
      return 'changed, and cannot be read'
    case 'secret':
      return 'changed, and holds secrets'
    case 'size':
    case 'many':
      return 'changed in too much to be shown'
  }
}

/** What is said of a step that only one plan has: without what every step has. */
export function tellingFields(fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ name, text }) => DEFAULTS[name] !== text && name !== 'does')
}

const DEFAULTS: Readonly<Record<string, string>> = { timeout: '3600 s', on_failure: 'block' }

/** What a step does, in a word. */
export function kindOf(fields: readonly Field[]): string {
  return fields.find(({ name }) => name === 'does')?.text ?? 'facts'
}

/** Names of all that changed in a step, each once: `hosts, needs, mode`. */
export function changedNames({ hosts, needs, settings, actions }: ChangedStep): readonly string[] {
  const of = (changes: readonly FieldChange[]) => changes.map(({ name }) => name)
  const names = [
    ...(hosts.added.length + hosts.removed.length > 0 ? ['hosts'] : []),
    ...(needs.added.length + needs.removed.length > 0 ? ['needs'] : []),
    ...of(settings),
    ...actions.flatMap(({ changes }) => of(changes)),
  ]
  return [...new Set(names)]
}

/** At most so many words, and how many there are more. */
export function someOf(words: readonly string[], most: number): string {
  const more = words.length - most
  return more > 0 ? `${words.slice(0, most).join(', ')} and ${more} more` : listed(words)
}

/** Of changes that differ from host to host so many are shown. */
const MOST_GROUPS = 8

/** The first groups of hosts, and what is said of the others; empty where all are shown. */
export function firstGroups<T extends { readonly hosts: readonly string[] }>(
  groups: readonly T[],
): { readonly shown: readonly T[]; readonly more: string } {
  const rest = groups.slice(MOST_GROUPS)
  const hosts = rest.reduce((sum, group) => sum + group.hosts.length, 0)
  const more =
    rest.length === 0 ? '' : `… and ${count(rest.length, 'other change')} on ${count(hosts, 'host')}`
  return { shown: groups.slice(0, MOST_GROUPS), more }
}
