import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { NO_BATCH } from '../../src/model/plan.ts'
import { PauseSwitch } from '../../src/render/pause-switch.ts'
import type { RunRendererOptions } from '../../src/render/run/renderer.ts'
import { createTtyRenderer } from '../../src/render/tty.ts'
import { textWidth } from '../../src/render/width.ts'
import { printed, richPlan, SampleRun, START, samplePlan } from './sample-run.ts'
import { VirtualTerminal } from './virtual-terminal.ts'

const failure = { code: 'step_exit', message: 'exit status 2' } as const

/** A renderer on a terminal of its own; `shown` waits until the screen fits. */
function onTerminal(columns: number, rows: number, options: Partial<RunRendererOptions> = {}) {
  const terminal = new VirtualTerminal(columns, rows)
  const color = { stdout: true, stderr: true }
  const defaults = { stdout: terminal, stderr: terminal, color, verbosity: 0, shape: 'playbook' } as const
  const listener = createTtyRenderer({ ...defaults, ...options })
  let ended = false
  const play = async (events: readonly RunEvent[]) => {
    for (const event of events) await listener(event)
    ended ||= events.at(-1)?.kind === 'run_finished'
  }
  onTestFinished(async () => {
    if (!ended) await listener({ kind: 'run_finished', at: Date.now(), counts: {} as never })
  })
  return { terminal, play, shown: (text: string | RegExp) => shown(terminal, text) }
}

async function shown(terminal: VirtualTerminal, text: string | RegExp): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    if (terminal.screen().match(text)) return terminal.screen()
    await sleep(20)
  }
  throw new Error(`never shown: ${text}\n${terminal.screen()}`)
}

function fleet(size: number): SampleRun {
  const names = Array.from({ length: size }, (_, at) => `web${String(at + 1).padStart(4, '0')}`)
  return new SampleRun(samplePlan(names, { upload: names, migrate: names }))
}

const name = (at: number) => `web${String(at).padStart(4, '0')}`

test('each host has a row: its step, and the last line that it printed', async () => {
  const { play, shown } = onTerminal(80, 24)
  const run = fleet(3)
    .started(name(1), 'upload')
    .output(name(1), 'upload', 'first\nsecond 東京\npart')
    .finished(name(2), 'upload', 'changed')
    .finished(name(2), 'migrate', 'ok')
  await play(run.events)
  const screen = await shown('running of 3')
  expect(screen.split('\n').map(line => line.replace(/ +\d+s/, '  0s').trimEnd())).toEqual([
    expect.stringMatching(/^▸ web0001 {2}upload +0s {2}part$/),
    expect.stringMatching(/^✔ web0002 {2}done .*1 ok, 1 changed$/),
    '· web0003  waiting',
    '',
    expect.stringMatching(/^\S 1 ok, 1 running of 3/),
  ])
})

test('of a thousand hosts, failed and running ones fit the terminal, with a count of all', async () => {
  for (const [columns, rows] of [
    [80, 24],
    [200, 50],
    [80, 40],
    [40, 8],
  ] as const) {
    const { terminal, play, shown } = onTerminal(columns, rows)
    const run = fleet(1000)
    for (let at = 1; at <= 412; at++)
      run.finished(name(at), 'upload', 'ok').finished(name(at), 'migrate', 'changed')
    for (let at = 413; at <= 415; at++)
      run.started(name(at), 'upload').finished(name(at), 'upload', 'failed', { failure })
    for (let at = 416; at <= 455; at++)
      run.started(name(at), 'upload').output(name(at), 'upload', '進捗 '.repeat(80))
    await play(run.events)
    const screen = await shown('412 ok, 3 failed, 40 running of 1000')
    expect(screen).toContain('✖ web0413')
    expect(screen).toContain('▸ web0416')
    const lines = terminal.everything().split('\n')
    expect(lines.length).toBeLessThan(rows)
    expect(Math.max(...lines.map(textWidth))).toBeLessThan(columns)
  }
})

