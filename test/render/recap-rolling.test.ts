import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { createPaint } from '../../src/render/paint.ts'
import { BatchWatch } from '../../src/render/run/batches.ts'
import { runLabels } from '../../src/render/run/labels.ts'
import { renderRecap } from '../../src/render/run/recap.ts'
import { RunTally } from '../../src/render/run/tally.ts'
import { richPlan, SampleRun, START } from './sample-run.ts'

const hosts = ['web1', 'web2', 'web3', 'web4']
const rolling = { on: hosts, in: 'roll', rolling: 0 }
const plan = richPlan(
  hosts,
  {
    drain: rolling,
    restart: { ...rolling, needs: ['drain'] },
    undrain: { ...rolling, needs: [['restart', 'host', 'always']] },
  },
  {
    groups: [{ kind: 'group', id: 'roll' }],
    rollings: [
      {
        batchOf: Uint32Array.of(0, 0, 1, 2),
        batches: 3,
        steps: [0, 1, 2],
        tolerated: 0,
        pauseMs: 30_000,
      },
    ],
  },
)

/** The last lines, from where the run's end is told. */
function ending(events: readonly RunEvent[]): string[] {
  const tally = new RunTally(plan)
  for (const event of events) tally.add(event)
  const text = renderRecap(tally, runLabels(plan), {
    paint: createPaint(false),
    columns: 80,
    isTerminal: true,
    table: true,
    failures: 'all',
    totals: 'steps',
    quiet: false,
  })
  return text.trimEnd().split('\n\n').at(-1)?.split('\n') ?? []
}

/** The first batch, up to where its hosts are out of service. */
function drained(): SampleRun {
  const run = new SampleRun(plan)
  for (const host of ['web1', 'web2'])
    run.started(host, 'drain').finished(host, 'drain', 'changed').started(host, 'restart')
  return run
}

function wellDone(): SampleRun {
  const run = drained()
  for (const host of ['web1', 'web2'])
    run.finished(host, 'restart', 'changed').finished(host, 'undrain', 'changed')
  return run
}

test('a roll-out that failures end says which hosts it did not come to', () => {
  const run = drained().finished('web1', 'restart', 'failed').finished('web2', 'restart', 'changed')
  for (const host of ['web1', 'web2']) run.finished(host, 'undrain', 'changed')
  for (const host of ['web3', 'web4'])
    for (const step of ['drain', 'restart', 'undrain'])
      run.dropped(host, step, 'blocked', ['web1', 'restart'])
  expect(ending(run.end())).toEqual([
    'roll ended with batch 1 of 3: not begun on web[3-4].',
    '✖ 3 steps on 4 hosts: 5 changed, 1 failed, 6 blocked · 0ms',
  ])
})

test('an interrupted run says what it left undone where it had begun', () => {
  const run = drained()
  for (const host of ['web1', 'web2'])
    run.finished(host, 'restart', 'cancelled').dropped(host, 'undrain', 'cancelled')
  for (const host of ['web3', 'web4'])
    for (const step of ['drain', 'restart', 'undrain']) run.dropped(host, step, 'cancelled')
  expect(ending(run.end('interrupted'))).toEqual([
    'Interrupted: 2 steps that ran were ended, 8 were not started, 2 of 12 done.',
    'roll ended with batch 1 of 3: not begun on web[3-4].',
    'Cleanup that did not run: undrain on web[1-2].',
    '⊘ 3 steps on 4 hosts: 2 changed, 10 cancelled · 0ms',
  ])
})

test('one that came to all hosts says nothing of it, though a host failed before its turn or in it', () => {
  const run = wellDone()
  for (const step of ['drain', 'restart', 'undrain']) run.finished('web3', step, 'changed')
  run.finished('web4', 'drain', 'failed')
  for (const step of ['restart', 'undrain']) run.dropped('web4', step, 'blocked', ['web4', 'drain'])
  expect(ending(run.end())).toHaveLength(1)
})

test('between two batches it is known when the next one begins', () => {
  const watch = new BatchWatch(plan)
  const seen = (run: SampleRun) => {
    for (const event of run.events) watch.add(event)
    return watch.current()
  }
  expect(seen(wellDone())).toEqual([
    { group: 'roll', number: 1, of: 3, hosts: [0, 1], nextAt: START + 30_000 },
  ])
})
