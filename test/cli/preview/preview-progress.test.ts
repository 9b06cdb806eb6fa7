import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { CliContext } from '../../../src/cli/context.ts'
import { previewProgress } from '../../../src/cli/preview/preview-progress.ts'
import { PauseSwitch } from '../../../src/render/pause-switch.ts'
import { capture } from '../../render/capture.ts'
import { richPlan } from '../../render/sample-run.ts'
import { VirtualTerminal } from '../../render/virtual-terminal.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }))
afterEach(() => void vi.useRealTimers())

function watch(names: readonly string[], columns = 60) {
  const terminal = new VirtualTerminal(columns, 24)
  const pauses = new PauseSwitch()
  const plan = richPlan(names, { facts: { on: names, hidden: true }, a: { on: names }, b: { on: names } })
  const progress = previewProgress({ stderr: terminal as unknown as CliContext['stderr'] }, plan, pauses)
  const screen = async () => {
    await setImmediate()
    return terminal.screen()
  }
  return { progress, pauses, screen }
}

const NAMES = ['db1', 'db2', 'db3', 'web1']

test('how many answers there are, and nothing when it is over', async () => {
  const { progress, screen } = watch(NAMES)
  progress.found(0, () => [0])
  expect(await screen()).toBe('Asking 4 hosts: 0 of 8')
  vi.advanceTimersByTime(500)
  progress.found(3, () => [0])
  expect(await screen()).toBe('Asking 4 hosts: 3 of 8')
  progress.end()
  expect(await screen()).toBe('')
  vi.advanceTimersByTime(60_000)
  expect(await screen()).toBe('')
})

test('who keeps it waiting is named, as long as it does', async () => {
  const { progress, screen } = watch(NAMES)
  let asked = [0, 1, 2, 3]
  progress.found(0, () => asked)
  vi.advanceTimersByTime(9000)
  progress.found(2, () => asked)
  expect(await screen()).toBe('Asking 4 hosts: 2 of 8')
  asked = [0, 2]
  vi.advanceTimersByTime(3000)
  expect(await screen()).toBe('Asking 4 hosts: 2 of 8, waiting for db[1,3] (2)')
  asked = [2]
  vi.advanceTimersByTime(1000)
  expect(await screen()).toBe('Asking 4 hosts: 2 of 8, waiting for db3')
  asked = [0]
  vi.advanceTimersByTime(1000)
  expect(await screen()).toBe('Asking 4 hosts: 2 of 8')
  progress.end()
})

test('many are cut to the line, which a terminal could not take away otherwise', async () => {
  const names = Array.from({ length: 40 }, (_, n) => `host-${n * 7}`)
  const { progress, screen } = watch(names)
  progress.found(0, () => [...names.keys()])
  vi.advanceTimersByTime(12_000)
  expect(await screen()).toBe('Asking 40 hosts: 0 of 80, waiting for host-[0,7,14,…] (40)')
  progress.end()
  expect(await screen()).toBe('')
})

test('a question has the line for itself', async () => {
  const { progress, pauses, screen } = watch(NAMES)
  progress.found(0, () => [])
  await pauses.during(async () => {
    progress.found(1, () => [])
    vi.advanceTimersByTime(20_000)
    expect(await screen()).toBe('')
  })
  expect(await screen()).toBe('Asking 4 hosts: 1 of 8')
  progress.end()
})

test('what stands there already is not written again', async () => {
  const stderr = capture({ columns: 60, rows: 24 })
  const plan = richPlan(NAMES, { a: { on: NAMES } })
  const context = { stderr: stderr as unknown as CliContext['stderr'] }
  const progress = previewProgress(context, plan, new PauseSwitch())
  progress.found(0, () => [])
  vi.advanceTimersByTime(5000)
  await setImmediate()
  expect(stderr.text()).toBe('\rAsking 4 hosts: 0 of 4\x1b[K')
  progress.end()
})

test('nothing where nobody watches', async () => {
  const stderr = capture()
  const plan = richPlan(NAMES, { a: { on: NAMES } })
  const context = { stderr: stderr as unknown as CliContext['stderr'] }
  const progress = previewProgress(context, plan, new PauseSwitch())
  progress.found(0, () => [0])
  vi.advanceTimersByTime(20_000)
  progress.end()
  await setImmediate()
  expect(stderr.text()).toBe('')
})
