import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { createPaint } from '../../src/render/paint.ts'
import { runLabels } from '../../src/render/run/labels.ts'
import { renderRecap } from '../../src/render/run/recap.ts'
import { RunTally } from '../../src/render/run/tally.ts'
import { textWidth } from '../../src/render/width.ts'
import { lateExpr, printed, richPlan, SampleRun, START, samplePlan } from './sample-run.ts'

const names = Array.from({ length: 12 }, (_, at) => `web${String(at + 1).padStart(2, '0')}`)

function recap(
  events: readonly RunEvent[],
  options: { columns?: number; color?: boolean; isTerminal?: boolean; resume?: string } = {},
): string {
  const [first] = events
  if (first?.kind !== 'run_started') throw new Error('a run starts')
  const tally = new RunTally(first.plan)
  for (const event of events) tally.add(event)
  return renderRecap(tally, runLabels(first.plan), {
    paint: createPaint(options.color ?? false),
    columns: options.columns ?? 80,
    isTerminal: options.isTerminal ?? false,
    table: true,
    failures: 'all',
    totals: 'steps',
    quiet: false,
    resume: options.resume,
  })
}

const deploy = () =>
  new SampleRun(samplePlan([...names, 'db1'], { upload: names, migrate: ['db1'], restart: names }))

/** As it happens: one upload fails, one host is away, the database's link breaks. */
function badDay(): SampleRun {
  const run = deploy()
  run.unreachable('web03', {
    code: 'connect_refused',
    message: '10.0.0.2:22 refused the connection',
    hint: 'is sshd running there?',
  })
  run.dropped('web03', 'upload', 'unreachable').dropped('web03', 'restart', 'blocked', ['web03', 'upload'])
  run.finished('db1', 'migrate', 'unknown', {
    failure: { code: 'link_lost', message: 'the connection broke after 12s' },
  })
  for (const name of names.filter(name => name !== 'web03' && name !== 'web07'))
    run.finished(name, 'upload', 'ok').finished(name, 'restart', 'changed')
  run.finished('web07', 'upload', 'failed', {
    failure: { code: 'step_exit', message: 'exit status 1' },
    stdout: printed('checking space\n'),
    stderr: printed('No space left on device\n'),
  })
  run.dropped('web07', 'restart', 'blocked', ['web07', 'upload'])
  return run.wait(12_300)
}

test('a bad day, told in the order that helps', () => {
  expect(recap(badDay().end())).toBe(`
                          ok  changed  failed  unreachable  unknown  blocked
✔ web[01-02,04-06,08-12]   1        1       ·            ·        ·        ·
✖ web03                    ·        ·       ·            1        ·        1
✖ web07                    ·        ·       1            ·        ·        1
? db1                      ·        ·       ·            ·        1        ·

✖ upload failed on web07: exit status 1 (deploy.yml:5)
  stdout
  │ checking space
  stderr
  │ No space left on device
  1 step blocked because web07/upload failed

✖ web03 unreachable: 10.0.0.2:22 refused the connection
  hint: is sshd running there?
  1 step blocked because web03 is unreachable

? migrate ended unknown on db1: the connection broke after 12s (deploy.yml:9)
  It may or may not have run there: look before you apply again.

✖ 3 steps on 13 hosts: 10 ok, 10 changed, 1 failed, 1 unreachable, 1 unknown, 2 blocked · 12s
`)
})

test('a good day is a table and a line', () => {
  const run = deploy().finished('db1', 'migrate', 'ok')
  for (const name of names) run.finished(name, 'upload', 'ok').finished(name, 'restart', 'changed')
  expect(recap(run.wait(2100).end())).toBe(`
              ok  changed
✔ web[01-12]   1        1
✔ db1          1        ·

✔ 3 steps on 13 hosts: 13 ok, 12 changed · 2.1s
`)
})

test('the same trouble on many hosts is told once, with the names and addresses of one', () => {
  const run = deploy()
  names.slice(0, 6).forEach((name, at) => {
    run.unreachable(name, {
      code: 'connect_refused',
      message: `10.0.0.${at}:22 refused ${name}`,
      hint: 'start it',
    })
    run.dropped(name, 'upload', 'unreachable')
  })
  const text = recap(run.end())
  expect(text).toContain('✖ web[01-06] unreachable, as web01: 10.0.0.0:22 refused web01\n  hint: start it\n')
  expect(text.match(/unreachable,/g)).toHaveLength(1)
})

