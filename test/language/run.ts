import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '../../src/compile/compile.ts'
import { runPlan } from '../../src/engine/run.ts'
import { readLocalText } from '../../src/load/local-text.ts'
import { resolvePattern } from '../../src/load/pattern.ts'
import { loadPlaybook } from '../../src/load/playbook.ts'
import type { RunEvent } from '../../src/model/event.ts'
import type { Inventory } from '../../src/model/host.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import { inventoryOf } from '../compile/compiled.ts'
import { FakeClock } from '../engine/fake-clock.ts'
import { RandomFleet, type Sent, type World } from './fleet.ts'
import { BUDDY_OF, HOST_NAMES, HOSTS_OF, OWN_ITEMS, type WrittenPlaybook } from './model.ts'
import { filesOf } from './written.ts'

const INVENTORY: Inventory = inventoryOf(
  Object.fromEntries(HOST_NAMES.map(name => [name, { items: OWN_ITEMS[name], buddy: BUDDY_OF[name] }])),
  { front: HOSTS_OF.front, back: HOSTS_OF.back },
)

const MOST_TURNS = 20_000

/** One thing that happened, in its place among all. */
export type Happening =
  | { readonly kind: 'sent'; readonly sent: Sent; readonly beside: readonly Sent[] }
  | { readonly kind: 'ended'; readonly step: number; readonly host: number; readonly outcome: Outcome }

export type Done =
  | { readonly kind: 'refused'; readonly messages: readonly string[] }
  | {
      readonly kind: 'ran'
      readonly plan: Plan
      readonly happened: readonly Happening[]
      readonly events: readonly RunEvent[]
      readonly status: number
      readonly stopped: string | undefined
    }

/** Writes a playbook down, and loads, compiles and runs it as drover does, on hosts in memory. */
export async function runWritten(
  written: WrittenPlaybook,
  folder: string,
  world: World,
  pick: (count: number) => number,
): Promise<Done> {
  mkdirSync(folder, { recursive: true })
  for (const [path, text] of filesOf(written)) writeFileSync(join(folder, path), text)
  const { playbook, problems } = loadPlaybook(join(folder, 'play.yml'), 'play.yml')
  if (playbook === undefined || problems.length > 0)
    throw new Error(`it does not load: ${problems.map(({ message }) => message).join('\n')}`)
  const { limit, ...picks } = written.options
  const compiled = compile(playbook, INVENTORY, {
    resolve: (pattern, where) => resolvePattern(pattern, INVENTORY, where),
    readText: readLocalText,
    limit: limit?.join(','),
    ...picks,
  })
  if (compiled.kind === 'refused')
    return { kind: 'refused', messages: compiled.problems.map(({ message }) => message) }
  const { plan, program } = compiled
  const happened: Happening[] = []
  const events: RunEvent[] = []
  const clock = new FakeClock()
  let fleet: RandomFleet | undefined
  const running = runPlan({
    plan,
    program,
    runId: 'random',
    executor: incoming => {
      fleet = new RandomFleet(plan, world, incoming, (sent, beside) =>
        happened.push({ kind: 'sent', sent, beside }),
      )
      return fleet
    },
    listeners: [
      event => {
        events.push(event)
        if (event.kind !== 'node_finished') return
        const { step, host, outcome } = event
        happened.push({ kind: 'ended', step, host, outcome })
      },
    ],
    onBrokenListener: error => {
      throw error
    },
    clock: () => clock.now,
    schedule: clock.schedule,
    forks: written.forks,
    channelsPerHost: written.channelsPerHost,
  })
  let turns = 0
  while (fleet !== undefined && (fleet.inFlight.length > 0 || clock.next())) {
    turns += 1
    if (turns > MOST_TURNS) throw new Error('the run has no end')
    if (fleet.inFlight.length > 0) fleet.finish(pick(fleet.inFlight.length))
  }
  const { status, stopped } = await running
  return { kind: 'ran', plan, happened, events, status, stopped }
}
