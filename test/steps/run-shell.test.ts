import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { RunAction } from '../../src/model/action.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { applyRun } from '../../src/steps/run.ts'
import { createLocalTransport } from '../../src/transport/local.ts'
import { isSession } from '../../src/worker/host-link.ts'
import { findProgram } from '../sshd/programs.ts'
import { testContext } from './context.ts'
import { applyWith, run } from './run-action.ts'
import { SHELLS } from './shells.ts'

/** Other shells than /bin/sh, as far as they are installed. */
const OTHERS = ['bash', 'zsh', 'dash', 'ksh', '/bin/bash'].filter(name => findProgram(name) !== undefined)

describe.each(SHELLS.filter(([, shell]) => shell.path === undefined))('shell: under %s', (_name, shell) => {
  test.each(OTHERS)('%s runs the script, and stops at the first failure', async other => {
    const apply = (script: string, more: Partial<RunAction> = {}) =>
      applyWith(shell, run(script, { shell: other, ...more }))
    expect((await apply('echo one\nfalse\necho two')).result).toMatchObject({
      outcome: 'failed',
      exitCode: 1,
      stdout: { head: 'one\n' },
    })
    expect((await apply('echo "$(basename "$(readlink /proc/$$/exe)")"; exit 3')).result).toMatchObject({
      exitCode: 3,
      stdout: { head: expect.stringContaining((other.split('/').at(-1) as string).slice(0, 3)) },
    })
  })

  test('what only bash can', async () => {
    const script =
      'a=(x "y z")\n[[ ${a[1]} == y* ]] && mapfile -t lines && printf "%s|" "${lines[@]}" "$WORD"'
    const { result } = await applyWith(
      shell,
      run(script, { shell: 'bash', stdin: 'one\ntwo\n', env: [['WORD', "it's"]] }),
    )
    expect(result).toMatchObject({ outcome: 'changed', stdout: { head: "one|two|it's|" } })
  })

  test('its messages count the lines of the script', async () => {
    const { result } = await applyWith(shell, run('\n\n: ${x?unset}', { shell: 'bash' }))
    expect(result.failure?.message).toMatch(/line 3: x: unset$/)
  })

  test('guards are for /bin/sh all the same', async () => {
    const { result } = await applyWith(
      shell,
      run('[[ x ]]', { shell: 'bash', unless: '[ -n "$BASH" ] && false' }),
    )
    expect(result).toMatchObject({ outcome: 'changed' })
  })

  test('a shell that is not there is said by name', async () => {
    for (const missing of ['no-such-shell', '/etc/passwd', '/nowhere/at all']) {
      const { result, shown } = await applyWith(shell, run('echo x', { shell: missing }))
      expect(result.failure).toEqual({
        code: 'remote_shell',
        message: `the host has no shell ${JSON.stringify(missing)}`,
      })
      expect(shown).toEqual({ stdout: '', stderr: '' })
    }
  })
})

/** Of all processes: the arguments, and the environment of those that the given one has started. */
function processesOf(parent: string): { readonly args: string; readonly childEnv: string } {
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'latin1')
    } catch {
      return ''
    }
  }
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
  const children = pids.filter(pid => read(pid, 'stat').split(') ').at(-1)?.split(' ')[1] === parent)
  return {
    args: pids.map(pid => read(pid, 'cmdline')).join('\n'),
    childEnv: children.map(pid => read(pid, 'environ')).join('\n'),
  }
}

test('the script stands neither in the process list nor in the environment of what it starts', async () => {
  const session = await createLocalTransport().connect(
    { host: 'here', connection: { transport: 'local', address: '', port: 0, user: '', keys: [] } },
    new AbortController().signal,
  )
  if (!isSession(session)) throw new Error(session.message)
  const context = testContext(session)
  let seen: ReturnType<typeof processesOf> | undefined
  const script =
    'sleep 600 & until grep -q sleep /proc/$!/comm; do :; done; echo $$; : only-the-script-has-this; wait'
  const result = await applyRun(run(script, { shell: 'bash', unless: ': only-the-guard-has-this; false' }), {
    ...context,
    output: (_stream, chunk) => {
      seen = processesOf(chunk.toString().trim())
      context.controller.abort('cancel')
    },
  })
  expect(result.outcome).toBe('cancelled')
  expect(seen?.childEnv).toContain('PATH=')
  expect(seen?.childEnv).not.toContain('only-the')
  expect(seen?.args).toContain('bash\0-e\0-c')
  expect(seen?.args).not.toContain('only-the')
  session.end()
})

test('a script of any size that can be sent at all reaches its shell', async () => {
  const size = LIMITS.scriptBytes - 2000
  const { result } = await applyWith(
    { command: ['/bin/sh'] },
    run(`x='${'x'.repeat(size)}'; echo \${#x}`, { shell: 'bash' }),
  )
  expect(result.stdout.head).toBe(`${size}\n`)
})
