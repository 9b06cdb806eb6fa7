import { measure } from './measure.ts'
import { droverCommand, withRig } from './rig.ts'
import type { Size } from './size.ts'
import { judged, printTable, seconds } from './table.ts'

export const title = 'crowd: many hosts connected at the same time'

const MEMORY_BUDGET_MB = 400

/** The second step is a barrier: no connection can end before all hosts have been connected. */
const STEPS = ['{ id: all_in, run: "true" }', '{ run: "true", needs: [{ step: all_in, on: all }] }']

/** Memory of all drover's processes together. */
export async function run({ crowd }: Size): Promise<void> {
  await withRig(crowd, async rig => {
    const cost = await measure(droverCommand(rig, STEPS, { forks: crowd }))
    printTable([
      [`${crowd} hosts`, 'wall', 'cpu', 'memory, MB'],
      ['drover', seconds(cost.wall), seconds(cost.cpu), judged(cost.memory / 1e6, MEMORY_BUDGET_MB, 0)],
    ])
  })
}