test('when more are in trouble than fit, the rest is counted and those at work still show', async () => {
  const { play, shown } = onTerminal(80, 24)
  const run = fleet(1000)
  for (let at = 1; at <= 100; at++) run.finished(name(at), 'upload', 'failed', { failure })
  for (let at = 101; at <= 140; at++) run.started(name(at), 'upload')
  await play(run.events)
  const screen = await shown('more in trouble')
  expect(screen).toContain('… 91 more in trouble')
  expect(screen).toContain('▸ web0101')
})

test('a host with several steps under way shows the oldest and how many more', async () => {
  const { play, shown } = onTerminal(80, 24)
  await play(fleet(1).started(name(1), 'upload').started(name(1), 'migrate').events)
  expect(await shown('▸ web0001')).toMatch(/▸ web0001 {2}upl\S* \+1/)
})

test('a row says why a host failed', async () => {
  const { play, shown } = onTerminal(80, 24)
  const run = fleet(3)
    .finished(name(1), 'migrate', 'failed', { failure, stderr: printed('a\nno\tsuch table\n') })
    .unreachable(name(2), { code: 'connect_refused', message: 'port 22 is closed' })
    .dropped(name(2), 'upload', 'unreachable')
  await play(run.events)
  const screen = await shown('unreachable')
  expect(screen).toMatch(/✖ web0001 {2}migrate +0.4s {2}failed: exit status 2 · no such table/)
  expect(screen).toMatch(/✖ web0002 .*unreachable: port 22 is closed/)
})

test('at the end the rows give way to the recap, and the cursor is back', async () => {
  const { terminal, play, shown } = onTerminal(80, 24)
  const run = fleet(2).finished(name(1), 'upload', 'ok').finished(name(2), 'upload', 'failed', { failure })
  await play(run.events)
  await shown('of 2')
  expect(terminal.cursorShown).toBe(false)
  await play(run.end().slice(-1))
  expect(terminal.cursorShown).toBe(true)
  expect(terminal.screen()).not.toMatch(/▸|running of/)
  expect(terminal.screen()).toContain('upload failed on web0002: exit status 2')
})

test('-v puts output above the rows, line by line and nothing twice', async () => {
  const { terminal, play, shown } = onTerminal(80, 12, { verbosity: 1 })
  const run = fleet(2)
  await play(run.started(name(1), 'upload').started(name(2), 'upload').events)
  await shown('2 running')
  const before = run.events.length
  for (let at = 0; at < 30; at++) run.output(name(1), 'upload', `line ${at}\n`)
  await play(run.events.slice(before))
  const screen = await shown('line 29')
  expect(screen.split('\n').at(-1)).toMatch(/0 ok, 2 running of 2/)
  const lines = terminal.everything().split('\n')
  expect(lines.filter(line => line.includes('│ line'))).toEqual(
    Array.from({ length: 30 }, (_, at) => `web0001 │ upload  │ line ${at}`),
  )
})

test('a single command shows output as it comes, on the terminal of both streams', async () => {
  const names = ['web1', 'web2']
  const run = new SampleRun(samplePlan(names, { run: names }))
    .output('web1', 'run', 'out\n')
    .output('web2', 'run', 'err\n', 'stderr')
    .finished('web1', 'run', 'changed')
    .finished('web2', 'run', 'failed', { failure })
  const { terminal, play } = onTerminal(80, 24, { shape: 'command' })
  await play(run.end())
  expect(terminal.screen().split('\n')).toEqual([
    'web1 │ out',
    'web2 │ err',
    'web2 │ ✖ failed · exit status 2 · 0.4s',
    expect.stringMatching(/^✖ 1 ok, 1 failed of 2 hosts/),
  ])
})

test('-q shows nothing while all is well', async () => {
  const { terminal, play } = onTerminal(80, 24, { verbosity: -1 })
  await play(fleet(2).started(name(1), 'upload').finished(name(1), 'upload', 'changed').end())
  expect(terminal.everything()).toBe('')
})