test('failures with different output stay apart; equal ones fold', () => {
  const run = deploy()
  const failure = { code: 'step_exit', message: 'exit status 1' } as const
  run.finished('web01', 'upload', 'failed', { failure, stderr: printed('disk full\n') })
  run.finished('web02', 'upload', 'failed', { failure, stderr: printed('permission denied\n') })
  run.finished('web03', 'upload', 'failed', { failure, stderr: printed('disk full\n') })
  const text = recap(run.end())
  expect(text).toContain('✖ upload failed on web[01,03]: exit status 1 (deploy.yml:5)\n  │ disk full\n')
  expect(text).toContain('✖ upload failed on web02: exit status 1 (deploy.yml:5)\n  │ permission denied\n')
})

test('what blocked others comes before what failed alone, though it failed later', () => {
  const run = deploy()
  run.finished('web01', 'restart', 'failed', { exitCode: 1 })
  run.finished('db1', 'migrate', 'failed', { exitCode: 2 })
  for (const name of names.slice(1)) run.dropped(name, 'restart', 'blocked', ['db1', 'migrate'])
  const lines = recap(run.end()).split('\n')
  const heads = lines.filter(line => /^✖ \w+ (failed|unreachable) on /.test(line))
  expect(heads).toEqual([
    '✖ migrate failed on db1: exit status 2 (deploy.yml:9)',
    '✖ restart failed on web01: exit status 1 (deploy.yml:13)',
  ])
  expect(lines).toContain('  11 steps blocked because db1/migrate failed')
})

test.each([
  ['interrupted', 'Interrupted'],
  ['on_failure', 'on_failure: stop'],
  ['max_failures', 'max_failures'],
] as const)('a run that ended early says why: %s', (stopped, words) => {
  const run = deploy().finished('web01', 'upload', 'ok').dropped('web02', 'upload', 'cancelled')
  const text = recap(run.end(stopped))
  expect(text).toContain(words)
  expect(text).toContain('⊘ 3 steps on 13 hosts: 1 ok, 1 cancelled')
})

const RESUME = 'drover resume 20261128-2107-ab12'

test('a run that was ended says what is done, and last of all how to go on', () => {
  const run = deploy().finished('web01', 'upload', 'changed').finished('web02', 'upload', 'cancelled')
  run.dropped('web03', 'upload', 'cancelled').wait(12_300)
  const ending = (events: readonly RunEvent[], resume?: string) =>
    recap(events, resume === undefined ? {} : { resume })
      .split('\n\n')
      .at(-1)
  const events = run.end('timeout')
  expect(ending(events, RESUME)).toBe(
    `Out of time after 12s: 1 step that ran was ended, 1 was not started, 1 of 3 done.
⊘ 3 steps on 13 hosts: 1 changed, 2 cancelled · 12s
Go on with: ${RESUME}
`,
  )
  expect(ending(events)).not.toContain('Go on')
})

test('a journal that cannot be written, and a host that another run has, are said with what to do', () => {
  const failure = { code: 'journal', message: 'no space left on device' } as const
  const journal = deploy().finished('web01', 'upload', 'ok').dropped('web02', 'upload', 'cancelled')
  journal.events.push({ kind: 'journal_failed', at: START, failure })
  expect(recap(journal.end('journal'), { resume: RESUME })).toContain(
    `Stopped: no space left on device.
1 step was not started, 1 of 2 done; what was not recorded is unknown to whoever goes on.
`,
  )
  const locked = deploy().dropped('web01', 'upload', 'cancelled')
  expect(recap(locked.end('lock'))).toContain(
    'Another run has a host that this one needs: 1 step was not started, 0 of 1 done.\ndrover lock list',
  )
})

test('what was refused alone would be refused again: a new plan is needed', () => {
  const run = deploy().finished('web01', 'upload', 'refused')
  run.dropped('web01', 'restart', 'blocked', ['web01', 'upload'])
  expect(recap(run.end(), { resume: RESUME })).toMatch(
    /\nMake a new plan, or undo what changed and: drover resume 20261128-2107-ab12\n$/,
  )
  run.finished('web02', 'upload', 'failed', { exitCode: 1 })
  expect(recap(run.end(), { resume: RESUME })).toMatch(/\nGo on with: drover resume 20261128-2107-ab12\n$/)
})

test('what failed or is unknown can be gone on with; a run that came through has nothing left', () => {
  const text = recap(badDay().end(), { resume: RESUME })
  expect(text).toMatch(/\nGo on with: drover resume 20261128-2107-ab12\n$/)
  expect(text).toContain(
    'It may or may not have run there: look, and go on with --rerun-unknown or --skip-unknown.',
  )
  expect(recap(badDay().end())).toContain('It may or may not have run there: look before you apply again.')
  const well = deploy().finished('web01', 'upload', 'ok').finished('web01', 'restart', 'skipped')
  expect(recap(well.end(), { resume: RESUME })).not.toContain('Go on')
})

