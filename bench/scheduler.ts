import type { Executor } from '../src/engine/executor.ts'
import { runPlan } from '../src/engine/run.ts'
import { RunState } from '../src/engine/state.ts'
import type { Action } from '../src/model/action.ts'
import { NO_OUTPUT, type NodeResult } from '../src/model/outcome.ts'
import type { Plan, PlanStep } from '../src/model/plan.ts'
import type { Rendered } from '../src/model/program.ts'

export const title = 'scheduler alone: 100 steps × 10,000 hosts, every node answered at once'

const STEPS = 100
const HOSTS = 10_000
const ACTION: Action = {
  kind: 'run',
  script: 'true',
  env: [],
  creates: [],
  removes: [],
  readOnly: false,
  timeoutMs: 1000,
}
const RENDERED: Rendered = { kind: 'action', action: ACTION }
const RESULT: NodeResult = { outcome: 'changed', stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0 }

/** Microseconds a node through scheduler and a stand-in executor, and bytes a node of the state. */
export async function run(): Promise<void> {
  const plan = chain()
  const nodes = STEPS * HOSTS
  const before = process.memoryUsage().arrayBuffers
  const state = new RunState(plan, { ready: () => {}, ended: () => {} })
  const bytes = (process.memoryUsage().arrayBuffers - before) / nodes
  const started = performance.now()
  const { counts } = await runPlan({
    plan,
    runId: 'bench',
    program: {
      render: () => RENDERED,
      judge: (_step, _host, result) => ({ kind: 'stands', result }),
      ended: () => {},
    },
    executor: events => {
      const executor: Executor = {
        start: (step, host) => events.finished(step, host, RESULT),
        stop: () => {},
        release: () => {},
        close: () => Promise.resolve(),
      }
      return executor
    },
    listeners: [() => {}],
    onBrokenListener: error => {
      throw error
    },
    clock: () => 0,
    schedule: () => () => {},
  })
  const micros = ((performance.now() - started) * 1000) / nodes
  console.log(`  ${counts.changed} of ${state.remaining} nodes changed`)
  console.log(`  ${micros.toFixed(2)} µs a node (limit: 30)`)
  console.log(`  ${bytes.toFixed(1)} bytes of state a node`)
}

function chain(): Plan {
  const targets = Uint32Array.from({ length: HOSTS }, (_, host) => host)
  const steps = Array.from(
    { length: STEPS },
    (_, index): PlanStep => ({
      index,
      id: `s${index}`,
      title: `s${index}`,
      targets,
      edges: index === 0 ? [] : [{ from: index - 1, on: index % 10 === 0 ? 'all' : 'host', if: 'success' }],
      onFailure: 'block',
      tolerated: 0,
      once: false,
      semaphores: [],
      when: [],
      tags: [],
      hidden: false,
      action: {
        kind: 'run',
        script: ['true'],
        env: [],
        creates: [],
        removes: [],
        readOnly: false,
        timeoutMs: 1000,
      },
      where: { file: 'bench.yml', line: 1, col: 1 },
    }),
  )
  const hosts = Array.from({ length: HOSTS }, (_, index) => ({
    name: `h${index}`,
    vars: {},
    groups: ['all'],
    connection: {
      transport: 'local' as const,
      address: 'localhost',
      port: 22,
      user: 'root',
      keys: [],
    },
  }))
  return {
    name: 'bench',
    file: 'bench.yml',
    hosts,
    steps,
    groups: [],
    rollings: [],
    semaphores: [],
    order: steps.map(step => step.index),
  }
}
