import { spawnSync } from 'node:child_process'
import type { Foresight } from '../src/model/foresight.ts'
import type { Plan } from '../src/model/plan.ts'
import type { SketchNode } from '../src/model/sketch.ts'
import { preview } from '../src/preview/preview.ts'
import { inventoryOf, planOf } from '../test/compile/compiled.ts'
import { AnsweringFleet } from './answering-fleet.ts'
import { judged, megabytes, printTable } from './table.ts'

export const title = 'previewer alone: verdicts on fleets in memory that answer at once'

/** Says that this process is the one to be measured, and which shape it is. */
const MEASURE = '--measure'

interface Shape {
  readonly hosts: number
  /** The playbook's steps, as YAML. */
  readonly steps: string
  /** Microseconds of processor time a node: other programs of the machine do not count then. */
  readonly budget: number
}

/** Small ones spend much of it on what Node compiles once. */
const SHAPES: Readonly<Record<string, Shape>> = {
  'puts, one after the other': { hosts: 10_000, budget: 10, steps: list(20, put) },
  'many of them': { hosts: 1_000, budget: 12, steps: list(200, put) },
  'beside each other': { hosts: 1_000, budget: 20, steps: list(40, beside) },
  'guarded runs': { hosts: 2_000, budget: 15, steps: list(20, guarded) },
  loops: { hosts: 1_000, budget: 15, steps: list(4, loop) },
  'barriers and conditions': { hosts: 2_000, budget: 30, steps: list(6, barrier) },
  'all on one delegate': { hosts: 2_000, budget: 120, steps: list(3, delegated) },
}

/** Microseconds and memory a node from the compiled plan to its verdict; each shape in a process of its own. */
export async function run(): Promise<void> {
  const self = new URL(import.meta.url).pathname
  const rows = Object.entries(SHAPES).map(([name, { budget }]) => {
    const child = spawnSync(process.execPath, ['--expose-gc', self, MEASURE, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    })
    if (child.status !== 0) throw new Error(`the preview of "${name}" ended with ${child.status}`)
    const { nodes, micros, wall, memory, peak } = JSON.parse(child.stdout)
    return [
      ...[name, String(nodes), judged(micros, budget, 1), `${wall.toFixed(1)} s`],
      ...[String(Math.round(memory / nodes)), megabytes(peak)],
    ]
  })
  printTable([['', 'nodes', 'µs a node', 'wall', 'bytes a node', 'at most'], ...rows])
}

async function measure({ hosts, steps }: Shape): Promise<void> {
  const names = Array.from({ length: hosts }, (_, index) => [`h${index}`, {}] as const)
  const inventory = inventoryOf(Object.fromEntries(names))
  const { plan, sketch, foresee } = planOf(`hosts: all\nsteps:\n${steps}`, { inventory })
  const foresight = foresee()
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const [started, used] = [performance.now(), process.cpuUsage()]
  const made = await previewOn(plan, sketch, foresight)
  const { user, system } = process.cpuUsage(used)
  const wall = (performance.now() - started) / 1000
  globalThis.gc?.()
  const memory = process.memoryUsage().heapUsed - before
  const nodes = plan.steps.reduce((sum, { targets }) => sum + targets.length, 0)
  const told = made.counts.change + made.counts.unchanged + made.counts.skipped + made.counts.unknown
  if (told !== nodes) throw new Error(`${told} verdicts on ${nodes} nodes`)
  const peak = process.resourceUsage().maxRSS * 1024
  console.log(JSON.stringify({ nodes, micros: (user + system) / nodes, wall, memory, peak }))
}

async function previewOn(plan: Plan, sketch: SketchNode, foresight: Foresight) {
  const made = await preview({
    ...{ plan, sketch, foresight },
    asker: events => new AnsweringFleet(events),
    diffs: true,
  })
  if (made === undefined) throw new Error('the preview was interrupted')
  return made
}

function list(length: number, step: (index: number) => string): string {
  return Array.from({ length }, (_, index) => `  - ${step(index)}\n`).join('')
}

function put(index: number): string {
  return `put: { content: "port=${index}", dest: /etc/app/conf${index} }`
}

/** Half of them are guarded runs, which others may touch; none waits for another. */
function beside(index: number): string {
  if (index % 2 === 0) return `{ needs: [], put: { content: "port=${index}", dest: /etc/app/conf${index} } }`
  return `{ needs: [], run: "make ${index}", creates: /srv/made${index}, writes: [/srv/made${index}] }`
}

function guarded(index: number): string {
  return `{ run: "make ${index}", unless: grep -q x /etc/app/conf${index}, writes: [/srv/made${index}] }`
}

function loop(index: number): string {
  return `{ for_each: [a, b, c, d, e, f, g, h, i, j], put: { content: "\${{ item }}", dest: "/etc/app/${index}\${{ item }}" } }`
}

function barrier(index: number): string {
  const conf = `{ id: conf${index}, put: { content: "x", dest: /etc/app/conf${index} } }`
  const all = `{ id: all${index}, needs: [{ step: conf${index}, on: all }], run: "true", writes: [/srv/all${index}] }`
  return `${conf}\n  - ${all}\n  - { when: steps.conf${index}.changed, run: "true", writes: [/srv/if${index}] }`
}

function delegated(index: number): string {
  return `{ delegate_to: h0, put: { content: "\${{ host.name }}", dest: "/srv/hosts/\${{ host.name }}-${index}" } }`
}

const [, , mark, name = ''] = process.argv
if (mark === MEASURE) await measure(SHAPES[name] as Shape)
