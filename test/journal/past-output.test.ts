import { expect, test } from 'vitest'
import { Past } from '../../src/journal/past.ts'
import { readPastOutput } from '../../src/journal/past-output.ts'
import { readRun } from '../../src/journal/read-run.ts'
import type { RunEvent } from '../../src/model/event.ts'
import { maskedEvents } from '../../src/secrets/masked-events.ts'
import { Matcher } from '../../src/secrets/matcher.ts'
import { journalOf, PLAN, sampleEvents, workingFolder, writePid } from './made-run.ts'

const ID = '20261121-014233-1a2b'

/** With what each node printed, whole, in its result. */
function withResult(event: RunEvent, text: string): RunEvent {
  if (event.kind !== 'node_finished' || event.result === undefined) return event
  const stdout = { head: text, tail: '', bytes: Buffer.byteLength(text), truncated: false }
  return { ...event, result: { ...event.result, stdout } }
}

test('output that was masked is not what the host sent, and nobody gets it as that', async () => {
  const cwd = workingFolder()
  const journal = await journalOf(cwd, ID)
  const sieve = maskedEvents(new Matcher(['on h']))
  const events = sampleEvents(ID, Date.now()).map(event =>
    event.kind === 'node_output' && event.host === 1 ? { ...event, text: 'plain\n' } : event,
  )
  for (const event of events) {
    const host = event.kind === 'node_finished' ? event.host : 0
    sieve(withResult(event, host === 1 ? 'plain\n' : 'one on h1\n'), told => journal.append(told))
  }
  await journal.close()
  const { folder, nodes } = readRun(cwd, ID)
  writePid(folder, 1)
  const outputOf = await readPastOutput(folder, PLAN, new Past(PLAN, nodes), () => true)
  expect(outputOf(0, 0)).toBeUndefined()
  expect(outputOf(0, 1)?.stdout.head).toBe('plain\n')
})
