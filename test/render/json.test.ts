import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { createJsonRenderer } from '../../src/render/json.ts'
import { play } from './capture.ts'
import { richPlan, SampleRun, samplePlan } from './sample-run.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../schema/event.schema.json', import.meta.url), 'utf8'),
) as object
const isEvent = new Ajv({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  ownProperties: true,
}).compile(schema)

async function jsonLines(run: SampleRun): Promise<Record<string, unknown>[]> {
  const { stdout } = await play(createJsonRenderer, run.end())
  return stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Record<string, unknown>)
}

function everyEvent(): SampleRun {
  const plan = samplePlan(['web1', 'web2'], { upload: ['web1', 'web2'], unpack: ['web1', 'web2'] })
  return new SampleRun(plan)
    .connected('web1', 30.6)
    .unreachable('web2', { code: 'connect_refused', message: 'refused', hint: 'start sshd' })
    .dropped('web2', 'upload', 'unreachable')
    .started('web1', 'upload')
    .output('web1', 'upload', 'half a li')
    .finished('web1', 'upload', 'changed', { note: '1 file', durationMs: 41.4 })
    .started('web1', 'unpack')
    .retried('web1', 'unpack', 1, 1500.4, { exitCode: 2 })
    .finished('web1', 'unpack', 'failed', {
      exitCode: 2,
      failure: { code: 'step_exit', message: 'exit status 2' },
    })
    .dropped('web2', 'unpack', 'blocked', ['web2', 'upload'])
}

test('every event is a line that the published schema accepts', async () => {
  const lines = await jsonLines(everyEvent())
  for (const line of lines) expect(isEvent(line), JSON.stringify([line, isEvent.errors])).toBe(true)
  expect(new Set(lines.map(line => line.event))).toEqual(
    new Set([
      ...['run_started', 'plan_compiled', 'host_connected', 'host_unreachable'],
      ...['node_started', 'node_output', 'node_retried', 'node_finished', 'run_finished'],
    ]),
  )
})

test('lines are numbered without gaps and name their run', async () => {
  const lines = await jsonLines(everyEvent())
  expect(lines.map(line => line.seq)).toEqual(lines.map((_, at) => at + 1))
  expect(new Set(lines.map(line => line.run))).toEqual(new Set(['r1']))
})

test('a finished node tells everything about its end', async () => {
  const lines = await jsonLines(everyEvent())
  const ends = lines.filter(line => line.event === 'node_finished')
  expect(ends).toMatchObject([
    { step: 'upload', host: 'web2', outcome: 'unreachable' },
    { step: 'upload', host: 'web1', outcome: 'changed', duration_ms: 41, note: '1 file' },
    { step: 'unpack', host: 'web1', outcome: 'failed', exit_code: 2, failure: { code: 'step_exit' } },
    { step: 'unpack', host: 'web2', outcome: 'blocked', cause: { step: 'upload', host: 'web2' } },
  ])
})

test('output comes back exactly, and yet a terminal that shows the line obeys nothing in it', async () => {
  const nasty = '\x1b[2J\x9b1m\u202e\u2028\u{e0041}\x7f naïve 東京\r\n'
  const run = new SampleRun(samplePlan(['web1'], { upload: ['web1'] })).output('web1', 'upload', nasty)
  const { stdout } = await play(createJsonRenderer, run.end())
  expect(stdout).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|[^\P{Cc}\n]/u)
  const line = stdout.split('\n').find(text => text.includes('node_output')) ?? ''
  expect(JSON.parse(line)).toMatchObject({ text: nasty })
})

test('the plan tells hidden and excluded steps, and every kind', async () => {
  const plan = richPlan(['web1'], {
    facts: { on: ['web1'], hidden: true },
    wait: { on: ['web1'], action: { kind: 'pause', ms: 1 } },
    check: { on: [], excluded: 'tags', action: { kind: 'assert', that: [] } },
  })
  const [, compiled] = await jsonLines(new SampleRun(plan))
  expect(isEvent(compiled), JSON.stringify(isEvent.errors)).toBe(true)
  expect(compiled).toMatchObject({
    nodes: 2,
    steps: [
      { step: 'facts', kind: 'run', hosts: 1, hidden: true },
      { step: 'wait', kind: 'pause', hosts: 1 },
      { step: 'check', kind: 'assert', hosts: 0, excluded: 'tags' },
    ],
  })
})

test('a further attempt tells which one failed, why, and when the next comes', async () => {
  const retry = { attempts: 4, delayMs: 1000, backoff: 2 }
  const run = new SampleRun(richPlan(['web1'], { a: { on: ['web1'], retry } })).retried(
    'web1',
    'a',
    2,
    2000,
    {
      exitCode: 7,
      failure: { code: 'step_exit', message: 'exit status 7' },
    },
  )
  const line = (await jsonLines(run)).find(({ event }) => event === 'node_retried')
  expect(isEvent(line), JSON.stringify(isEvent.errors)).toBe(true)
  expect(line).toMatchObject({
    ...{ step: 'a', host: 'web1', attempt: 2, attempts: 4, delay_ms: 2000, outcome: 'failed' },
    ...{ duration_ms: 400, exit_code: 7, failure: { code: 'step_exit' } },
  })
})
