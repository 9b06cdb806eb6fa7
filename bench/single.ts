import { measureInTurns } from './measure.ts'
import { droverCommand, sshOptions, withRig } from './rig.ts'
import type { Size } from './size.ts'
import { judged, printTable, seconds } from './table.ts'

export const title = 'single: one step on one host, against `ssh host true`'

const BUDGET = 2.5

export async function run({ rounds }: Size): Promise<void> {
  await withRig(1, async rig => {
    const { port, user } = rig.server
    const commands = new Map([
      ['ssh', ['ssh', ...sshOptions(rig), '-p', String(port), '-l', user, rig.addresses[0] ?? '', 'true']],
      ['drover', droverCommand(rig, ['run: "true"'])],
    ])
    const costs = await measureInTurns(commands, rounds * 3)
    const [ssh, drover] = [costs.get('ssh')?.wall ?? 0, costs.get('drover')?.wall ?? 0]
    printTable([
      ['one host', 'wall', 'ratio'],
      ['ssh', seconds(ssh), ''],
      ['drover', seconds(drover), judged(drover / ssh, BUDGET)],
    ])
  })
}
