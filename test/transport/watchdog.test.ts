import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type TestContext, test } from 'vitest'
import { LIMITS } from '../../src/model/limits.ts'
import {
  beatLine,
  type GroupMode,
  payload,
  WATCHDOG_LINES,
  WRAPPER_ARGV,
} from '../../src/transport/wrapper.ts'
import { describeWith } from '../sshd/requirements.ts'
import { processesNaming, uniqueSeconds, untilGone } from './step-processes.ts'

/** The wrapper, with a second of silence where it has a minute. */
const CODE = WRAPPER_ARGV[2].replace(`sleep ${LIMITS.silentMs / 1000} `, 'sleep 1 ')
const MARK = '0123456789abcdef'

/** Starts a step, and waits until it runs. */
async function start(
  { onTestFinished }: TestContext,
  shell: readonly string[],
  script: string,
  group: GroupMode = 'own',
) {
  const [program = 'sh', ...args] = shell
  const child = spawn(program, [...args, '-c', CODE], { detached: true, stdio: 'pipe' })
  onTestFinished(() => void child.stdin.destroy())
  child.stdin.on('error', () => {})
  child.stdin.write(
    payload({ script: `echo up; ${script}`, env: [], stdin: { kind: 'empty' } }, MARK, {
      group,
      stderrMarked: false,
    }),
  )
  for (let output = ''; !output.includes('up'); ) output += await once(child.stdout, 'data')
  return child
}

const SHELLS = [['sh'], ['bash', '--posix'], ['busybox', 'sh'], ['zsh', '--emulate', 'sh']]

for (const shell of SHELLS) {
  describeWith([shell[0] as string], `the watchdog run by ${shell[0]}`, () => {
    test.concurrent('silence after a heartbeat ends the step', async context => {
      const seconds = uniqueSeconds()
      const child = await start(context, shell, `sleep ${seconds}; exit 3`)
      child.stdin.write(beatLine())
      await once(child, 'exit')
      await untilGone(seconds)
    })

    test.concurrent('without a heartbeat, and while they come, the step goes on', async context => {
      const child = await start(context, shell, 'sleep 3; exit 3')
      const ended = once(child, 'exit')
      for (let i = 0; i < 4; i++) {
        await sleep(i === 0 ? 1200 : 500)
        child.stdin.write(beatLine())
      }
      const beats = setInterval(() => child.stdin.write(beatLine()), 300)
      context.expect((await ended)[0]).toBe(3)
      clearInterval(beats)
    })

    test.concurrent.for([
      ['term', 'SIGTERM'],
      ['kill', 'SIGKILL'],
    ] as const)('%s ends the whole group', async ([line, signal], context) => {
      const seconds = uniqueSeconds()
      const child = await start(context, shell, `sleep ${seconds} & sleep ${seconds}`)
      child.stdin.write(WATCHDOG_LINES[line])
      context.expect(await once(child, 'exit')).toEqual([null, signal])
      await untilGone(seconds)
    })

    test.concurrent('what has left the group ends too, also when it takes no TERM', async context => {
      const seconds = uniqueSeconds()
      const daemon = `trap "" TERM; sleep ${seconds} & sleep ${seconds}`
      const script = `(setsid sh -c '${daemon}' &); setsid sleep ${seconds} & echo up; sleep ${seconds}`
      const child = await start(context, shell, script)
      child.stdin.write(WATCHDOG_LINES.term)
      await once(child, 'exit')
      await untilGone(seconds)
    })

    test.concurrent('a daemon outlives a step that ends by itself', async context => {
      const seconds = uniqueSeconds()
      const child = await start(context, shell, `setsid sleep ${seconds} >/dev/null 2>&1 & sleep 0.3`)
      context.expect((await once(child, 'exit'))[0]).toBe(0)
      child.stdin.end()
      await sleep(300)
      context.expect(processesNaming(seconds)).toHaveLength(1)
      for (const pid of processesNaming(seconds)) process.kill(pid)
    })

    test.concurrent('the end of the input ends the step', async context => {
      const seconds = uniqueSeconds()
      const child = await start(context, shell, `sleep ${seconds} & sleep ${seconds}`)
      child.stdin.end()
      await once(child, 'exit')
      await untilGone(seconds)
    })

    test.concurrent('where there is no process group, the shell of the step is ended', async context => {
      const seconds = uniqueSeconds()
      const child = await start(context, shell, `sleep ${seconds}; exit 3`, 'none')
      child.stdin.write(WATCHDOG_LINES.term)
      context.expect(await once(child, 'exit')).toEqual([null, 'SIGTERM'])
      for (const pid of processesNaming(seconds)) process.kill(pid)
    })
  })
}
