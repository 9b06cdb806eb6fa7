import { measureInTurns } from './measure.ts'
import { droverCommand, withRig } from './rig.ts'
import type { Size } from './size.ts'
import { judged, printTable, seconds } from './table.ts'

export const title = 'journal: a run that is recorded, against one that is not'

const WALL_BUDGET = 1.1
const STEPS = 10

export async function run({ hosts, rounds }: Size): Promise<void> {
  await withRig(hosts, async rig => {
    const command = droverCommand(rig, Array(STEPS).fill('run: "true"'))
    const commands = new Map([
      ['without', [...command, '--no-journal']],
      ['with', command],
    ])
    const costs = await measureInTurns(commands, rounds)
    const plain = costs.get('without')
    const rows = [...costs].map(([name, cost]) => {
      const wall = cost.wall / (plain ?? cost).wall
      const cpu = cost.cpu / (plain ?? cost).cpu
      const isWith = name === 'with'
      return [
        name,
        seconds(cost.wall),
        seconds(cost.cpu),
        isWith ? judged(wall, WALL_BUDGET) : '1.00',
        cpu.toFixed(2),
      ]
    })
    printTable([[`${hosts} hosts × ${STEPS}`, 'wall', 'cpu', 'wall ratio', 'cpu ratio'], ...rows])
  })
}