test('what hosts print cannot reach the terminal as controls', async () => {
  const { play, shown } = onTerminal(80, 24, { verbosity: 1 })
  const run = fleet(1).started(name(1), 'upload').output(name(1), 'upload', '\x1b[2J\x1b]0;x\x07\u202e\n')
  await play(run.events)
  expect(await shown('2J')).toContain('\\x1b[2J\\x1b]0;x\\x07\\u202e')
})

test('a question gets the terminal for itself, and the rows come back below it', async () => {
  const pauses = new PauseSwitch()
  const { terminal, play, shown } = onTerminal(80, 24, { pauses })
  await play(fleet(2).started(name(1), 'upload').events)
  await shown('1 running of 2')
  await pauses.during(async () => {
    expect(terminal.screen()).toBe('')
    expect(terminal.cursorShown).toBe(true)
    terminal.write('Trust it? ')
    await sleep(250)
    expect(terminal.screen()).toBe('Trust it?')
    terminal.write('yes\r\n')
  })
  const screen = await shown('1 running of 2')
  expect(screen.split('\n').slice(0, 2)).toEqual(['Trust it? yes', expect.stringMatching(/^▸ web0001/)])
})

test('a terminal that gets smaller shows one set of rows', async () => {
  const { terminal, play, shown } = onTerminal(120, 30)
  const run = fleet(100)
  for (let at = 1; at <= 40; at++) run.started(name(at), 'upload').output(name(at), 'upload', 'x'.repeat(200))
  await play(run.events)
  await shown('40 running')
  terminal.columns = 60
  terminal.rows = 20
  await sleep(250)
  const screen = await shown('40 running of 100')
  expect(screen.split('\n').filter(line => line.includes('running of'))).toHaveLength(1)
  expect(Math.max(...screen.split('\n').map(textWidth))).toBeLessThan(60)
})

test('attempts, pauses and batches show as they go', async () => {
  const { play, shown } = onTerminal(80, 24)
  const hosts = ['web1', 'web2', 'web3']
  const plan = richPlan(
    ['lb1', ...hosts],
    {
      healthy: { on: hosts, in: 'roll', rolling: 0, retry: { attempts: 10, delayMs: 2000, backoff: 1 } },
      settle: { on: hosts, in: 'roll', rolling: 0, action: { kind: 'pause', ms: 30_000 } },
    },
    {
      groups: [{ kind: 'group', id: 'roll' }],
      rollings: [
        { batchOf: Uint32Array.of(NO_BATCH, 0, 1, 1), batches: 2, steps: [0, 1], tolerated: 0, pauseMs: 0 },
      ],
    },
  )
  const run = new SampleRun(plan)
    .finished('web1', 'healthy', 'ok')
    .finished('web1', 'settle', 'ok')
    .started('web2', 'healthy')
    .retried('web2', 'healthy', 1, 2000, { exitCode: 7 })
    .started('web3', 'settle')
  await play(run.events)
  const screen = await shown('batch 2 of 2')
  expect(screen.split('\n').map(line => line.replace(/ +\d+s/, '  0s').trimEnd())).toEqual([
    expect.stringMatching(/^✔ web1 {2}done .*2 ok$/),
    '▸ web2  healthy  0s  retry 2 of 10 in 2 s: exit status 7',
    '▸ web3  settle  0s  for 30 s',
    '',
    '↻ roll  batch 2 of 2  web[2-3]',
    expect.stringMatching(/^\S 1 ok, 2 running of 3 /),
  ])
})

test('a journal that cannot be written is said at once, above the rows', async () => {
  const failure = { code: 'journal', message: 'the disk is full', hint: 'make room' } as const
  const events = [...fleet(2).started(name(1), 'upload').events]
  events.push({ kind: 'journal_failed', at: START, failure })
  const { play, shown } = onTerminal(80, 24)
  await play(events)
  const screen = await shown('the disk is full')
  expect(screen).toMatch(/^✖ the disk is full\n {2}hint: make room\n▸ web0001/)
  const quiet = onTerminal(80, 24, { verbosity: -1 })
  await quiet.play(events)
  await quiet.shown('the disk is full')
})
