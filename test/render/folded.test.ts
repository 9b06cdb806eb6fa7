import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { diffTexts } from '../../src/diff/text-diff.ts'
import { createLinesRenderer } from '../../src/render/lines.ts'
import type { FoldRequest } from '../../src/render/run/folded.ts'
import { createTtyRenderer } from '../../src/render/tty.ts'
import { capture, play } from './capture.ts'
import { SampleRun, samplePlan } from './sample-run.ts'

const WHOLE: FoldRequest = { kind: 'whole' }
const DIFF: FoldRequest = { kind: 'diff', diff: diffTexts }

/** A command that printed this on each host. */
function ran(
  output: Readonly<Record<string, string>>,
  stderr: Readonly<Record<string, string>> = {},
): SampleRun {
  const hosts = Object.keys(output)
  const run = new SampleRun(samplePlan(hosts, { run: hosts }))
  for (const host of hosts) {
    run.started(host, 'run')
    if (output[host] !== '') run.output(host, 'run', output[host] ?? '')
    if (stderr[host] !== undefined) run.output(host, 'run', stderr[host], 'stderr')
    run.finished(host, 'run', 'changed', { exitCode: 0 })
  }
  return run
}

const folded = (run: SampleRun, fold: FoldRequest = WHOLE) =>
  play(createLinesRenderer, run.end(), { shape: 'command', fold })

const fleet = (n: number, text: (n: number) => string) =>
  Object.fromEntries(
    Array.from({ length: n }, (_, at) => [`web${String(at + 1).padStart(2, '0')}`, text(at + 1)]),
  )

