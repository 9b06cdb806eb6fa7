import { execFile } from 'node:child_process'
import { appendFileSync, copyFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { startBlackHole } from '../test/fault/black-hole.ts'
import { median } from './measure.ts'
import { droverCommand, type Rig, withRig } from './rig.ts'
import type { Size } from './size.ts'
import { judged, printTable, seconds } from './table.ts'

export const title = 'sick: when the healthy hosts are done, with and without one that never answers'

const BUDGET = 1.1
const STEPS = 5

export async function run({ hosts, rounds }: Size): Promise<void> {
  const hole = await startBlackHole()
  try {
    await withRig(hosts, async rig => {
      const sick = `${rig.folder}/sick.ini`
      copyFileSync(rig.inventory, sick)
      appendFileSync(sick, `sick ansible_host=${hole.host} ansible_port=${hole.port}\n`)
      const inventories = new Map([
        ['healthy only', rig.inventory],
        ['with a sick one', sick],
      ])
      const ends = await endsInTurns(rig, inventories, rounds)
      const plain = ends.get('healthy only') ?? Number.NaN
      const rows = [...ends].map(([name, end]) => [
        name,
        seconds(end),
        name === 'healthy only' ? '1.00' : judged(end / plain, BUDGET),
      ])
      printTable([[`${hosts} hosts × ${STEPS}`, 'last healthy end', 'ratio'], ...rows])
    })
  } finally {
    await hole.stop()
  }
}

/** When the last healthy node ended, in seconds from the start of the run; medians. */
async function endsInTurns(
  rig: Rig,
  inventories: ReadonlyMap<string, string>,
  rounds: number,
): Promise<ReadonlyMap<string, number>> {
  const ends = new Map<string, number[]>([...inventories.keys()].map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, inventory] of inventories)
      ends.get(name)?.push(await lastHealthyEnd({ ...rig, inventory }))
  }
  return new Map([...ends].map(([name, list]) => [name, median(list)]))
}

async function lastHealthyEnd(rig: Rig): Promise<number> {
  const [file = '', ...args] = droverCommand(rig, Array(STEPS).fill('run: "true"'))
  const started = promisify(execFile)(file, [...args, '--format', 'json'], { maxBuffer: 1 << 30 })
  // With a host that cannot be reached the status is 1.
  const { stdout } = await started.catch((error: { readonly stdout: string }) => error)
  const events = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { event: string; host?: string; time: string })
  const begun = Date.parse(events[0]?.time ?? '')
  const ends = events.filter(({ event, host }) => event === 'node_finished' && host !== 'sick')
  return (Math.max(...ends.map(({ time }) => Date.parse(time))) - begun) / 1000
}
