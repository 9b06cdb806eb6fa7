import type { StepSpec } from '../model/playbook.ts'
import { count } from '../model/quantity.ts'

/** The order of a playbook's steps, ready to be drawn. Without an inventory hosts are patterns. */
export interface Graph {
  readonly name: string
  readonly file: string
  /** How many hosts take part; absent without an inventory. */
  readonly hostCount?: number
  /** In source order. */
  readonly steps: readonly GraphStep[]
  /** Step indexes in a topological order. */
  readonly order: readonly number[]
}

export interface GraphStep {
  readonly id: string
  readonly title: string
  readonly kind: StepSpec['kind']
  readonly hosts: GraphHosts
  readonly needs: readonly GraphNeed[]
  readonly once: boolean
  readonly throttle?: number
}

export type GraphHosts =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'pattern'; readonly text: string }

/** `all`: every host of the needed step must be through. */
export interface GraphNeed {
  readonly step: number
  readonly on: 'host' | 'all'
}

/** `Deploy the web tier: 9 steps on 6 hosts`. */
export function graphTitle({ name, steps, hostCount }: Graph): string {
  const hosts = hostCount === undefined ? '' : ` on ${count(hostCount, 'host')}`
  return `${name}: ${count(steps.length, 'step')}${hosts}`
}

/** Left out by `--limit` and the like. */
export function isExcluded({ hosts }: GraphStep): boolean {
  return hosts.kind === 'names' && hosts.names.length === 0
}