describe('folded output', () => {
  test('hosts that printed the same stand together, most hosts first', async () => {
    const { stdout } = await folded(ran({ ...fleet(12, n => (n === 7 ? 'b\n' : 'a\n')), db1: 'c' }))
    expect(stdout).toBe(`---------------
web[01-06,08-12] (11)
---------------
a
---------------
web07
---------------
b
---------------
db1
---------------
c
`)
  })

  test('each stream goes its own way, and nothing shows before', async () => {
    const { stdout, stderr } = await folded(
      ran(
        fleet(2, () => 'out\n'),
        { web01: 'err\n' },
      ),
    )
    expect(stdout).toBe('---------------\nweb[01-02] (2)\n---------------\nout\n')
    expect(stderr.startsWith('---------------\nweb01\n---------------\nerr\n')).toBe(true)
    const early = ran(fleet(2, () => 'out\n'))
    expect((await play(createLinesRenderer, early.events, { shape: 'command', fold: WHOLE })).stdout).toBe('')
  })

  test('a failure is told as it comes, without its output, which is in the fold', async () => {
    const run = new SampleRun(samplePlan(['web1'], { run: ['web1'] }))
      .output('web1', 'run', 'broken\n')
      .finished('web1', 'run', 'failed', {
        exitCode: 2,
        stdout: { head: 'broken\n', tail: '', bytes: 7, truncated: false },
      })
    const { stdout, stderr } = await folded(run)
    expect(stdout).toBe('---------------\nweb1\n---------------\nbroken\n')
    expect(stderr).toContain('web1 │ ✖ failed · exit status 2')
    expect(stderr).not.toContain('broken')
  })

  test('the difference from the most common output', async () => {
    const text = (n: number) => `a\nb\n${n === 3 ? 'x' : 'c'}\n`
    const { stdout } = await folded(ran({ ...fleet(4, text), db1: '' }), DIFF)
    expect(stdout).toBe(`---------------
web[01-02,04] (3)
---------------
a
b
c
--- web[01-02,04] (3)
+++ web03
@@ -1,3 +1,3 @@
 a
 b
-c
+x
--- web[01-02,04] (3)
+++ db1
@@ -1,3 +0,0 @@
-a
-b
-c
`)
  })

  test('beside nothing, the whole output is the difference', async () => {
    const { stdout } = await folded(ran(fleet(3, n => (n === 1 ? 'x\n' : ''))), DIFF)
    expect(stdout).toBe('---------------\nweb01\n---------------\nx\n')
  })

  test('a host that was not reached did not print nothing', async () => {
    const run = ran({ web1: 'a\n', web2: 'a\n' })
    const lost = new SampleRun(samplePlan(['web1', 'web2'], { run: ['web1', 'web2'] }))
      .output('web1', 'run', 'a\n')
      .finished('web1', 'run', 'changed', { exitCode: 0 })
      .dropped('web2', 'run', 'unreachable')
    expect((await folded(lost, DIFF)).stdout).toBe('---------------\nweb1\n---------------\na\n')
    expect((await folded(run, DIFF)).stdout).toContain('web[1-2] (2)')
  })

  test('long output is cut, and told apart by what is not kept', async () => {
    const long = (middle: string) => `${'line\n'.repeat(50_000)}${middle}\n${'line\n'.repeat(50_000)}`
    const run = ran({ web1: long('a'), web2: long('a'), web3: long('b') })
    const { stdout } = await folded(run)
    expect(stdout).toContain('web[1-2] (2)\n')
    expect(stdout).toMatch(/\n… \d+ lines left out …\n/)
    expect(stdout.length).toBeLessThan(300_000)
    expect((await folded(ran({ web1: long('a'), web2: long('a'), web3: long('b') }), DIFF)).stdout).toContain(
      '--- web[1-2] (2)\n+++ web3\n… the difference is in lines that are left out …\n',
    )
  })

  test('ten thousand hosts that print a lot each stay in bounds', async () => {
    const text = 'y'.repeat(20_000)
    const { stdout } = await folded(ran(fleet(10_000, n => `${n}\n${text}\n`)))
    expect(stdout.length).toBeLessThan(80 << 20)
    expect(stdout).toContain('… 4 lines left out …')
  })

  test('only the last attempt counts', async () => {
    const run = new SampleRun(samplePlan(['web1'], { run: ['web1'] }))
      .output('web1', 'run', 'first\n')
      .retried('web1', 'run', 1, 10)
      .output('web1', 'run', 'second\n')
      .finished('web1', 'run', 'changed', { exitCode: 0 })
    expect((await folded(run)).stdout).toBe('---------------\nweb1\n---------------\nsecond\n')
  })

  test('of a playbook it stands step by step, both streams in one place', async () => {
    const hosts = ['web1', 'web2']
    const run = new SampleRun(samplePlan(hosts, { look: hosts, copy: hosts, tell: hosts }))
    for (const host of hosts)
      run
        .output(host, 'look', 'same\n')
        .finished(host, 'look', 'ok', { exitCode: 0 })
        .finished(host, 'copy', 'changed')
        .output(host, 'tell', `${host}\n`)
        .output(host, 'tell', 'careful\n', 'stderr')
        .finished(host, 'tell', 'ok', { exitCode: 0 })
    const { stdout, stderr } = await play(createLinesRenderer, run.end(), {
      ...{ shape: 'playbook', fold: WHOLE },
    })
    expect(
      stdout.startsWith(`---------------
web[1-2] (2) │ look
---------------
same
---------------
web1 │ tell
---------------
web1
---------------
web2 │ tell
---------------
web2
---------------
web[1-2] (2) │ tell │ stderr
---------------
careful

`),
    ).toBe(true)
    expect(stderr).toBe('')
  })

  test('on a terminal it comes below the rows', async () => {
    const stdout = capture({ columns: 80, rows: 24 })
    const stderr = capture()
    const color = { stdout: false, stderr: false }
    const options = { stdout, stderr, color, verbosity: 0, shape: 'command', fold: WHOLE } as const
    const listener = createTtyRenderer(options)
    for (const event of ran(fleet(3, () => 'a\n')).end()) await listener(event)
    expect(stdout.text().endsWith('---------------\nweb[01-03] (3)\n---------------\na\n')).toBe(true)
  })
})

describe('beside clush -b', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drover-fold-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const hasClush = spawnSync('clush', ['--version']).status === 0

  test.skipIf(!hasClush)('it is the same, byte by byte', async () => {
    const outputs = {
      ...fleet(9, n => ['a\nb\n', 'no line end', '  white  \n\n', 'é 東京\n'][n % 4] as string),
      ...{ db1: 'a\nb\n', db2: '', db03: 'alone\n' },
    }
    for (const [host, text] of Object.entries(outputs)) writeFileSync(join(folder, host), text)
    const hosts = Object.keys(outputs).join(',')
    const clush = spawnSync('clush', ['-R', 'exec', '-w', hosts, '-b', `cat ${folder}/%h`], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' },
    })
    expect(clush.status).toBe(0)
    const { stdout } = await folded(ran(outputs))
    expect(blocks(stdout)).toEqual(blocks(clush.stdout))
  })
})

/** Blocks in any order, as names are: drover keeps that of the inventory. */
function blocks(text: string): string[] {
  const made: string[] = []
  for (const [, names = '', count = '', body] of text.matchAll(BLOCK))
    made.push(
      `${names
        .split(/,(?![^[]*\])/)
        .toSorted()
        .join(',')}${count}\n${body}`,
    )
  return made.toSorted()
}

const BLOCK = /-{15}\n(\S+)( \(\d+\))?\n-{15}\n(.*?)(?=-{15}\n|$)/gs
