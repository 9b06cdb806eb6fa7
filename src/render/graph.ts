import type { NeedIf, StepSpec } from '../model/playbook.ts'
import { count } from '../model/quantity.ts'
import { foldHosts } from './fold-hosts.ts'
import { type PlanSize, sizeWords } from './plan-size.ts'

/** The order of a playbook's steps, ready to be drawn. Without an inventory hosts are patterns. */
export interface Graph {
  readonly name: string
  readonly file: string
  /** Of the plan, where a loop has a step for each item; absent without an inventory. */
  readonly size?: PlanSize
  /** In source order. A loop is one step. */
  readonly steps: readonly GraphStep[]
  /** Step indexes in a topological order. */
  readonly order: readonly number[]
  /** Each after the one that it is in. */
  readonly groups: readonly GraphGroup[]
}

export interface GraphGroup {
  readonly kind: 'group' | 'use'
  readonly id: string
  readonly title: string
  /** Index of the group that it is in. */
  readonly parent?: number
  /** How it runs batch by batch, in words: `12 hosts in 5 batches`. */
  readonly rolling?: string
}

export interface GraphStep {
  readonly id: string
  readonly title: string
  readonly kind: StepSpec['kind']
  /** Index of the group that it is in. */
  readonly group?: number
  readonly hosts: GraphHosts
  readonly needs: readonly GraphNeed[]
  readonly once: boolean
  readonly throttle?: number
  /** Of a loop: how many items, where that is known. */
  readonly loop?: { readonly items?: number }
  /** Made by drover itself, to gather facts. */
  readonly hidden: boolean
  /** Which option left it without hosts. */
  readonly excluded?: 'limit' | 'tags' | 'step'
}

export type GraphHosts =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'pattern'; readonly text: string }

/** `all`: every host of the needed step must be through. */
export interface GraphNeed {
  readonly step: number
  readonly on: 'host' | 'all'
  readonly if: NeedIf
}

/** `Deploy the web tier: 9 steps on 6 hosts`. */
export function graphTitle({ name, steps, size }: Graph): string {
  return `${name}: ${size === undefined ? count(steps.length, 'step') : sizeWords(size)}`
}

/** Left out by `--limit` and the like. */
export function isExcluded({ hosts }: GraphStep): boolean {
  return hosts.kind === 'names' && hosts.names.length === 0
}

export function hostsText(step: GraphStep): string {
  const { hosts, excluded } = step
  if (hosts.kind === 'pattern') return hosts.text
  if (hosts.names.length > 0) return foldHosts(hosts.names)
  return excluded === 'tags' || excluded === 'step'
    ? `left out by ${excluded === 'tags' ? '--tags or --skip-tags' : '--step'}`
    : 'left out: no host of it is left'
}

/** What it does in a word or two: `run`, `facts`, `run × 3`, `group, each item`. */
export function kindText({ kind, hidden, loop }: GraphStep): string {
  const word = hidden ? 'facts' : kind
  if (loop === undefined) return word
  return loop.items === undefined ? `${word} × items` : `${word} × ${loop.items}`
}

/** What an edge says beside its line; empty for an ordinary one. */
export function needText({ on, if: how }: GraphNeed): string {
  const words = [
    ...(on === 'all' ? ['all hosts'] : []),
    ...(how === 'failed' ? ['if it failed'] : []),
    ...(how === 'always' ? ['however it ends'] : []),
  ]
  return words.join(', ')
}

/** `group roll: 12 hosts in 5 batches`. */
export function groupText({ kind, id, title, rolling }: GraphGroup): string {
  const name = title === id ? `${kind} ${id}` : `${kind} ${id}  ${title}`
  return rolling === undefined ? name : `${name}: ${rolling}`
}
