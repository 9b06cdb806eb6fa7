import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { isAlive, untilGone } from './pools.ts'

/** The controller, its lines of stdout one by one. */
function startController(...args: string[]): { process: ChildProcess; line: () => Promise<string> } {
  const script = new URL('./controller.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { process: child, line: async () => (await lines.next()).value as string }
}

test('when the controller is killed, its workers go', async () => {
  const controller = startController('fake', 'hang')
  const pids = JSON.parse(await controller.line()) as number[]
  expect(pids.filter(isAlive)).toHaveLength(1)
  controller.process.kill('SIGKILL')
  await once(controller.process, 'exit')
  await untilGone(pids)
})

test('when the controller is killed, the commands that it started end too', async () => {
  const controller = startController('local', 'echo $$; sleep 600')
  const workers = JSON.parse(await controller.line()) as number[]
  const command = Number(await controller.line())
  expect(isAlive(command)).toBe(true)
  controller.process.kill('SIGKILL')
  await untilGone([...workers, command])
})
