import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from '../src/compile/compile.ts'
import { readLocalText } from '../src/load/local-text.ts'
import { resolvePattern } from '../src/load/pattern.ts'
import { loadPlaybook } from '../src/load/playbook.ts'
import type { Host, Inventory } from '../src/model/host.ts'
import { judged, printTable } from './table.ts'

export const title = 'compiler: 200 steps with loops, batches, includes and conditions on 10,000 hosts'

const HOSTS = 10_000
const PARTS = 20
/** Says that this process is the one to be measured. */
const MEASURE = '--measure'

/** Wall time and memory from the playbook's text to the plan, its values checked; in a process of its own. */
export async function run(): Promise<void> {
  const self = new URL(import.meta.url).pathname
  const { status } = spawnSync(process.execPath, [self, MEASURE], { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`the compiler's process ended with ${status}`)
}

function measureInFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'drover-bench-'))
  try {
    writeFileSync(join(folder, 'part.yml'), PART)
    writeFileSync(join(folder, 'play.yml'), playbookText())
    measure(join(folder, 'play.yml'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function measure(file: string): void {
  const inventory = fleet()
  const started = performance.now()
  const { playbook, problems } = loadPlaybook(file)
  if (playbook === undefined || problems.length > 0) throw new Error(problems[0]?.message)
  const compiled = compile(playbook, inventory, {
    resolve: (pattern, text) => resolvePattern(pattern, inventory, text),
    readText: readLocalText,
  })
  const wall = (performance.now() - started) / 1000
  if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.problems[0]))
  const { steps } = compiled.plan
  const nodes = steps.reduce((sum, { targets }) => sum + targets.length, 0)
  const peak = process.resourceUsage().maxRSS * 1024
  printTable([
    ['', 'seconds', 'MB at most'],
    [`${steps.length} steps, ${nodes} nodes`, judged(wall, 2), judged(peak / 1e6, 300, 0)],
  ])
}

function fleet(): Inventory {
  const hosts = Array.from({ length: HOSTS }, (_, index): Host => {
    const name = `h${String(index).padStart(5, '0')}`
    return {
      name,
      vars: { rack: `r${index % 40}`, disks: index % 3 === 0 ? ['sda', 'sdb'] : ['sda'], port: '8080' },
      groups: ['all', index % 2 === 0 ? 'web' : 'db'],
      connection: { transport: 'ssh', address: name, port: 22, user: 'ops', keys: [] },
    }
  })
  const names = (group: string) =>
    hosts.filter(({ groups }) => groups.includes(group)).map(({ name }) => name)
  const groups = ['all', 'web', 'db'].map(
    name => [name, { name, children: [], hosts: names(name), vars: {} }] as const,
  )
  return {
    hosts: new Map(hosts.map(host => [host.name, host])),
    groups: new Map(groups),
    sources: [],
    warnings: [],
  }
}

const PART = `params:
  name: { type: string }
  port: { type: integer, default: 80 }
steps:
  - { id: probe, run: "systemctl is-active \${{ params.name }}", read_only: true }
  - { id: install, run: "install \${{ params.name }} on \${{ host.name }}", when: steps.probe.failed, needs: [{ step: probe, if: always }] }
  - { id: conf, put: { content: "port=\${{ params.port }} rack=\${{ host.vars.rack }}", dest: "/etc/\${{ params.name }}" } }
`

/** Each part gives ten steps: three of an include, four of loops, three of a rolling group. */
function playbookText(): string {
  const parts = Array.from(
    { length: PARTS },
    (_, n) => `
  - { id: use_${n}, use: part.yml, with: { name: "app${n}", port: "\${{ host.vars.port }}" } }
  - { id: same_${n}, for_each: [ann, bob], run: "useradd \${{ item }} \${{ vars.base }}" }
  - { id: disk_${n}, for_each: "\${{ host.vars.disks }}", run: "mount /dev/\${{ item }}" }
  - id: roll_${n}
    hosts: web
    rolling: { batch: [1, 10%, 25%], max_failures: 5% }
    steps:
      - { id: stop_${n}, run: "systemctl stop app\${{ vars.base }}", become: true }
      - { id: move_${n}, run: "mv new \${{ host.name }}", when: steps.use_${n}.changed }
      - { id: test_${n}, run: "curl localhost", read_only: true, retry: { attempts: 3, delay: 1s } }
`,
  )
  return `hosts: all\nvars: { base: /opt/app }\nsteps:${parts.join('')}`
}

if (process.argv[2] === MEASURE) measureInFolder()
