import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { createLocalTransport } from '../../src/transport/local.ts'
import type { Session } from '../../src/transport/transport.ts'
import { OK, runExec, sessionOf, startExec } from './run-exec.ts'
import { processesNaming, uniqueSeconds, untilGone } from './step-processes.ts'

const TARGET = {
  host: 'here',
  connection: { transport: 'local', address: 'localhost', port: 22, user: 'me', keys: [] },
} as const

let session: Session
beforeAll(async () => {
  session = sessionOf(await createLocalTransport().connect(TARGET, new AbortController().signal))
})

test('output, exit code and signal are told apart', async () => {
  const ran = await runExec(session, 'echo out; echo err >&2; exit 3')
  expect(ran).toEqual({
    end: { kind: 'exit', code: 3 },
    stdout: Buffer.from('out\n'),
    stderr: Buffer.from('err\n'),
  })
  expect((await runExec(session, 'kill -9 $$')).end).toEqual({ kind: 'signal', signal: 'SIGKILL' })
  expect((await runExec(session, 'pwd')).stdout.toString()).toBe(`${homedir()}\n`)
})

test('neither the script nor its environment shows in a process list', async () => {
  const exec = await startExec(session, 'echo started; : not-for-ps; sleep 60', {
    env: [['TOKEN', 'not-for-ps']],
  })
  expect(processesNaming('not-for-ps')).toEqual([])
  exec.stop('now')
  await exec.done
})

test.each(['timeout', 'cancel', 'now'] as const)('a step stopped by %s leaves no process', async reason => {
  const seconds = uniqueSeconds()
  const exec = await startExec(session, `sleep ${seconds} & echo started; sleep ${seconds}`)
  exec.stop(reason)
  expect(await exec.done).toEqual({ kind: 'stopped', reason, confirmed: true })
  await untilGone(seconds)
})

test.concurrent('a step that ignores TERM is killed after the grace time', async () => {
  const seconds = uniqueSeconds()
  const exec = await startExec(session, `trap '' TERM; echo started; sleep ${seconds}; sleep ${seconds}`)
  exec.stop('timeout')
  exec.stop('cancel')
  expect(await exec.done).toEqual({ kind: 'stopped', reason: 'timeout', confirmed: true })
  await untilGone(seconds)
})

test.concurrent('a child that ignores TERM is killed though its shell is gone', async () => {
  const seconds = uniqueSeconds()
  const exec = await startExec(session, `(trap '' TERM; exec sleep ${seconds}) & echo started; wait`)
  await sleep(100)
  exec.stop('cancel')
  expect((await exec.done).kind).toBe('stopped')
  await untilGone(seconds)
})

test('a step that is stopped before it starts does not run', async () => {
  const ran = await runExec(session, 'sleep 1; echo ran', {}, exec => exec.stop('cancel'))
  expect(ran.end).toEqual({ kind: 'stopped', reason: 'cancel', confirmed: true })
  expect(ran.stdout.toString()).toBe('')
})

test('a step ends with its shell, though a child holds its output', async () => {
  const seconds = uniqueSeconds()
  const ran = await runExec(session, `sleep ${seconds} & echo $!`)
  expect(ran.end).toEqual(OK)
  process.kill(Number(ran.stdout.toString()), 'SIGKILL')
  await untilGone(seconds)
})

test.each([
  ['kill 0; sleep 60', { kind: 'signal', signal: 'SIGTERM' }],
  ['exec 0<&- 1>&- 2>&- 3>&-; sleep 0.1; exit 7', { kind: 'exit', code: 7 }],
  ['trap "exit 9" EXIT; false', { kind: 'exit', code: 9 }],
  ['exec sh -c "exit 4"', { kind: 'exit', code: 4 }],
  ['setsid true; nohup true >/dev/null 2>&1; read x || exit 5', { kind: 'exit', code: 5 }],
])('%s', async (script, end) => {
  expect((await runExec(session, script)).end).toEqual(end)
})

test('streamed input arrives whole and ends', async () => {
  const chunk = Buffer.alloc(100_000, 'x')
  const ran = await runExec(session, 'wc -c', { stdin: { kind: 'stream' } }, async exec => {
    for (let i = 0; i < 20; i++) await exec.write(chunk)
    exec.end()
  })
  expect(ran.stdout.toString().trim()).toBe('2000000')
})

test('writing to a step that has ended does not hang', async () => {
  const exec = session.exec(
    { script: 'exit 3', env: [], stdin: { kind: 'stream' } },
    { onStdout: () => {}, onStderr: () => {} },
  )
  for (let i = 0; i < 50; i++) await exec.write(Buffer.alloc(1 << 20))
  exec.end()
  expect(await exec.done).toEqual({ kind: 'exit', code: 3 })
})

test('a step with streamed input can be stopped', async () => {
  const seconds = uniqueSeconds()
  const exec = await startExec(session, `echo started; sleep ${seconds}`, { stdin: { kind: 'stream' } })
  exec.stop('cancel')
  expect(await exec.done).toEqual({ kind: 'stopped', reason: 'cancel', confirmed: true })
  await untilGone(seconds)
})

test('nothing more is read while output is not taken', async () => {
  let taken = 0
  let most = 0
  let pending = 0
  const exec = session.exec(
    { script: 'head -c 3000000 /dev/zero', env: [], stdin: { kind: 'empty' } },
    {
      onStdout: async chunk => {
        pending += 1
        most = Math.max(most, pending)
        await sleep(1)
        taken += chunk.length
        pending -= 1
      },
      onStderr: () => {},
    },
  )
  expect(await exec.done).toEqual(OK)
  expect(taken).toBe(3_000_000)
  expect(most).toBe(1)
})

test('a session that is ended takes its steps along', async () => {
  const own = sessionOf(await createLocalTransport().connect(TARGET, new AbortController().signal))
  const seconds = uniqueSeconds()
  const exec = await startExec(own, `echo started; sleep ${seconds}`)
  own.end()
  expect((await exec.done).kind).toBe('lost')
  expect((await own.closed).code).toBe('link_lost')
  expect((await runExec(own, 'true')).end.kind).toBe('unsent')
  await untilGone(seconds)
})

test('what cannot be sent is said, and not sent', async () => {
  const ran = await runExec(session, 'echo \0')
  expect(ran.end).toMatchObject({ kind: 'unsent', failure: { code: 'step_render' } })
})

test('a step ends when its controller is killed', async () => {
  const seconds = uniqueSeconds()
  const transport = join(import.meta.dirname, '../../src/transport/local.ts')
  const code = `
    import { createLocalTransport } from ${JSON.stringify(transport)}
    const session = await createLocalTransport().connect({}, new AbortController().signal)
    session.exec(
      { script: 'echo started; sleep ${seconds}', env: [], stdin: { kind: 'empty' } },
      { onStdout: () => console.log('up'), onStderr: () => {} },
    )`
  const controller = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(controller.stdout, 'data')
  expect(processesNaming(seconds).length).toBeGreaterThan(0)
  controller.kill('SIGKILL')
  await untilGone(seconds)
})

test('the watchdog ends with the step', async () => {
  const ran = await runExec(session, 'echo $$')
  const group = ran.stdout.toString().trim()
  for (let i = 0; i < 100 && inGroup(group); i++) await sleep(20)
  expect(inGroup(group)).toBe(false)
})

function inGroup(group: string): boolean {
  try {
    process.kill(-Number(group), 0)
    return true
  } catch {
    return false
  }
}
