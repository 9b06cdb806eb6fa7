import { count } from '../../model/quantity.ts'
import { formatElapsed } from '../duration.ts'
import { hostNames } from '../host-names.ts'
import type { RunLabels } from './labels.ts'
import { shortId } from './short-id.ts'
import type { Waited } from './waiting.ts'

const STEP_WIDTH = 24

/** So many steps are named in one line. */
const MOST_STEPS = 3

/**
 * `waiting for db3 (migrate): 94 s without output`, `waiting for 12 hosts: web[01-12] (restart): up to 94 s without
 * output`, `connecting to web3 for 8 s`: a line for those that are connected, and one for the others.
 *
 * @param columns for the names of a step's hosts
 */
export function waitingLines(
  waits: readonly Waited[],
  labels: RunLabels,
  now: number,
  columns: number,
): string[] {
  const connecting = waits.filter(({ kind }) => kind === 'connecting')
  const running = waits.filter(({ kind }) => kind !== 'connecting')
  return [
    ...(connecting.length > 0 ? [connectingLine(connecting, labels, now, columns)] : []),
    ...(running.length > 0 ? [runningLine(running, labels, now, columns)] : []),
  ]
}

/** For the row of one host: `94 s without output`, `connecting for 8 s`. */
export function waitingWords({ kind, since }: Waited, now: number): string {
  const time = waitedTime(now - since)
  if (kind === 'connecting') return `connecting for ${time}`
  return kind === 'copy' ? `${time} so far` : `${time} without output`
}

/** `94 s`, and from two minutes on `3m07s`. */
export function waitedTime(ms: number): string {
  return ms < 120_000 ? `${Math.floor(Math.max(0, ms) / 1000)} s` : formatElapsed(ms)
}

function connectingLine(waits: readonly Waited[], labels: RunLabels, now: number, columns: number): string {
  const hosts = hostsOf(waits)
  const time = waitedTime(longest(waits, now))
  const names = hostNames(hosts, labels, columns)
  return hosts.length === 1
    ? `connecting to ${names} for ${time}`
    : `connecting to ${count(hosts.length, 'host')} for up to ${time}: ${names}`
}

function runningLine(waits: readonly Waited[], labels: RunLabels, now: number, columns: number): string {
  const time = waitedTime(longest(waits, now))
  const ending = waits.some(({ kind }) => kind === 'silent') ? 'without output' : 'so far'
  const upTo = waits.length === 1 ? '' : 'up to '
  const steps = [...Map.groupBy(waits, ({ step }) => step)]
  const named = steps
    .slice(0, MOST_STEPS)
    .map(
      ([step, of]) =>
        `${hostNames(hostsOf(of), labels, columns)} (${shortId(labels.step(step), STEP_WIDTH)})`,
    )
  const more = steps.length > MOST_STEPS ? ` and ${count(steps.length - MOST_STEPS, 'more step')}` : ''
  const hosts = hostsOf(waits).length
  const total = hosts === 1 ? '' : `${count(hosts, 'host')}: `
  return `waiting for ${total}${named.join(', ')}${more}: ${upTo}${time} ${ending}`
}

function hostsOf(waits: readonly Waited[]): number[] {
  return [...new Set(waits.map(({ host }) => host))].toSorted((a, b) => a - b)
}

function longest(waits: readonly Waited[], now: number): number {
  return Math.max(...waits.map(({ since }) => now - since))
}
