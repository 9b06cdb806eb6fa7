import type { Plan, Rolling } from '../model/plan.ts'
import type { HostCount } from '../model/playbook.ts'
import { count } from '../model/quantity.ts'
import { foldHosts } from './fold-hosts.ts'
import { batchHosts } from './plan-groups.ts'
import { waitWords } from './step-words.ts'

/** `12 hosts in 5 batches`. */
export function rollingSize({ batches, batchOf }: Rolling): string {
  const hosts = batchOf.reduce((sum, batch) => sum + (batch < batches ? 1 : 0), 0)
  return `${count(hosts, 'host')} in ${count(batches, 'batch', 'batches')}`
}

/** `12 hosts in 5 batches, 30 s between them, no further batch once more than 1 host failed`. */
export function rollingWords(rolling: Rolling): string {
  const { tolerated, pauseMs } = rolling
  const pause = pauseMs === 0 ? '' : `, ${waitWords(pauseMs)} between them`
  const failures = tolerated === 0 ? 'a host failed' : `more than ${count(tolerated, 'host')} failed`
  return `${rollingSize(rolling)}${pause}, no further batch once ${failures}`
}

/**
 * The first batches, which are the canaries, each with its hosts; the others only as how many there are.
 * @param most so many are shown
 */
export function batchLines(
  rolling: Rolling,
  plan: Plan,
  most: number,
): { readonly batches: readonly { readonly hosts: string; readonly size: number }[]; readonly more: string } {
  const all = batchHosts(rolling, plan)
  const shown = all.length <= most + 1 ? all : all.slice(0, most)
  const rest = all.slice(shown.length)
  const sizes = [...new Set(rest.map(hosts => hosts.length))]
  const of =
    sizes.length === 1
      ? `of ${count(sizes[0] ?? 0, 'host')} each`
      : `with ${count(
          rest.reduce((sum, hosts) => sum + hosts.length, 0),
          'host',
        )}`
  return {
    batches: shown.map(hosts => ({ hosts: foldHosts(hosts), size: hosts.length })),
    more: rest.length === 0 ? '' : `… and ${rest.length} more batches ${of}`,
  }
}

/** `1 host at a time`, `first 1 host, then 25 %, then 50 % at a time`. */
export function batchSizeWords(batches: readonly HostCount[]): string {
  const sizes = batches.map(({ kind, n }, at) =>
    kind === 'percent' ? `${n} %` : at === 0 ? count(n, 'host') : String(n),
  )
  if (sizes.length === 1) return `${sizes[0]} at a time`
  return `first ${sizes[0]}, ${sizes
    .slice(1)
    .map(size => `then ${size}`)
    .join(', ')} at a time`
}
