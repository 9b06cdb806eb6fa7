import { expect, test } from 'vitest'
import { LIMITS } from '../../src/model/limits.ts'
import { Outbox } from '../../src/worker/outbox.ts'
import { OutputBox } from '../../src/worker/output-box.ts'
import { type FromWorker, OUTPUT_WINDOW } from '../../src/worker/protocol.ts'

type Stream = 'stdout' | 'stderr'

function boxWith() {
  const batches: FromWorker[][] = []
  const outbox = new Outbox<FromWorker>(batch => void batches.push(batch))
  const box = new OutputBox(outbox)
  const push = (host: number, stream: Stream, text: string) =>
    box.push(`0@${host}`, { kind: 'output', step: 0, host, stream, text })
  return { box, outbox, batches, push }
}

test('what a host prints byte by byte travels in one message, and no host in the one of another', () => {
  const { batches, outbox, push } = boxWith()
  for (let at = 0; at < 1000; at++) {
    void push(0, 'stdout', 'a')
    void push(1, 'stdout', 'b')
  }
  outbox.flush()
  void push(0, 'stdout', 'later')
  outbox.flush()
  expect(batches.map(batch => batch.map(message => 'text' in message && message.text))).toEqual([
    ['a'.repeat(1000), 'b'.repeat(1000)],
    ['later'],
  ])
})

test('the order of the two streams of a node stays', () => {
  const { batches, outbox, push } = boxWith()
  for (const [stream, text] of [
    ['stdout', '1'],
    ['stderr', '2'],
    ['stderr', '3'],
    ['stdout', '4'],
  ] as const)
    void push(0, stream, text)
  outbox.flush()
  const [batch = []] = batches
  expect(batch.map(message => 'stream' in message && `${message.stream} ${message.text}`)).toEqual([
    'stdout 1',
    'stderr 23',
    'stdout 4',
  ])
})

test('many short messages hold a host back like few long ones, until they are taken', async () => {
  const { box, batches, push } = boxWith()
  let held: Promise<void> | undefined
  let pushed = 0
  for (; held === undefined; pushed++) held = push(0, pushed % 2 === 0 ? 'stdout' : 'stderr', 'x')
  expect(pushed).toBeLessThanOrEqual(1 + OUTPUT_WINDOW / LIMITS.outputOverhead)
  for (const message of batches.flat())
    if ('text' in message) box.taken(message.text.length + LIMITS.outputOverhead)
  await held
})
