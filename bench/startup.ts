import { resolve } from 'node:path'
import { measureInTurns } from './measure.ts'
import { DROVER } from './rig.ts'
import type { Size } from './size.ts'
import { judged, printTable } from './table.ts'

export const title = 'startup: milliseconds more than `node -e 0`'

const PLAYBOOK = resolve(import.meta.dirname, '../playbooks/demo.yml')

export async function run({ rounds }: Size): Promise<void> {
  const node = process.execPath
  const commands = new Map([
    ['node -e 0', [node, '-e', '0']],
    ['drover --version', [node, DROVER, '--version']],
    ['drover validate', [node, DROVER, 'validate', PLAYBOOK]],
  ])
  const costs = await measureInTurns(commands, rounds * 3)
  const bare = costs.get('node -e 0')?.wall ?? 0
  const more = (name: string) => ((costs.get(name)?.wall ?? 0) - bare) * 1000
  printTable([
    ['command', 'ms more'],
    ['drover --version', judged(more('drover --version'), 100, 0)],
    ['drover validate', judged(more('drover validate'), 250, 0)],
  ])
}
