import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { LogFile } from '../../../src/cli/reports/log-file.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'drover-log-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

test('it appends, at once, to a file that only its owner reads', () => {
  const path = join(folder(), 'run.log')
  for (const run of ['first\n', 'second\n']) {
    const log = new LogFile(path, () => expect.unreachable())
    log.append(run)
    expect(readFileSync(path, 'utf8').endsWith(run)).toBe(true)
    log.close()
    log.close()
    log.append('after its end\n')
  }
  expect(readFileSync(path, 'utf8')).toBe('first\nsecond\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a file that exists keeps its mode', () => {
  const path = join(folder(), 'run.log')
  writeFileSync(path, '', { mode: 0o640 })
  const log = new LogFile(path, () => {})
  log.append('x\n')
  log.close()
  expect(statSync(path).mode & 0o777).toBe(0o640)
})

test.skipIf(!existsSync('/dev/full'))('a disk that is full is told once, and stops nothing', () => {
  const told: (string | undefined)[] = []
  const log = new LogFile('/dev/full', ({ code }) => told.push(code))
  for (let n = 0; n < 10; n++) log.append(`line ${n}\n`)
  log.close()
  expect(told).toEqual(['ENOSPC'])
})
