import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { GetAction } from '../../src/model/action.ts'
import { createSteps } from '../../src/steps/index.ts'
import { testContext } from './context.ts'
import { findingOf, findingsOf, noting, snapshot } from './probing.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const at = (...names: string[]) => join(temp.path, ...names)

function get(src: string, more: Partial<GetAction> = {}): GetAction {
  return { kind: 'get', src, dest: at('dest/web1'), timeoutMs: 20_000, ...more }
}

describe.each(SHELLS)('a look at a get under %s', (_name, shell) => {
  const session = shellSession(shell)
  const apply = (action: GetAction) => createSteps()(action, testContext(session))

  test('a file: its size, and whether it is here already', async () => {
    mkdirSync(at('app'))
    writeFileSync(at('app/a.ini'), 'x=1\n')
    symlinkSync('app', at('link'))
    const before = snapshot(temp.path)
    expect(await findingOf(session, get(at('link/a.ini')))).toEqual({
      kind: 'get',
      outlook: 'fetches',
      files: 1,
      bytes: 4,
      local: { new: 1, same: 0, changed: 0, overwritten: [] },
      before: 'none',
      reads: [at('link'), at('app/a.ini')],
    })
    expect(snapshot(temp.path)).toEqual(before)
    await apply(get(at('app/a.ini')))
    const local = async () => (await findingOf(session, get(at('app/a.ini')))).local
    expect(await local()).toEqual({ new: 0, same: 1, changed: 0, overwritten: [] })
    const overwritten = [at('dest/web1/a.ini')]
    writeFileSync(at('dest/web1/a.ini'), 'y=2\n')
    expect(await local()).toEqual({ new: 0, same: 0, changed: 1, overwritten })
    writeFileSync(at('dest/web1/a.ini'), 'longer\n')
    expect(await local()).toEqual({ new: 0, same: 0, changed: 1, overwritten })
  })

  test('a folder, and what a pattern matches: each file of it', async () => {
    const names = ['-n', "it's", '$(id)', 'a\nb', '\\', '*', '"', ' ', 'ü', 'x\ty', 'plain']
    mkdirSync(at('app/deep'), { recursive: true })
    for (const name of names) writeFileSync(at('app/deep', name), name)
    writeFileSync(at('app/one.log'), '1')
    writeFileSync(at('app/two.log'), '22')
    symlinkSync('one.log', at('app/link'))
    const before = snapshot(at('app'))
    const bytes = names.reduce((sum, name) => sum + Buffer.byteLength(name), 3)
    expect(await findingOf(session, get(at('app')))).toMatchObject({
      outlook: 'fetches',
      files: names.length + 2,
      bytes,
      local: { new: names.length + 2 },
      reads: [at('app')],
    })
    expect(await findingOf(session, get(at('app/*.log')))).toMatchObject({
      files: 2,
      bytes: 3,
      reads: [at('app')],
    })
    await apply(get(at('app')))
    await apply(get(at('app/*.log')))
    expect((await findingOf(session, get(at('app')))).local).toEqual({
      new: 0,
      same: names.length + 2,
      changed: 0,
      overwritten: [],
    })
    writeFileSync(at('dest/web1/one.log'), 'x')
    expect((await findingOf(session, get(at('app/*.log')))).local).toEqual({
      new: 0,
      same: 1,
      changed: 1,
      overwritten: [at('dest/web1/one.log')],
    })
    expect(snapshot(at('app'))).toEqual(before)
  })

  test('what would fail says so in the same words, and makes nothing', async () => {
    mkdirSync(at('folder'))
    writeFileSync(at('folder/f'), 'x')
    execFileSync('mkfifo', [at('pipe')])
    symlinkSync('nowhere', at('dangling'))
    mkdirSync(at('dest/blocked/f'), { recursive: true })
    symlinkSync('../folder', at('dest/link'))
    const actions = [
      get(at('gone')),
      get(at('*.none')),
      get(at('pipe')),
      get(at('dangling')),
      get('/'),
      get(''),
      get(at('folder/f'), { dest: at('dest/blocked') }),
      get(at('folder/f'), { dest: at('dest/link') }),
    ]
    const before = snapshot(temp.path)
    const findings = await findingsOf(session, actions)
    expect(snapshot(temp.path)).toEqual(before)
    for (const [index, action] of actions.entries()) {
      const { failure } = await apply(action)
      expect(findings[index]).toMatchObject({ outlook: 'fails', failure })
    }
  })

  test('a file that says it is empty and is not', async () => {
    expect(await findingOf(session, get('/proc/version'))).toMatchObject({
      outlook: 'fetches',
      bytes: readFileSync('/proc/version').length,
    })
  })

  test('many are one round trip', async () => {
    writeFileSync(at('f'), 'x')
    const noted = noting(session)
    await findingsOf(
      noted.session,
      Array.from({ length: 20 }, () => get(at('f'))),
    )
    expect(noted.requests).toHaveLength(1)
  })

  test('planned: what is here is no longer what the plan saw', async () => {
    writeFileSync(at('f'), 'new')
    const planned = async () =>
      get(at('f'), { planned: (await findingOf(session, get(at('f')))).before as string })
    const first = await planned()
    mkdirSync(at('dest/web1'), { recursive: true })
    writeFileSync(at('dest/web1/unrelated'), 'x')
    writeFileSync(at('dest/web1/f'), 'appeared')
    const drift = { outcome: 'refused', failure: { code: 'drift' } }
    expect(await apply(first)).toMatchObject(drift)
    const second = await planned()
    writeFileSync(at('dest/web1/f'), 'changed!')
    expect(await apply(second)).toMatchObject(drift)
    expect(readFileSync(at('dest/web1/f'), 'utf8')).toBe('changed!')
    rmSync(at('dest/web1/f'))
    expect(await apply(second)).toMatchObject(drift)
    expect((await apply(first)).outcome).toBe('ok')
    expect((await apply(await planned())).outcome).toBe('ok')
  })

  test('planned: what another step has fetched meanwhile is no drift where it is the same', async () => {
    writeFileSync(at('f'), 'new')
    writeFileSync(at('g'), 'other')
    const planned = async (src: string) =>
      get(src, { planned: (await findingOf(session, get(src))).before as string })
    const both = await planned(at('[fg]'))
    const one = await planned(at('f'))
    expect((await apply(get(at('f')))).outcome).toBe('ok')
    expect((await apply(one)).outcome).toBe('ok')
    expect((await apply(both)).outcome).toBe('ok')
  })
})
