import { expect, test } from 'vitest'
import { createPaint } from '../../src/render/paint.ts'
import { runLabels } from '../../src/render/run/labels.ts'
import { renderFrame } from '../../src/render/tty/frame.ts'
import { FleetView } from '../../src/render/tty/view.ts'
import { textWidth } from '../../src/render/width.ts'
import { SampleRun, START, samplePlan } from './sample-run.ts'

const hosts = ['db3', 'web1', 'web2', 'web3']
const plan = samplePlan(hosts, { upload: hosts, migrate: hosts })
const history = {
  wallMs: 400_000,
  stepMs: new Map([
    ['upload', 100_000],
    ['migrate', 300_000],
  ]),
}

/** What stands on the terminal so long after the start. */
function frameOf(run: SampleRun, afterMs: number, [columns, rows] = [80, 24]): string[] {
  const view = new FleetView(run.plan, START, true, history)
  for (const event of run.events) view.add(event)
  const clock = { tick: 0, now: START + afterMs }
  const lines = renderFrame(view, runLabels(run.plan), { columns, rows }, clock, createPaint(false))
  for (const line of lines) expect(textWidth(line)).toBeLessThan(columns)
  return lines
}

test('a row says how long its host has printed nothing, beside the last thing that it did', () => {
  const run = new SampleRun(plan).started('db3', 'migrate').output('db3', 'migrate', 'table users\n')
  expect(frameOf(run, 29_000)[0]).toBe('▸ db3   migrate     29s  table users')
  expect(frameOf(run, 94_000)[0]).toBe('▸ db3   migrate   1m34s  94 s without output · table users')
})

test('a row says that its host is being connected to', () => {
  const run = new SampleRun(plan).sent('db3', 'upload').sent('web1', 'upload').connected('web1')
  expect(frameOf(run, 1000)[0]).toBe('· db3   waiting')
  expect(frameOf(run, 8000).slice(0, 2)).toEqual([
    '· db3   waiting          connecting for 8 s',
    '· web1  waiting',
  ])
})

test('the one that keeps the others waiting is named when most are done', () => {
  const run = new SampleRun(plan)
  for (const host of hosts.slice(1)) run.finished(host, 'upload', 'ok').finished(host, 'migrate', 'ok')
  run.finished('db3', 'upload', 'ok').started('db3', 'migrate')
  expect(frameOf(run, 20_000).join('\n')).not.toContain('… waiting')
  const lines = frameOf(run, 94_000)
  expect(lines.at(-2)).toBe('… waiting for db3 (migrate): 94 s without output')
  expect(frameOf(run, 94_000, [80, 10]).join('\n')).not.toContain('… waiting')
  const early = new SampleRun(plan)
  for (const host of hosts) early.started(host, 'upload')
  expect(frameOf(early, 94_000).join('\n')).not.toContain('… waiting')
})

test('the summary says how long the rest may take, where that fits', () => {
  const run = new SampleRun(plan)
  for (const host of hosts) run.started(host, 'upload')
  expect(frameOf(run, 50_000, [120, 24]).at(-1)).toMatch(
    /^⠋ 0 ok, 4 running of 4 {2}─+ {4}0% {2}50s {2}about 6 min left$/,
  )
  expect(frameOf(run, 50_000).at(-1)).toMatch(/ {4}0% {2}50s {2}about 6 min left$/)
  expect(frameOf(run, 50_000, [40, 24]).at(-1)).toMatch(/^⠋ 0 ok, 4 running of 4 {4}0% {2}50s$/)
})
