import { appendFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runFolder } from '../../src/journal/folder.ts'
import { KeptOutput } from '../../src/journal/kept-output.ts'
import { RunTail } from '../../src/journal/run-tail.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { NO_OUTPUT } from '../../src/model/outcome.ts'
import { journalOf, makeRun, sampleEvents, workingFolder } from './made-run.ts'

const ID = '20261121-014233-9f3c'

/** Events in short: `h1 one: …`. */
function short(events: Iterable<ReturnType<typeof sampleEvents>[number]>): string[] {
  return [...events].map(event => {
    if (event.kind === 'node_output') return `${event.step} ${event.host} ${event.text}`
    if ('step' in event) return `${event.step} ${event.host} ${event.kind}`
    return event.kind
  })
}

test('a run is told again with its output in place', async () => {
  const cwd = workingFolder()
  const folder = await makeRun(cwd, ID)
  const told = sampleEvents(ID, 0).filter(({ kind }) => kind !== 'node_sent')
  const tail = new RunTail(ID, folder)
  expect(short(tail.read())).toEqual(short(told))
  expect(tail.finished?.counts.changed).toBe(4)
  expect([...tail.read()]).toEqual([])
  tail.close()
})

test('cut anywhere, it tells what is whole, and the rest when that has come', async () => {
  const cwd = workingFolder()
  const whole = await makeRun(cwd, ID)
  const [events, output] = ['events.jsonl', 'output.jsonl'].map(name => readFileSync(join(whole, name)))
  const all = short(sampleEvents(ID, 0).filter(({ kind }) => kind !== 'node_sent'))
  const size = events?.length ?? 0
  for (let cut = 0; cut <= size; cut += 97) {
    const folder = join(cwd, `cut-${cut}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'output.jsonl'), output ?? '')
    writeFileSync(join(folder, 'events.jsonl'), events?.subarray(0, cut) ?? '')
    const tail = new RunTail(ID, folder)
    const before = short(tail.read())
    appendFileSync(join(folder, 'events.jsonl'), events?.subarray(cut) ?? '')
    expect([...before, ...short(tail.read())]).toEqual(all)
    tail.close()
  }
})

test('a torn line that another one takes the place of does no harm', async () => {
  const cwd = workingFolder()
  const journal = await journalOf(cwd, ID)
  const folder = runFolder(cwd, ID)
  const [first, second, ...others] = sampleEvents(ID, 0)
  if (first === undefined || second === undefined) throw new Error('there are events')
  journal.append(first)
  await journal.commit(false)
  const events = join(folder, 'events.jsonl')
  const size = readFileSync(events).length
  appendFileSync(events, '{"v":1,"seq":4,"time":"2026-')
  const tail = new RunTail(ID, folder)
  expect(short(tail.read())).toEqual(['run_started'])
  truncateSync(events, size)
  for (const event of [second, ...others]) journal.append(event)
  await journal.close()
  expect(short(tail.read()).at(-1)).toBe('run_finished')
  tail.close()
})

test('any other damage is told with its line', async () => {
  const cwd = workingFolder()
  const folder = await makeRun(cwd, ID)
  const events = join(folder, 'events.jsonl')
  const lines = readFileSync(events, 'utf8').split('\n')
  lines[4] = lines[4]?.replace('node_', 'nade_') ?? ''
  writeFileSync(events, lines.join('\n'))
  const tail = new RunTail(ID, folder)
  expect(() => [...tail.read()]).toThrow(/is damaged: line 5 /)
  tail.close()
})

test('without a folder there is nothing, by now', () => {
  expect([...new RunTail(ID, '/nonexistent').read()]).toEqual([])
})

test('results get what was printed again, the head and the tail of it', () => {
  const kept = new KeptOutput()
  const node = { at: 0, step: 0, host: 0 }
  const long = `${'a'.repeat(LIMITS.capturedHead)}${'b'.repeat(LIMITS.capturedTail * 3)}end`
  kept.fill({ ...node, kind: 'node_output', stream: 'stdout', text: long })
  kept.fill({ ...node, kind: 'node_output', stream: 'stderr', text: 'oh' })
  const empty = { outcome: 'failed', stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 1 } as const
  const filled = kept.fill({ ...node, kind: 'node_finished', outcome: 'failed', result: empty })
  if (filled.kind !== 'node_finished') throw new Error('it is the same event')
  expect(filled.result?.stderr).toMatchObject({ head: 'oh', truncated: false })
  expect(filled.result?.stdout.truncated).toBe(true)
  expect(filled.result?.stdout.head).toBe('a'.repeat(LIMITS.capturedHead))
  expect(filled.result?.stdout.tail.endsWith('bend')).toBe(true)
  const again = kept.fill({ ...node, kind: 'node_finished', outcome: 'failed', result: empty })
  expect(again).toMatchObject({ result: { stdout: NO_OUTPUT } })
})
