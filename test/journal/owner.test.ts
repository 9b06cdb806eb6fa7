import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { claimRun, ownerOf } from '../../src/journal/owner.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'drover-owner-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

const OWNER = pathToFileURL(join(import.meta.dirname, '../../src/journal/owner.ts')).href

/** A process that claims, says whom it found, and lives until it is told to end. */
async function claimant(
  path: string,
): Promise<{ readonly pid: number; readonly said: string; end(): Promise<void> }> {
  const script = `import { claimRun } from ${JSON.stringify(OWNER)}
    process.stdout.write(JSON.stringify(claimRun(${JSON.stringify(path)}) ?? 'mine'))
    process.stdin.resume().on('end', () => process.exit())`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [said] = await once(child.stdout, 'data')
  const end = async () => {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  return { pid: child.pid as number, said: String(said), end }
}

test('the first one has it, and others are told who that is', async () => {
  const path = folder()
  expect(ownerOf(path)).toBeUndefined()
  const first = await claimant(path)
  expect(first.said).toBe('"mine"')
  expect(claimRun(path)).toEqual({ pid: first.pid, machine: hostname(), state: 'alive' })
  expect(ownerOf(path)?.state).toBe('alive')
  expect(readFileSync(join(path, 'pid'), 'utf8').split('\n')[0]).toBe(String(first.pid))
})

test('when it is killed, one of those who want it gets it', async () => {
  const path = folder()
  const first = await claimant(path)
  await first.end()
  expect(ownerOf(path)?.state).toBe('gone')
  const others = await Promise.all([1, 2, 3, 4].map(() => claimant(path)))
  expect(others.filter(({ said }) => said === '"mine"')).toHaveLength(1)
  expect(readdirSync(path).toSorted()).toEqual(['pid', 'pid.2'])
})

test('another process with the same number is not the owner', () => {
  const path = folder()
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  writeFileSync(join(path, 'pid'), `${process.pid}\n${hostname()}\n${boot}\n1\n`)
  expect(ownerOf(path)?.state).toBe('gone')
  expect(claimRun(path)).toBeUndefined()
})

test('one of another machine is in the way until its part of the run is known to have ended', () => {
  const path = folder()
  writeFileSync(join(path, 'pid'), '42\nelsewhere\nother\n1\n')
  expect(claimRun(path)).toEqual({ pid: 42, machine: 'elsewhere', state: 'elsewhere' })
  expect(claimRun(path, 41)).toMatchObject({ pid: 42 })
  expect(claimRun(path, 42)).toBeUndefined()
  expect(claimRun(path, 42)).toMatchObject({ pid: process.pid, state: 'alive' })
})

test.for([
  ['another boot of this machine', `1\n${hostname()}\nother\n1\n`, 'gone'],
  ['another machine', '1\nelsewhere\nother\n1\n', 'elsewhere'],
  ['an empty file', '', 'gone'],
  ['no number', 'x\n', 'gone'],
] as const)('%s', ([, text, state]) => {
  const path = folder()
  writeFileSync(join(path, 'pid'), text)
  expect(ownerOf(path)?.state).toBe(state)
})

test('a process in another container is elsewhere, though it has the same host name', () => {
  const path = folder()
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  writeFileSync(join(path, 'pid'), `1\n${hostname()}\n${boot}\n1\npid:[1]\n`)
  expect(ownerOf(path)?.state).toBe('elsewhere')
})