test('what the end of the run kept from starting is told apart from what a need blocked', () => {
  const plan = { ...deploy().plan, maxFailures: 1 }
  const bad = (stopped: 'on_failure' | 'max_failures') => {
    const run = new SampleRun(plan).finished('web01', 'upload', 'failed', { exitCode: 1 })
    run.dropped('web01', 'restart', 'blocked', ['web01', 'upload'])
    for (const name of ['web02', 'web03'])
      run.dropped(name, 'upload', 'blocked', ['web01', 'upload'], 'stopped')
    return recap(run.end(stopped))
  }
  expect(bad('on_failure')).toContain('  1 step blocked because web01/upload failed\n')
  expect(bad('on_failure')).toContain(
    '\n2 steps were not started because of on_failure: stop of upload on web01.\n',
  )
  expect(bad('max_failures')).toContain(
    '\n2 steps were not started: more than 1 host failed (max_failures).\n',
  )
})

test('long output is cut in the middle, and says by how much', () => {
  const lines = Array.from({ length: 500 }, (_, at) => `line ${at}`)
  const run = deploy().finished('web01', 'upload', 'failed', {
    exitCode: 1,
    stdout: printed(lines.join('\n')),
  })
  const text = recap(run.end())
  expect(text).toContain('  │ line 3\n  │ … 484 lines left out …\n  │ line 488\n')
  expect(text).toContain('  │ line 499\n')
})

test('output that was cut on the way says how much is missing', () => {
  const stdout = { head: 'begin\n', tail: 'the end\n', bytes: 1_000_000_014, truncated: true }
  const text = recap(deploy().finished('web01', 'upload', 'failed', { exitCode: 1, stdout }).end())
  expect(text).toContain('  │ begin\n  │ … 1.0 GB left out …\n  │ the end\n')
})

test('ten thousand hosts with as many troubles stay readable', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => `host-${'abcdefghij'[at % 10]}${at}-${at % 7}x`)
  const run = new SampleRun(samplePlan(many, { upload: many }))
  for (const [at, name] of many.entries())
    run.finished(name, 'upload', 'failed', { exitCode: 1, stderr: printed(`trouble number ${at}\n`) })
  const text = recap(run.end())
  expect(text.split('\n').length).toBeLessThan(150)
  expect(text).toContain('more failures on')
})

test('names that do not fold are cut at the width of the terminal, and counted', () => {
  const odd = ['alpha', 'bravo', 'charlie', 'delta', 'echo', 'foxtrot', 'golf', 'hotel', 'india', 'juliett']
  const run = new SampleRun(samplePlan(odd, { upload: odd }))
  for (const name of odd) run.finished(name, 'upload', 'ok')
  const [, , row] = recap(run.end(), { columns: 40 }).split('\n')
  expect(row).toMatch(/^✔ alpha,bravo,.*,… \(10\) +1$/)
  expect(textWidth(row ?? '')).toBeLessThanOrEqual(40)
})

test('a pattern that is too long is cut between two numbers', () => {
  const odd = Array.from({ length: 40 }, (_, at) => `web${100 + 3 * at}`)
  const run = new SampleRun(samplePlan(odd, { upload: odd }))
  for (const name of odd) run.finished(name, 'upload', 'failed', { exitCode: 1 })
  const text = recap(run.end())
  expect(text).toMatch(/^✖ web\[100,103,106,[\d,]*,…\] \(40\) +1$/m)
  expect(text).toMatch(/^✖ upload failed on web\[100(,\d{3})*,…\] \(40\): exit status 1/m)
})

test('colours only add to the text', () => {
  const events = badDay().end()
  const colored = recap(events, { color: true })
  expect(colored).toContain('\x1b[31m')
  expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(recap(events))
})

test('attempts, retries and skipped steps are counted', () => {
  const retry = { attempts: 3, delayMs: 1000, backoff: 1 }
  const plan = richPlan(['web1', 'web2'], { a: { on: ['web1', 'web2'], retry }, b: { on: ['web1', 'web2'] } })
  const run = new SampleRun(plan).retried('web1', 'a', 1, 1000).retried('web1', 'a', 2, 1000)
  run.finished('web1', 'a', 'failed', { exitCode: 7 }).dropped('web1', 'b', 'blocked', ['web1', 'a'])
  run.retried('web2', 'a', 1, 1000).finished('web2', 'a', 'ok').finished('web2', 'b', 'skipped')
  expect(recap(run.wait(9000).end())).toBe(`
        ok  skipped  failed  blocked
✔ web2   1        1       ·        ·
✖ web1   ·        ·       1        1

✖ a failed on web1: exit status 7, after 3 attempts (deploy.yml:5)
  1 step blocked because web1/a failed

✖ 2 steps on 2 hosts: 1 ok, 1 skipped, 1 failed, 1 blocked · 3 retries · 9.0s
`)
})

