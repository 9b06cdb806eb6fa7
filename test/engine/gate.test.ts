import { expect, test } from 'vitest'
import type { Failure } from '../../src/model/errors.ts'
import type { RunEvent } from '../../src/model/event.ts'
import type { Journal } from '../../src/model/journal.ts'
import { begin } from './fleet.ts'
import { onHost, planOf } from './plans.ts'

const CHAIN = planOf(2, [{ targets: [0, 1] }, { targets: [0, 1], edges: [onHost(0)] }])

const DISK_FULL: Failure = { code: 'journal', message: 'there is no space left on the disk' }

/** A disk that takes its time: a commit ends when the test says so. */
class SlowJournal implements Journal {
  readonly appended: string[] = []
  readonly synced: boolean[] = []
  #pending: PromiseWithResolvers<Failure | undefined> | undefined

  append(event: RunEvent): void {
    this.appended.push('step' in event ? `${event.kind} ${event.step}@${event.host}` : event.kind)
  }

  commit(sync: boolean): Promise<Failure | undefined> {
    this.synced.push(sync)
    this.#pending = Promise.withResolvers()
    return this.#pending.promise
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** The commit under way ends; what follows from it has followed. */
  async end(failure?: Failure): Promise<void> {
    await turns()
    this.#pending?.resolve(failure)
    this.#pending = undefined
    await turns()
  }
}

const turns = () => new Promise(resolve => setTimeout(resolve, 0))

/** A run with a journal, and what it has told. */
function recorded(signals: { readonly signal?: AbortSignal; readonly nowSignal?: AbortSignal } = {}) {
  const journal = new SlowJournal()
  const heard: string[] = []
  const listener = (event: RunEvent) => void heard.push(event.kind)
  const { fleet, ran, clock } = begin(CHAIN, undefined, { journal, listeners: [listener], ...signals })
  /** The disk takes a commit, and its rest is over. */
  const commit = async (failure?: Failure) => {
    await journal.end(failure)
    while (clock.next());
    await turns()
  }
  return { journal, heard, fleet, ran, commit }
}

test('nobody hears of anything, and no node starts, before it is on the disk', async () => {
  const { journal, heard, fleet, commit } = recorded()
  await turns()
  expect(journal.appended).toEqual(['run_started', 'node_sent 0@0', 'node_sent 0@1'])
  expect(heard).toEqual([])
  expect(fleet.calls).toEqual([])
  await commit()
  expect(heard).toEqual(['run_started', 'node_sent', 'node_sent'])
  expect(fleet.calls).toEqual(['start 0@0', 'start 0@1'])
})

test('the end of a node and what follows from it are one commit', async () => {
  const { journal, fleet, commit } = recorded()
  await commit()
  const before = journal.synced.length
  fleet.finish('0@0')
  await turns()
  expect(journal.appended.slice(3)).toEqual(['node_started 0@0', 'node_finished 0@0', 'node_sent 1@0'])
  expect(journal.synced.length).toBe(before + 1)
  expect(journal.synced.at(-1)).toBe(true)
})

test('output alone does not wait for the disk itself', async () => {
  const { journal, fleet, commit } = recorded()
  await commit()
  void fleet.events.output(0, 0, 'stdout', 'hello')
  await turns()
  expect(journal.synced.at(-1)).toBe(false)
})

test('a flood of output is held back while the disk is slow', async () => {
  const { fleet, commit } = recorded()
  await commit()
  void fleet.events.output(0, 0, 'stdout', 'a')
  await turns()
  const held = fleet.events.output(0, 0, 'stdout', 'x'.repeat(2 << 20))
  expect(held).toBeInstanceOf(Promise)
  let released = false
  void Promise.resolve(held).then(() => (released = true))
  await commit()
  expect(released).toBe(true)
})

test('when the journal fails, nothing new starts, what runs goes on, and the run says so', async () => {
  const { journal, heard, fleet, ran, commit } = recorded()
  await commit()
  fleet.finish('0@0')
  await commit(DISK_FULL)
  expect(fleet.calls.filter(call => call.startsWith('start'))).toEqual(['start 0@0', 'start 0@1'])
  fleet.finish('0@1')
  for (let round = 0; round < 5; round += 1) await commit()
  const summary = await ran
  expect(summary.summary).toMatchObject({ stopped: 'journal', status: 1 })
  expect(Object.fromEntries(summary.outcomes)).toEqual({
    '0@0': 'ok',
    '0@1': 'ok',
    '1@0': 'cancelled',
    '1@1': 'cancelled',
  })
  expect(heard.filter(kind => kind === 'journal_failed')).toHaveLength(1)
  expect(journal.appended.filter(kind => kind === 'run_finished')).toEqual([])
})

test('a node that waits for the disk ends at once when the user cancels', async () => {
  const user = new AbortController()
  const { fleet, ran, commit } = recorded({ signal: user.signal })
  await turns()
  user.abort()
  for (let round = 0; round < 5; round += 1) await commit()
  const { outcomes, summary } = await ran
  expect([...outcomes.values()]).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled'])
  expect(summary.stopped).toBe('interrupted')
  expect(fleet.calls.filter(call => call.startsWith('start'))).toEqual([])
})

test('a disk that hangs does not keep a user who has asked twice', async () => {
  const user = { cancel: new AbortController(), now: new AbortController() }
  const { ran } = recorded({ signal: user.cancel.signal, nowSignal: user.now.signal })
  await turns()
  user.cancel.abort()
  user.now.abort()
  expect((await ran).summary.status).toBe(130)
})
