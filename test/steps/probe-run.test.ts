import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { RunAction } from '../../src/model/action.ts'
import { findingOf, findingsOf, noting, snapshot } from './probing.ts'
import { applyWith, run } from './run-action.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const at = (...names: string[]) => join(temp.path, ...names)

/** Shells count the lines of all that they are given, and some name where they are. */
const withoutLines = <T>(told: T): T =>
  JSON.parse(JSON.stringify(told), (key, value) =>
    key === 'message' ? value.replace(/(exit status 127|valid shell text): .*/s, '$1') : value,
  )

describe.each(SHELLS)('a look at runs under %s', (_name, shell) => {
  const session = shellSession(shell)
  const look = (more: Partial<RunAction>) => findingOf(session, run('touch ran', { cwd: temp.path, ...more }))

  test('a run without guards runs, and no host is asked', async () => {
    const noted = noting(session)
    expect(await findingsOf(noted.session, [run('touch ran')])).toEqual([
      { kind: 'run', outlook: 'runs', reads: { exists: [], contents: [] } },
    ])
    expect(noted.requests).toEqual([])
  })

  test('guards decide as they do when it is applied, and nothing of the script runs', async () => {
    writeFileSync(at('there'), 'x\n')
    const before = snapshot(temp.path)
    const guards: Partial<RunAction>[] = [
      { creates: ['there'] },
      { creates: ['there', 'gone'] },
      { removes: ['gone'] },
      { removes: ['there'] },
      { unless: 'true' },
      { unless: 'false' },
      { onlyIf: 'true' },
      { onlyIf: 'echo why; exit 3' },
      { unless: 'grep -q x there', onlyIf: 'false' },
      { unless: 'no-such-program' },
      { unless: 'if true' },
      { onlyIf: 'echo "' },
      { unless: 'exit 0' },
      { unless: 'set -e; false; true' },
      { unless: `[ "$WORD" = "it's" ]`, env: [['WORD', "it's"]] },
      { unless: 'cat; read x', stdin: 'text' },
      { shell: 'no-such-shell' },
      { shell: 'no-such-shell', unless: 'true' },
      { shell: 'no-such-shell', unless: 'false' },
      { shell: 'sh' },
      { cwd: at('gone') },
      { cwd: at('there') },
      { unless: 'yes | head -c 3000000' },
      { unless: 'printf "no line feed"; false' },
      { unless: '[ "$(umask)" = 0077 ] || [ "${LC_ALL-}" = C ]' },
      { unless: '[ -n "$(set | grep -i drover)" ] || [ -n "${M-}" ]' },
      { unless: "kill -9 $(sh -c 'echo $PPID')" },
    ]
    const actions = guards.map(more => run('exit 0', { cwd: temp.path, ...more }))
    const findings = await findingsOf(session, actions)
    for (const [index, action] of actions.entries()) {
      const { result } = await applyWith(shell, action)
      const { outcome, note, failure } = result
      const outlook = { changed: 'runs', ok: 'held', failed: 'fails' }[outcome as 'changed' | 'ok' | 'failed']
      expect(withoutLines({ ...findings[index], guards: guards[index] })).toMatchObject({
        guards: guards[index],
        outlook,
        ...(note === undefined ? {} : { note }),
        ...(failure === undefined ? {} : { failure: withoutLines(failure) }),
      })
    }
    expect(snapshot(temp.path)).toEqual(before)
  })

  test('many are one round trip', async () => {
    const noted = noting(session)
    await findingsOf(
      noted.session,
      Array.from({ length: 50 }, (_, index) => run('x', { unless: `[ ${index} = 7 ]` })),
    )
    expect(noted.requests).toHaveLength(1)
  })

  test('what it reads is told with real paths', async () => {
    mkdirSync(at('real/deep'), { recursive: true })
    symlinkSync('real', at('link'))
    symlinkSync(at('real/target'), at('file-link'))
    const { reads } = await look({ creates: ['link', 'link/deep/x', 'gone/../y', at('with\nline')] })
    expect(reads?.exists).toEqual([temp.path, at('link'), at('real/deep/x'), at('y'), at('with\nline')])
    expect(reads?.contents).toEqual([])
    expect((await look({ unless: 'grep -q "a b" file-link link/deep' })).reads?.contents).toEqual([
      at('file-link'),
      at('real/target'),
      at('link'),
      at('real/deep'),
    ])
    expect((await look({ unless: 'my-tool --check x' })).reads?.contents).toBe('anything')
  })

  test('of a program that is found by its name, what it really is', async () => {
    for (const name of ['bin', 'tools']) mkdirSync(at(name))
    symlinkSync('../tools/two', at('bin/one'))
    symlinkSync(at('gone'), at('tools/two'))
    const PATH = `${at('bin')}:${shell.path ?? process.env.PATH}`
    const { reads } = await look({ shell: 'one', creates: ['x'], env: [['PATH', PATH]] })
    const links = [at('bin'), at('bin/one'), at('tools/two'), at('gone')]
    expect(reads?.contents).toEqual(expect.arrayContaining(links))
  })

  test('where it writes is told with real paths, and what leads there', async () => {
    mkdirSync(at('releases/1'), { recursive: true })
    symlinkSync('releases/1', at('current'))
    symlinkSync(at('elsewhere'), at('releases/1/conf'))
    const writes = ['current/*.log', 'current/conf', 'current/new/**', at('plain'), '*', '/*/x']
    expect((await look({ writes })).writes).toEqual({
      globs: [
        at('releases/1/*.log'),
        ...[at('elsewhere'), at('releases/1/conf')],
        at('releases/1/new/**'),
        at('plain'),
        at('*'),
        '/*/x',
      ],
      ways: [at('current'), at('releases/1/conf')],
    })
    expect((await look({ writes: [] })).writes).toBeUndefined()
    expect((await look({ writes: ['x'], cwd: 'gone' })).writes).toBeUndefined()
  })

  test('one that does not end takes no longer than its step may', async () => {
    const items = [
      run('x', { unless: 'sleep 30', timeoutMs: 300 }),
      run('x', { onlyIf: 'sleep 30', timeoutMs: 300 }),
      run('x', { unless: 'true' }),
    ]
    const findings = await findingsOf(session, items)
    expect(
      findings.map(finding => ('outlook' in finding ? finding.outlook : finding.failure.message)),
    ).toEqual([
      'its unless did not end within 300 ms, which is all that the step may take',
      'its only_if did not end within 300 ms, which is all that the step may take',
      'held',
    ])
  })

  test('one that does not end, or ends the shell, leaves the others their answers', async () => {
    const items = [
      run('x', { unless: 'true' }),
      run('x', { unless: 'sleep 30' }),
      run('x', { onlyIf: 'false' }),
      run('x', { onlyIf: 'true' }),
    ]
    const findings = await findingsOf(session, items, { timeoutMs: 500 })
    expect(
      findings.map(finding => ('outlook' in finding ? finding.outlook : finding.failure.message)),
    ).toEqual([
      'held',
      'its unless did not end within 500 ms, which is all that a look may take',
      'held',
      'runs',
    ])
    const killed = await findingsOf(session, [
      run('x', { unless: 'kill -9 $$' }),
      run('x', { unless: 'true' }),
    ])
    expect(killed[0]).toMatchObject({
      kind: 'unseen',
      failure: { message: 'ended by signal KILL in the look at its guards' },
    })
    expect(killed[1]).toMatchObject({ outlook: 'held' })
  })

  test('a folder that the login may not enter is told as when it is applied', async () => {
    mkdirSync(at('closed'))
    chmodSync(at('closed'), 0o000)
    const action = run('exit 0', { cwd: at('closed') })
    const { result } = await applyWith(shell, action)
    expect(await findingOf(session, action)).toMatchObject(
      result.failure === undefined ? { outlook: 'runs' } : { outlook: 'fails', failure: result.failure },
    )
  })
})
