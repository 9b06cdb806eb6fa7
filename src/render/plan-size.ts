import type { Plan } from '../model/plan.ts'
import { count } from '../model/quantity.ts'

/** How many steps a plan has, as they are numbered, and on how many hosts: what only gathers facts does not count. */
export interface PlanSize {
  readonly steps: number
  readonly hosts: number
}

export function planSize({ steps }: Plan): PlanSize {
  const told = steps.filter(({ hidden, excluded }) => !hidden && excluded === undefined)
  const hosts = new Set<number>()
  for (const { targets } of told) for (const host of targets) hosts.add(host)
  return { steps: told.length, hosts: hosts.size }
}

/** `14 steps on 6 hosts`. */
export function sizeWords({ steps, hosts }: PlanSize): string {
  return `${count(steps, 'step')} on ${count(hosts, 'host')}`
}
