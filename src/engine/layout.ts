import type { Edge, Plan } from '../model/plan.ts'
import { IDLE, PASSAGE } from './node-byte.ts'

/** The bytes of all nodes before a run, and how many needs each has; one more for a passage. */
export function layOut(
  { hosts, steps }: Plan,
  needs: readonly (readonly Edge[])[],
): { readonly node: Uint8Array; readonly pending: Uint16Array } {
  const node = new Uint8Array(steps.length * hosts.length).fill(PASSAGE)
  const pending = new Uint16Array(steps.length * hosts.length)
  for (const { index, targets, idle = new Uint32Array() } of steps) {
    const first = index * hosts.length
    const count = needs[index]!.length
    pending.fill(count + 1, first, first + hosts.length)
    for (const host of targets) {
      node[first + host] = 0
      pending[first + host] = count
    }
    for (const host of idle) {
      node[first + host] = IDLE
      pending[first + host] = count
    }
  }
  return { node, pending }
}
