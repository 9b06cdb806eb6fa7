import { spawnSync } from 'node:child_process'
import type { Preview } from '../src/model/preview.ts'
import type { SketchNode } from '../src/model/sketch.ts'
import { factorNodes } from '../src/plan/factor.ts'
import { previewOf } from '../src/plan/preview-of.ts'
import { parsePlan } from '../src/plan/read-plan.ts'
import { type SealedPlan, sealPlan } from '../src/plan/seal.ts'
import { sketchDigests } from '../src/plan/sketch-digests.ts'
import { storePlan } from '../src/plan/store-plan.ts'
import { preview } from '../src/preview/preview.ts'
import { renderVerdictsMarkdown } from '../src/render/preview/markdown.ts'
import { renderVerdictsJson } from '../src/render/preview/verdicts-json.ts'
import { renderVerdicts } from '../src/render/verdicts.ts'
import { inventoryOf, planOf } from '../test/compile/compiled.ts'
import { AnsweringFleet } from './answering-fleet.ts'
import { judged, megabytes, printTable } from './table.ts'

export const title = 'saved plan: 20 puts on 10,000 hosts, shown, saved and read again'

const HOSTS = 10_000
const STEPS = 20
const BASE = '/srv/project'
/** Says that this process is the one to be measured, and whether each host gets a content of its own. */
const MEASURE = '--measure'

/** Seconds of processor time that each thing may take, and bytes of the file. */
const BUDGETS = { text: 2, 'by host': 2, markdown: 2, json: 8, saving: 8, reading: 3 } as const
const BYTES = 20e6

type Part = keyof typeof BUDGETS

export async function run(): Promise<void> {
  const kinds = [
    ['hosts alike', 'alike'],
    ['each its own', 'own'],
  ] as const
  const rows = kinds.map(([name, kind]) => {
    const self = new URL(import.meta.url).pathname
    const child = spawnSync(process.execPath, [self, MEASURE, kind], {
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    })
    if (child.status !== 0) throw new Error(`the plan of ${name} ended with ${child.status}`)
    const { seconds, bytes, peak } = JSON.parse(child.stdout)
    const parts = Object.entries(BUDGETS).map(([part, budget]) => judged(seconds[part], budget))
    return [name, ...parts, judged(bytes / 1e6, BYTES / 1e6, 1), megabytes(peak)]
  })
  printTable([['seconds', ...Object.keys(BUDGETS), 'file, MB', 'at most'], ...rows])
}

async function measure(kind: string): Promise<void> {
  const { made, sketch } = await previewed(kind === 'own' ? `\${{ host.name }}` : 'the same')
  const options = { color: false, width: 100, cwd: BASE, by: 'step', diff: true, verbose: false } as const
  const seconds: Record<string, number> = {}
  const timed = <T>(part: Part, work: () => T): T => {
    const before = process.cpuUsage()
    const value = work()
    const { user, system } = process.cpuUsage(before)
    seconds[part] = (user + system) / 1e6
    return value
  }
  timed('text', () => renderVerdicts(made, options))
  timed('by host', () => renderVerdicts(made, { ...options, by: 'host' }))
  timed('markdown', () => renderVerdictsMarkdown(made, { ...options }))
  timed('json', () => renderVerdictsJson(made, { ...options }))
  const { text } = timed('saving', () => saved(made, sketch))
  const bytes = Buffer.from(text)
  timed('reading', () => {
    const { node } = previewOf(parsePlan(bytes, 'p.json').document, BASE)
    for (const { index, targets } of made.plan.steps) for (const host of targets) node(index, host)
  })
  const peak = process.resourceUsage().maxRSS * 1024
  console.log(JSON.stringify({ seconds, bytes: bytes.length, peak }))
}

async function previewed(content: string) {
  const names = Array.from({ length: HOSTS }, (_, index) => [`h${index}`, {}] as const)
  const line = (step: number) =>
    `  - put: { content: "port=${step} ${content}", dest: /etc/app/conf${step} }\n`
  const steps = Array.from({ length: STEPS }, (_, step) => line(step))
  const compiled = planOf(`hosts: all\nsteps:\n${steps.join('')}`, {
    inventory: inventoryOf(Object.fromEntries(names)),
  })
  const { plan, sketch, foresee } = compiled
  const made = await preview({
    ...{ plan, sketch, foresight: foresee(), diffs: true },
    asker: events => new AnsweringFleet(events),
  })
  if (made === undefined) throw new Error('the preview was interrupted')
  return { made, sketch }
}

function saved(made: Preview, sketch: SketchNode): SealedPlan {
  const { plan, counts, unreachable } = made
  return sealPlan(
    {
      made: { time: '2026-01-01T00:00:00Z', user: 'bench', version: '0.0.0' },
      options: {
        playbook: 'play.yml',
        run: { id: '0', user: 'bench', started: '2026-01-01T00:00:00Z' },
      },
      inputs: { roots: [], found: [] },
      plan: storePlan(plan),
      sketches: sketchDigests(plan, sketch, [BASE]),
      unreachable: [...unreachable],
      counts,
      ...factorNodes(made, [BASE]),
    },
    text => text,
  )
}

const [, , mark, kind = ''] = process.argv
if (mark === MEASURE) await measure(kind)