test('an assertion that names its host is one trouble, with an example', () => {
  const run = new SampleRun(samplePlan(['web1', 'web2'], { size: ['web1', 'web2'] }))
  for (const name of ['web1', 'web2']) {
    const failure = { code: 'step_assert', message: `${name} is too small` } as const
    run.finished(name, 'size', 'failed', { failure })
  }
  expect(recap(run.end())).toContain(
    '✖ size failed on web[1-2], as on web1: web1 is too small (deploy.yml:5)\n',
  )
})

test('what an included file skips by its own choice does not count', () => {
  const where = (file: string) => ({ file, line: 5, col: 5 })
  const cond = (source: string, file: string) => ({ ...lateExpr(source), where: where(file) })
  const own = cond('params.manager == "apt"', 'lib/package.yml')
  const inside = { on: ['web1'], where: where('lib/package.yml') }
  const plan = richPlan(['web1'], {
    'p.other_system': { ...inside, when: [own] },
    'p.callers_when': { ...inside, when: [cond('facts.x', 'deploy.yml'), own] },
    'p.by_result': { ...inside, when: [cond('steps.a.changed', 'lib/package.yml')] },
    b: { on: ['web1'], when: [cond('facts.x', 'deploy.yml')] },
  })
  const run = new SampleRun(plan)
  for (const { id } of plan.steps) run.finished('web1', id, 'skipped')
  expect(recap(run.end())).toContain('✔ 4 steps on 1 host: 3 skipped ·')
})

test('ids of loops are shortened where their keys are long', () => {
  const id = `web.users["${'x'.repeat(80)}"].key`
  const run = new SampleRun(samplePlan(['web1'], { [id]: ['web1'], b: ['web1'] }))
  run.finished('web1', id, 'failed', { exitCode: 1 }).dropped('web1', 'b', 'blocked', ['web1', id])
  const text = recap(run.end())
  expect(text).toContain(`✖ web.users["${'x'.repeat(30)}…"].key failed on web1: exit status 1 (`)
  expect(text).toContain(`1 step blocked because web1/web.users["${'x'.repeat(30)}…"].key failed\n`)
})

test('a host that only carries out others’ steps is none of the run’s', () => {
  const plan = richPlan(['lb1', 'web1'], { drain: { on: ['web1'], delegate: 'lb1' } })
  const text = recap(new SampleRun(plan).finished('web1', 'drain', 'changed').end())
  expect(text).toContain('1 step on 1 host: 1 changed')
  expect(text).not.toContain('lb1')
})

test('an unreachable delegate is told, and what it held up', () => {
  const plan = richPlan(['lb1', 'web1', 'web2'], {
    drain: { on: ['web1', 'web2'], delegate: 'lb1' },
    restart: { on: ['web1', 'web2'] },
  })
  const failure = { code: 'connect_refused', message: 'lb1 is unreachable' } as const
  const run = new SampleRun(plan).unreachable('lb1', { code: 'connect_refused', message: 'refused' })
  for (const host of ['web1', 'web2'])
    run
      .finished(host, 'drain', 'unreachable', { failure })
      .dropped(host, 'restart', 'blocked', [host, 'drain'])
  expect(recap(run.end())).toBe(`
            unreachable  blocked
✖ web[1-2]            1        1

✖ drain unreachable on web[1-2]: lb1 is unreachable (deploy.yml:5)
  2 steps blocked because drain was unreachable on 2 hosts

✖ lb1 unreachable: refused

✖ 2 steps on 2 hosts: 2 unreachable, 2 blocked · 0ms
`)
})

test('on a terminal the last line does not break inside of a word', () => {
  const lines = recap(badDay().end(), { isTerminal: true, columns: 90 }).trimEnd().split('\n')
  expect(lines.slice(-2)).toEqual([
    '✖ 3 steps on 13 hosts: 10 ok, 10 changed, 1 failed, 1 unreachable, 1 unknown, 2 blocked',
    '  12s',
  ])
})

test('a host whose link was lost for good is called lost: what it ran is unknown', () => {
  const plan = samplePlan(['web1'], { one: ['web1'], two: ['web1'] })
  const failure = { code: 'link_lost', message: 'the connection was lost' } as const
  const run = new SampleRun(plan)
    .unreachable('web1', failure)
    .finished('web1', 'one', 'unknown', { failure })
    .dropped('web1', 'two', 'blocked', ['web1', 'one'])
    .end()
  const text = recap(run)
  expect(text).toContain('web1 lost: the connection was lost')
  expect(text).not.toMatch(/unreachable|failed/)
})
