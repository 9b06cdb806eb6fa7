import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { publicEvents } from '../../src/events/public-events.ts'
import type { RunEvent, StopReason } from '../../src/model/event.ts'
import { NO_OUTPUT, type NodeResult, OUTCOMES } from '../../src/model/outcome.ts'
import { createJsonRenderer } from '../../src/render/json.ts'
import { play } from './capture.ts'
import { githubCommands } from './ci-parsers.ts'
import { printed, SampleRun, samplePlan } from './sample-run.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../schema/event.schema.json', import.meta.url), 'utf8'),
) as {
  readonly oneOf: readonly { readonly $ref: string }[]
  readonly properties: object
  readonly definitions: Readonly<Record<string, { readonly properties?: object }>>
}
const isEvent = new Ajv({
  ...{ strict: true, strictTypes: false, strictRequired: false, ownProperties: true },
}).compile(schema)

const plan = samplePlan(['web1', 'web2'], { upload: ['web1', 'web2'], restart: ['web1'] })
const at = Date.UTC(2026, 10, 28)
const failure = { code: 'step_exit', message: 'exit status 2', hint: 'look' } as const
const result: NodeResult = {
  outcome: 'failed',
  ...{ stdout: NO_OUTPUT, stderr: printed('x'), durationMs: 1.5, note: 'a note' },
  ...{ exitCode: 2, signal: 'TERM', failure },
}
const SENT = {
  kind: 'run',
  ...{ script: 'true', env: [], creates: [], removes: [] },
  ...{ readOnly: false, timeoutMs: 1 },
} as const
const node = { at, step: 0, host: 1 }
const counts = Object.fromEntries(OUTCOMES.map(outcome => [outcome, 1])) as Record<
  (typeof OUTCOMES)[number],
  number
>
const STOPS = [
  'interrupted',
  'on_failure',
  'max_failures',
  'journal',
  'lock',
  'timeout',
] as const satisfies StopReason[]

/** Every kind of event that there is, with all that it can hold: the compiler sees to it that none is forgotten. */
const EVERY: { readonly [K in RunEvent['kind']]: readonly Extract<RunEvent, { kind: K }>[] } = {
  run_started: [
    { kind: 'run_started', at, run: 'r1', plan },
    {
      ...{ kind: 'run_started', at, run: 'r1', plan },
      git: {
        ...{ commit: 'a'.repeat(40), branch: 'main', dirty: ['x'], dirtyCount: 1 },
        remote: { name: 'origin', url: 'https://example.com/x' },
      },
    },
  ],
  host_connected: [{ kind: 'host_connected', at, host: 0, ms: 30.6 }],
  host_unreachable: [{ kind: 'host_unreachable', at, host: 0, failure }],
  node_sent: [{ kind: 'node_sent', ...node, action: SENT }],
  node_started: [{ kind: 'node_started', ...node }],
  node_output: [
    { kind: 'node_output', ...node, stream: 'stdout', text: 'a\n##[error]b' },
    { kind: 'node_output', ...node, stream: 'stderr', text: '' },
  ],
  node_retried: [{ kind: 'node_retried', ...node, attempt: 1, ms: 2.5, result }],
  node_finished: [
    ...OUTCOMES.flatMap(outcome => [
      { kind: 'node_finished' as const, ...node, outcome, result: { ...result, outcome } },
      { kind: 'node_finished' as const, ...node, outcome },
    ]),
    { kind: 'node_finished', ...node, outcome: 'ok', result: { ...result, outcome: 'ok', earlier: true } },
    { kind: 'node_finished', ...node, outcome: 'blocked', cause: { step: 1, host: 0 } },
    { kind: 'node_finished', ...node, outcome: 'blocked', cause: { step: 1, host: 0 }, stopped: true },
  ],
  lock_taken: [{ kind: 'lock_taken', at, host: 0, as: 'deploy' }],
  lock_waiting: [{ kind: 'lock_waiting', at, host: 0, holder: 'run r0 of ann' }],
  lock_missed: [{ kind: 'lock_missed', at, host: 0, why: 'no room' }],
  journal_failed: [{ kind: 'journal_failed', at, failure: { ...failure, code: 'journal' } }],
  run_finished: [
    { kind: 'run_finished', at, counts },
    ...STOPS.map(stopped => ({ kind: 'run_finished' as const, at, counts, stopped })),
  ],
}

const events: readonly RunEvent[] = Object.values(EVERY).flat()

test('every event with all that it can hold is a line that the published schema accepts', async () => {
  const { stdout } = await play(createJsonRenderer, events)
  const lines = stdout.split('\n').slice(0, -1)
  for (const line of lines)
    expect(isEvent(JSON.parse(line)), JSON.stringify([line, isEvent.errors])).toBe(true)
  expect(githubCommands(stdout)).toEqual([])
  expect(lines.some(line => (JSON.parse(line) as { text?: string }).text === 'a\n##[error]b')).toBe(true)
})

test('the schema names the events that there are, and no others', () => {
  const told = new Set(events.flatMap(event => publicEvents(event, plan).map(([name]) => name)))
  expect(new Set(schema.oneOf.map(({ $ref }) => $ref.replace('#/definitions/', '')))).toEqual(told)
})

test('the schema describes every field', async () => {
  const { stdout } = await play(createJsonRenderer, events)
  const own = Object.keys(schema.properties)
  const unknown = stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as { readonly event: string })
    .flatMap(line => {
      const described = Object.keys(schema.definitions[line.event]?.properties ?? {})
      return Object.keys(line)
        .filter(name => !own.includes(name) && !described.includes(name))
        .map(name => `${line.event}: ${name}`)
    })
  expect([...new Set(unknown)]).toEqual([])
})

test('an event that the schema does not know, or one with a wrong field, is not accepted', async () => {
  const { stdout } = await play(createJsonRenderer, new SampleRun(plan).started('web1', 'upload').end())
  const line = JSON.parse(stdout.split('\n')[2] ?? '') as object
  expect(isEvent(line)).toBe(true)
  expect(isEvent({ ...line, event: 'node_lost' })).toBe(false)
  expect(isEvent({ ...line, step: 7 })).toBe(false)
  expect(isEvent({ ...line, v: 2 })).toBe(false)
})
