import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RunAction } from '../../src/model/action.ts'
import type { Failure } from '../../src/model/errors.ts'
import { LIMITS } from '../../src/model/limits.ts'
import type { NodeResult } from '../../src/model/outcome.ts'
import { applyRun } from '../../src/steps/run.ts'
import type { ExecEnd, Session } from '../../src/transport/transport.ts'
import { testContext } from './context.ts'
import { run } from './run-action.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const OLD = '11111111-1111-4111-8111-111111111111'
const NEW = '22222222-2222-4222-8222-222222222222'
const EXIT: ExecEnd = { kind: 'exit', code: 0 }
const LOST: Failure = { code: 'link_lost', message: 'gone' }

/** A host whose every command answers the same. */
function session(print: (script: string) => string, end: ExecEnd, closed: Promise<Failure>): Session {
  return {
    closed,
    end() {},
    exec: (request, handlers) => {
      void handlers.onStdout(Buffer.from(print(request.script)))
      return { done: Promise.resolve(end), write: async () => {}, end() {}, stop() {} }
    },
  }
}

const never = new Promise<never>(() => {})
const gone = () => Promise.resolve(LOST)
/** What the prelude prints on a host that tells its boot. */
const withBoot = (boot: string) => (script: string) =>
  `${/[0-9a-f]{32}/.exec(script)?.[0]} boot ${boot}\nbye\n`
const answering = (text: string) => session(() => text, EXIT, never)

async function apply(
  first: Session,
  links: readonly (Session | Failure)[],
  more: Partial<RunAction> = {},
): Promise<NodeResult> {
  const rest = [...links]
  const relink = async (signal: AbortSignal) =>
    rest.shift() ?? new Promise<Failure>(resolve => signal.addEventListener('abort', () => resolve(LOST)))
  const result = applyRun(run('reboot', { reconnect: true, timeoutMs: 300_000, ...more }), {
    ...testContext(first),
    relink,
  })
  await vi.advanceTimersByTimeAsync(LIMITS.reconnectQuietMs * 3)
  return result
}

test.each([
  [NEW, 'rebooted'],
  [OLD, 'same boot'],
])('a host that tells its boot: %s', async (boot, word) => {
  const result = await apply(session(withBoot(OLD), EXIT, gone()), [answering(`boot ${boot}\n`)])
  expect(result).toMatchObject({
    outcome: 'changed',
    note: `back after 0 s, ${word}`,
    stdout: { head: 'bye\n' },
  })
})

test('a host that tells no boot, or nonsense', async () => {
  const silent = session(() => 'bye\n', EXIT, gone())
  expect((await apply(silent, [answering('')])).note).toBe('back after 0 s')
  expect((await apply(silent, [answering(`boot ${NEW}\n`)])).note).toBe('back after 0 s')
  const first = session(withBoot(OLD), EXIT, gone())
  expect((await apply(first, [answering('boot \u001b[31m\n')])).note).toBe('back after 0 s')
})

test('logins that still work while the host shuts down are not its return', async () => {
  const stopping = session(() => `boot ${OLD}\nstopping\n`, EXIT, gone())
  const links = [stopping, stopping, answering(`boot ${NEW}\nrunning\n`)]
  const result = await apply(session(withBoot(OLD), EXIT, gone()), links)
  expect(result.note).toMatch(/, rebooted$/)
})

test('a link that breaks again at once is made anew', async () => {
  const broken = session(() => '', { kind: 'lost', failure: LOST }, gone())
  const result = await apply(session(withBoot(OLD), EXIT, gone()), [broken, answering(`boot ${NEW}\n`)])
  expect(result.outcome).toBe('changed')
})

test('a link that stays is left behind after a while', async () => {
  const result = await apply(
    session(() => '', EXIT, never),
    [answering('')],
  )
  expect(result).toMatchObject({ outcome: 'changed', note: 'back after 0 s' })
})

test.each<[string, ExecEnd]>([
  ['a signal', { kind: 'signal', signal: 'TERM' }],
  ['an exit status that stands for one', { kind: 'exit', code: 143 }],
])('a command that ends by %s: a failure only if the link stays', async (_how, end) => {
  expect(
    (
      await apply(
        session(() => '', end, gone()),
        [answering('')],
      )
    ).outcome,
  ).toBe('changed')
  expect(
    (
      await apply(
        session(() => '', end, never),
        [answering('')],
      )
    ).outcome,
  ).toBe('failed')
})

test('a wrong host key is final', async () => {
  const failure: Failure = { code: 'host_key_changed', message: 'the key of web1 has changed' }
  const result = await apply(
    session(() => '', EXIT, gone()),
    [failure, answering('')],
  )
  expect(result).toMatchObject({ outcome: 'failed', failure })
})

test('a link that never goes down within a short limit is said', async () => {
  const { failure } = await apply(
    session(() => '', EXIT, never),
    [],
    { timeoutMs: 5_000 },
  )
  expect(failure).toMatchObject({
    code: 'step_timeout',
    message: 'did not come back within 5 s: the link did not go down',
  })
})
