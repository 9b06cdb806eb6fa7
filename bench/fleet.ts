import { type Cost, measure, measureInTurns } from './measure.ts'
import { peerCommands } from './peers.ts'
import { bareCommand, droverCommand, type Rig, withRig } from './rig.ts'
import type { Size } from './size.ts'
import { judged, megabytes, printTable, seconds } from './table.ts'

export const title = 'fleet: `true` on many hosts, against the bare ssh2 library and other tools'

const WALL_BUDGET = 1.3
const CPU_BUDGET = 1.5

/** Wall and processor time of drover and its peers, in turns; the peers run once. */
export async function run(size: Size): Promise<void> {
  await withRig(size.hosts, async rig => {
    for (const steps of [1, 10]) await compare(rig, steps, size)
  })
}

async function compare(rig: Rig, steps: number, size: Size): Promise<void> {
  const commands = new Map([
    ['bare ssh2', bareCommand(rig, steps)],
    ['drover', droverCommand(rig, Array(steps).fill('run: "true"'))],
  ])
  const costs = new Map<string, Cost>(await measureInTurns(commands, size.rounds))
  for (const [name, command] of peerCommands(rig, steps, size)) costs.set(name, await measure(command))
  const bare = costs.get('bare ssh2')
  const rows = [...costs].map(([name, cost]) => [
    name,
    seconds(cost.wall),
    seconds(cost.cpu),
    megabytes(cost.memory),
    ...ratios(name, cost, bare ?? cost),
  ])
  const heading = [`${size.hosts} hosts × ${steps}`, 'wall', 'cpu', 'memory', 'wall ratio', 'cpu ratio']
  printTable([heading, ...rows])
  console.log()
}

function ratios(name: string, cost: Cost, bare: Cost): string[] {
  const [wall, cpu] = [cost.wall / bare.wall, cost.cpu / bare.cpu]
  if (name === 'drover') return [judged(wall, WALL_BUDGET), judged(cpu, CPU_BUDGET)]
  return [wall.toFixed(2), cpu.toFixed(2)]
}
