import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Action, PutAction } from '../../src/model/action.ts'
import type { NodeResult } from '../../src/model/outcome.ts'
import { createSteps } from '../../src/steps/index.ts'
import { testContext } from './context.ts'
import { findingOf, snapshot } from './probing.ts'
import { run } from './run-action.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const at = (...names: string[]) => join(temp.path, ...names)
const root = process.getuid?.() === 0

const DRIFT = { outcome: 'refused', failure: { code: 'drift', hint: 'make a new plan' } }

describe.each(SHELLS)('a planned step under %s', (_name, shell) => {
  const session = shellSession(shell)
  const apply = (action: Action): Promise<NodeResult> => createSteps()(action, testContext(session))

  test('a run that is still to run, and one that a guard still keeps from it, are as ever', async () => {
    const guards = { cwd: temp.path, unless: '[ -e done ]' }
    expect(await apply(run('echo x; touch done', { ...guards, planned: 'runs' }))).toMatchObject({
      outcome: 'changed',
      stdout: { head: 'x\n' },
    })
    expect(await apply(run('echo x', { ...guards, planned: 'held' }))).toMatchObject({
      outcome: 'ok',
      note: 'its unless holds',
    })
    expect(await apply(run('echo x', { planned: 'runs' }))).toMatchObject({ outcome: 'changed' })
  })

  test('a run that a guard now keeps from running is drift', async () => {
    writeFileSync(at('there'), '')
    const kept = await apply(run('touch ran', { cwd: temp.path, creates: ['there'], planned: 'runs' }))
    expect(kept).toMatchObject(DRIFT)
    expect(kept.failure?.message).toBe('the plan saw it run, but now what it creates is there')
    for (const guards of [{ unless: 'true' }, { onlyIf: 'false' }, { removes: ['gone'] }]) {
      const action = run('touch ran', { cwd: temp.path, planned: 'runs', ...guards })
      expect(await apply(action)).toMatchObject(DRIFT)
    }
    expect(existsSync(at('ran'))).toBe(false)
  })

  test('a run whose guard holds no more is drift, and its script does not start', async () => {
    for (const guards of [
      { unless: 'false' },
      { onlyIf: 'true' },
      { creates: ['gone'] },
      { removes: ['.'] },
      { unless: 'false', shell: 'sh' },
    ]) {
      const result = await apply(run('touch ran', { cwd: temp.path, planned: 'held', ...guards }))
      expect(result).toMatchObject({ ...DRIFT, stdout: { head: '' } })
      expect(result.failure?.message).toMatch(/^the plan saw a guard/)
    }
    expect(existsSync(at('ran'))).toBe(false)
  })

  const put = (text: string, dest: string, more: Partial<PutAction> = {}): PutAction => ({
    kind: 'put',
    source: { kind: 'content', text },
    dest,
    parents: false,
    timeoutMs: 20_000,
    ...more,
  })
  const planned = async (action: PutAction): Promise<PutAction> => {
    const { before } = await findingOf(session, action)
    if (before === undefined) throw new Error('it was not seen')
    return { ...action, planned: before }
  }

  test('a put of a file meets what was planned', async () => {
    writeFileSync(at('f'), 'old')
    symlinkSync('nowhere', at('link'))
    for (const action of [put('x', at('new')), put('x', at('f')), put('x', at('link')), put('x', at('f'))]) {
      const { outlook } = await findingOf(session, action)
      const result = await apply(await planned(action))
      expect(result.outcome).toBe(outlook === 'same' ? 'ok' : 'changed')
      expect(readFileSync(action.dest, 'utf8')).toBe('x')
    }
  })

  test('a put of a file that meets something else is drift, and touches nothing', async () => {
    const changes: readonly (readonly [string, RegExp])[] = [
      ['echo other >f', /^".*\/f" is no longer what the plan saw: its content changed$/],
      ['chmod 600 f', /its mode is 0600 now, not 0644$/],
      ['rm f', /it disappeared$/],
      ['rm f; ln -s x f', /it is a symbolic link now$/],
      ['rm f; mkdir f', /is a folder$/],
      ['cd ..; mv to gone', /it disappeared, with its folder$/],
      ['cd ..; mv to gone; touch to', /is none$/],
    ]
    for (const [script, message] of changes) {
      rmSync(at('to'), { recursive: true, force: true })
      rmSync(at('gone'), { recursive: true, force: true })
      mkdirSync(at('to'))
      writeFileSync(at('to/f'), 'old')
      chmodSync(at('to/f'), 0o644)
      const action = await planned(put('x', at('to/f')))
      expect((await apply(run(script, { cwd: at('to') }))).outcome).toBe('changed')
      const before = snapshot(temp.path)
      const result = await apply(action)
      expect(result).toMatchObject(DRIFT)
      expect(result.failure?.message).toMatch(message)
      expect(snapshot(temp.path)).toEqual(before)
    }
  })

  test('what appeared, and what a link leads to', async () => {
    const appears = await planned(put('x', at('new')))
    writeFileSync(at('new'), 'x')
    expect((await apply(appears)).failure?.message).toMatch(/it appeared$/)
    symlinkSync('a', at('link'))
    const leads = await planned(put('x', at('link')))
    rmSync(at('link'))
    symlinkSync('b', at('link'))
    expect((await apply(leads)).failure?.message).toMatch(/the link leads elsewhere$/)
  })

  test('a local file, or one of a local folder, that is no longer what the plan saw', async () => {
    mkdirSync(at('tree'))
    for (const file of ['local', 'tree/local']) writeFileSync(at(file), 'shown')
    const own = (src: string) => put('', at('to'), { source: { kind: 'src', text: at(src) } })
    const actions = [await planned(own('local')), await planned(own('tree'))]
    for (const file of ['local', 'tree/local']) writeFileSync(at(file), 'other')
    for (const action of actions) {
      const result = await apply(action)
      expect(result).toMatchObject(DRIFT)
      expect(result.failure?.message).toMatch(/is no longer what the plan saw: what it holds has changed$/)
    }
    expect(existsSync(at('to'))).toBe(false)
    for (const file of ['local', 'tree/local']) writeFileSync(at(file), 'shown')
    expect((await apply(actions[0] as Action)).outcome).toBe('changed')
  })

  test('applied again: what is done already is no drift, anything else is', async () => {
    mkdirSync(at('tree'))
    writeFileSync(at('tree/f'), 'x')
    const first = await planned(put('x', at('new')))
    const tree = await planned(put('', at('copy'), { source: { kind: 'src', text: `${at('tree')}/` } }))
    for (const action of [first, tree]) expect((await apply(action)).outcome).toBe('changed')
    for (const action of [first, tree]) {
      expect((await apply(action)).outcome).toBe('refused')
      expect((await apply({ ...action, again: true })).outcome).toBe('ok')
    }
    writeFileSync(at('new'), 'by hand')
    writeFileSync(at('copy/f'), 'by hand')
    for (const action of [first, tree]) expect(await apply({ ...action, again: true })).toMatchObject(DRIFT)
    const made = run('touch made', { cwd: temp.path, creates: ['new'], planned: 'runs', again: true })
    expect((await apply(made)).outcome).toBe('ok')
  })

  test.skipIf(!root)('another owner', async () => {
    writeFileSync(at('f'), 'old')
    const action = await planned(put('x', at('f')))
    chownSync(at('f'), 1, 1)
    expect((await apply(action)).failure?.message).toMatch(/its owner is 1:1 now, not 0:0$/)
  })
})
