import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunAction } from '../../src/model/action.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { applyRun } from '../../src/steps/run.ts'
import { quoteWord } from '../../src/steps/shell-words.ts'
import type { ExecEnd, Session } from '../../src/transport/transport.ts'
import { testContext } from './context.ts'
import { applyWith, run } from './run-action.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-run-'))
  await writeFile(join(folder, 'there'), '')
  await writeFile(join(folder, 'a-file'), '')
  await symlink('/nowhere/at/all', join(folder, 'dangling'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.each(SHELLS)('run under %s', (_name, shell) => {
  const apply = (action: RunAction) => applyWith(shell, action)

  test('a command that succeeds counts as changed, a read-only one as ok', async () => {
    const { result, shown } = await apply(run('echo out; echo err >&2'))
    expect(result).toMatchObject({ outcome: 'changed', exitCode: 0 })
    expect(result.stdout).toEqual({ head: 'out\n', tail: '', bytes: 4, truncated: false })
    expect(shown).toEqual({ stdout: 'out\n', stderr: 'err\n' })
    expect((await apply(run('true', { readOnly: true }))).result.outcome).toBe('ok')
  })

  test('a failure names the exit status and the last line of stderr', async () => {
    const { result } = await apply(run('echo first >&2; echo "disk is full" >&2; exit 3'))
    expect(result).toMatchObject({
      outcome: 'failed',
      exitCode: 3,
      failure: { code: 'step_exit', message: 'exit status 3: disk is full' },
    })
  })

  test('the first command that fails ends the script', async () => {
    const { result, shown } = await apply(run('echo one\nfalse\necho two'))
    expect(result.outcome).toBe('failed')
    expect(shown.stdout).toBe('one\n')
  })

  test('env and stdin reach the command', async () => {
    const env = [['WORD', 'a b $x']] as const
    const { shown } = await apply(run('printf "%s|" "$WORD"; cat', { env, stdin: 'from stdin' }))
    expect(shown.stdout).toBe('a b $x|from stdin')
  })

  test.each(['plain', 'two words', "it's", '-dash', '~', '$(touch x)', 'new\nline', 'ünï', '*'])(
    'cwd and guards take the name %j as it is',
    async name => {
      const path = join(folder, name)
      await apply(run(`mkdir -p -- ${quoteWord(path)}`))
      expect((await apply(run('pwd', { cwd: path }))).shown.stdout).toBe(`${path}\n`)
      const relative = await apply(run('echo ran', { cwd: folder, creates: [name === '~' ? './~' : name] }))
      expect(relative.result).toMatchObject({ outcome: 'ok', note: 'what it creates is there' })
      expect(relative.shown.stdout).toBe('')
    },
  )

  test('~ is the home folder', async () => {
    const env = [['HOME', folder]] as const
    expect((await apply(run('pwd', { cwd: '~', env }))).shown.stdout).toBe(`${folder}\n`)
    await writeFile(join(folder, 'here'), '')
    const { result } = await apply(run('echo ran', { creates: ['~/here'], env }))
    expect(result.outcome).toBe('ok')
  })

  test('creates wants all paths, removes wants none', async () => {
    const outcome = async (more: Partial<RunAction>) =>
      (await apply(run('true', { cwd: folder, ...more }))).result.outcome
    expect(await outcome({ creates: ['there', 'dangling'] })).toBe('ok')
    expect(await outcome({ creates: ['there', 'missing'] })).toBe('changed')
    expect(await outcome({ removes: ['missing', 'gone'] })).toBe('ok')
    expect(await outcome({ removes: ['missing', 'dangling'] })).toBe('changed')
  })

  test.each([
    ['missing', 'does not exist on the host'],
    ['a-file', 'is not a folder'],
  ])('a cwd that is %s is said by name', async (name, message) => {
    const { result, shown } = await apply(run('true', { cwd: join(folder, name) }))
    expect(result.failure).toEqual({
      code: 'remote_file',
      message: `cwd ${JSON.stringify(join(folder, name))} ${message}`,
    })
    expect(shown).toEqual({ stdout: '', stderr: '' })
  })

  test('a flood of output is kept in part, and no character is cut', async () => {
    const { result } = await apply(run("yes 'äöü€𝄞' | head -c 5000001; echo end", { cwd: '/' }))
    expect(result.stdout.bytes).toBe(5_000_005)
    expect(result.stdout.truncated).toBe(true)
    expect(Buffer.byteLength(result.stdout.head)).toBeLessThanOrEqual(LIMITS.capturedHead)
    expect(result.stdout.head).not.toContain('\ufffd')
    expect(result.stdout.tail.endsWith('end\n')).toBe(true)
    expect(result.stdout.tail.startsWith('\ufffd')).toBe(false)
  })

  test('any text survives quoting', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).filter(value => !value.includes('\0'))
    await fc.assert(
      fc.asyncProperty(text, async value => {
        const { result } = await apply(run(`printf %s ${quoteWord(value)}`))
        expect(result.stdout.head).toBe(Buffer.from(value).toString())
      }),
      { numRuns: 15 },
    )
  })
})

test('a command that takes too long is ended, and the message says after how long', async () => {
  const result = await applyRun(run('sleep 30', { timeoutMs: 300 }), testContext())
  expect(result.outcome).toBe('failed')
  expect(result.failure).toEqual({ code: 'step_timeout', message: 'timed out after 300 ms' })
})

test('cancelling ends the command', async () => {
  const context = testContext()
  const applied = applyRun(run('echo started; sleep 30'), {
    ...context,
    output: () => context.controller.abort('cancel'),
  })
  expect((await applied).outcome).toBe('cancelled')
  expect((await applyRun(run('true'), context)).outcome).toBe('cancelled')
})

test('a command killed by a signal says which', async () => {
  const result = await applyRun(run('kill -9 $$'), testContext())
  expect(result).toMatchObject({ outcome: 'failed', signal: 'KILL', failure: { code: 'step_signal' } })
})

test.each<[ExecEnd, object]>([
  [
    { kind: 'lost', failure: { code: 'link_lost', message: 'reset' } },
    { outcome: 'unknown', failure: { code: 'link_lost', message: 'reset' } },
  ],
  [{ kind: 'unsent', failure: { code: 'link_lost', message: 'gone' } }, { outcome: 'unreachable' }],
  [{ kind: 'unsent', failure: { code: 'channel_refused', message: 'no' } }, { outcome: 'failed' }],
  [
    { kind: 'stopped', reason: 'timeout', confirmed: false },
    { failure: { code: 'step_timeout', message: /did not confirm/ } },
  ],
])('a link that ends as %j', async (end, expected) => {
  const session: Session = {
    ...shellSession(),
    exec: () => ({ done: Promise.resolve(end), write: async () => {}, end() {}, stop() {} }),
  }
  const result = await applyRun(run('true'), testContext(session))
  const wanted = JSON.parse(JSON.stringify(expected)) as object
  if (end.kind === 'stopped') expect(result.failure?.message).toMatch(/did not confirm/)
  else expect(result).toMatchObject(wanted)
})

test('a command longer than a shell takes is refused before it is sent', async () => {
  const result = await applyRun(run(`: ${'x'.repeat(LIMITS.scriptBytes)}`), testContext())
  expect(result.failure?.code).toBe('step_render')
})
