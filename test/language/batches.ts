import type { HostName } from './model.ts'
import type { Unit } from './unfolded.ts'

/** The batch of a host in a rolling group, from 0. */
export function batchOf(rolling: Unit, members: readonly Unit[], host: HostName): number {
  const { batch } = rolling.step.rolling ?? { batch: [] }
  const all = rollingHosts(members)
  let left = all.indexOf(host)
  for (let at = 0; ; at += 1) {
    const size = batch[Math.min(at, batch.length - 1)] ?? 1
    left -= Math.max(1, countOf(size, all.length))
    if (left < 0) return at
  }
}

function countOf(size: number | `${number}%`, all: number): number {
  return typeof size === 'number' ? size : Math.floor((Number.parseInt(size, 10) * all) / 100)
}

function rollingHosts(members: readonly Unit[]): readonly HostName[] {
  return [...new Set(members.flatMap(({ hosts }) => [...hosts]))].toSorted()
}
