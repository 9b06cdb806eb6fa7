import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import { drover, outcomesOf, startDrover, untilPrinted } from './drover.ts'
import { linesOf, writeLocalHosts } from './local-hosts.ts'
import { workFolder, writePlaybook } from './work-folder.ts'

const BIN = resolve(import.meta.dirname, '../../bin/drover.js')

/** So many steps that their journal is larger than a small disk. */
const MANY = Array.from({ length: 400 }, (_, at) => `  - { id: s${at}, run: "echo s${at} >> marks" }\n`).join(
  '',
)

function project(steps: string) {
  const cwd = workFolder()
  const inventory = writeLocalHosts(cwd, ['h1'])
  return { cwd, args: ['apply', writePlaybook(cwd, steps), ...inventory] }
}

describe('what cannot be recorded is not done', () => {
  test('a file that may not grow any more: nothing new starts, and the run says so', async () => {
    const { cwd, args } = project(MANY)
    const script = 'ulimit -f 200; exec "$0" "$@"'
    const child = spawn('bash', ['-c', script, process.execPath, BIN, ...args, '--yes', '--format', 'json'], {
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', text => (stdout += text))
    const [status] = await once(child, 'close')
    expect(status).toBe(1)
    const events = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(events.filter(({ event }) => event === 'journal_failed')).toMatchObject([
      { failure: { code: 'journal', message: expect.stringContaining('ulimit -f') } },
    ])
    expect(events.at(-1)).toMatchObject({ event: 'run_finished', stopped: 'journal' })
    const done = Object.values(outcomesOf({ stdout })).filter(outcome => outcome === 'changed').length
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThan(400)
    // Each of them ran once, and nothing that is not told.
    expect(linesOf(cwd, 'marks').length).toBe(done)
    const resumed = await drover(['resume', 'last', '--rerun-unknown', '-q'], { cwd })
    expect(resumed).toMatchObject({ status: 0 })
    const marks = linesOf(cwd, 'marks')
    expect(new Set(marks).size).toBe(400)
    // The one that ran when the disk was full could not be recorded.
    expect(marks.length).toBeLessThanOrEqual(401)
  })

  test('a folder that cannot be written: nothing starts, unless without a journal', async () => {
    const { cwd, args } = project('  - { id: a, run: "echo a" }\n')
    writeFileSync(join(cwd, '.drover'), 'a file')
    const refused = await drover(args, { cwd })
    expect(refused.status).toBe(1)
    expect(refused.stdout).toBe('')
    expect(refused.stderr).toContain('the run cannot be recorded in .drover/runs of this folder')
    expect(refused.stderr).toContain('--no-journal runs without a record')
    expect((await drover([...args, '--no-journal'], { cwd })).status).toBe(0)
  })
})

describeWith(['root'], 'a disk that is full', () => {
  /** A small file system of its own, where the machine lets us have one. */
  function smallDisk(path: string): boolean {
    mkdirSync(path)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'drover-test', path], {
        stdio: 'ignore',
      })
    } catch {
      return false
    }
    onTestFinished(() => void execFileSync('umount', ['-l', path]))
    return true
  }

  test('stops the run in order, and it goes on when there is room', async context => {
    const { cwd, args } = project(MANY)
    if (!smallDisk(join(cwd, '.drover'))) return context.skip('no file system can be mounted here')
    const finished = await drover([...args, '--format', 'lines'], { cwd })
    expect(finished.status).toBe(1)
    expect(finished.stdout).toContain('there is no space left on the disk')
    execFileSync('mount', ['-o', 'remount,size=8m', join(cwd, '.drover')])
    expect(await drover(['resume', 'last', '--rerun-unknown', '-q'], { cwd })).toMatchObject({ status: 0 })
    expect(new Set(linesOf(cwd, 'marks')).size).toBe(400)
    return undefined
  })
})

test('two runs in one folder keep to themselves', async () => {
  const { cwd, args } = project("  - { id: a, run: 'echo up; sleep 0.3' }\n  - { id: b, run: 'echo b' }\n")
  const runs = Array.from({ length: 4 }, () =>
    startDrover([...args, '--no-lock', '--format', 'json'], { cwd }),
  )
  await untilPrinted(runs[0] as ReturnType<typeof startDrover>, 'h1')
  const ended = await Promise.all(runs.map(run => run.finished))
  expect(ended.map(({ status }) => status)).toEqual([0, 0, 0, 0])
  chmodSync(cwd, 0o700)
})
