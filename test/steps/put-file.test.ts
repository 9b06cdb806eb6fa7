import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PutAction } from '../../src/model/action.ts'
import { createSteps } from '../../src/steps/index.ts'
import type { Session } from '../../src/transport/transport.ts'
import { testContext } from './context.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const at = (...names: string[]) => join(temp.path, ...names)
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8).padStart(4, '0')
const root = process.getuid?.() === 0

function content(text: string, dest: string, more: Partial<PutAction> = {}): PutAction {
  return { kind: 'put', source: { kind: 'content', text }, dest, parents: false, timeoutMs: 20_000, ...more }
}

function src(path: string, dest: string, more: Partial<PutAction> = {}): PutAction {
  return { ...content('', dest, more), source: { kind: 'src', text: path } }
}

function applyOver(session: Session) {
  const steps = createSteps()
  return (action: PutAction) => steps(action, testContext(session))
}

describe.each(SHELLS)('put of a file under %s', (_name, shell) => {
  const apply = applyOver(shellSession(shell))

  test('writes a new file as 0644, and finds it up to date the next time', async () => {
    expect(await apply(content('hello', at('new')))).toMatchObject({
      outcome: 'changed',
      note: '5 B written',
    })
    expect(readFileSync(at('new'), 'utf8')).toBe('hello')
    expect(modeOf(at('new'))).toBe('0644')
    const before = lstatSync(at('new'))
    expect(await apply(content('hello', at('new')))).toMatchObject({
      outcome: 'ok',
      note: 'already up to date',
    })
    expect(lstatSync(at('new'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
    expect(readdirSync(temp.path)).toEqual(['new'])
  })

  test('a file of the same length but other content is replaced', async () => {
    writeFileSync(at('f'), 'aaaa')
    expect((await apply(content('bbbb', at('f')))).outcome).toBe('changed')
    expect(readFileSync(at('f'), 'utf8')).toBe('bbbb')
  })

  test('mode alone is set in place; what is not given stays', async () => {
    writeFileSync(at('f'), 'same')
    chmodSync(at('f'), 0o600)
    expect((await apply(content('same', at('f')))).outcome).toBe('ok')
    expect((await apply(content('same', at('f'), { mode: '4755' }))).outcome).toBe('changed')
    expect(modeOf(at('f'))).toBe('4755')
    expect((await apply(content('same', at('f'), { mode: '4755' }))).outcome).toBe('ok')
    expect((await apply(content('other', at('f')))).outcome).toBe('changed')
    expect(modeOf(at('f'))).toBe('4755')
  })

  test('an empty mode, owner and group, as of params that nobody has set, are as good as none', async () => {
    writeFileSync(at('f'), 'x')
    chmodSync(at('f'), 0o640)
    const unset = { mode: '', owner: '', group: '' }
    expect((await apply(content('x', at('f'), unset))).outcome).toBe('ok')
    expect((await apply(content('y', at('f'), unset))).outcome).toBe('changed')
    expect(modeOf(at('f'))).toBe('0640')
  })

  test.skipIf(!root)('owner and group: given by name or number, kept otherwise', async () => {
    writeFileSync(at('f'), 'x')
    chownSync(at('f'), 65534, 65534)
    await apply(content('y', at('f')))
    expect(statSync(at('f'))).toMatchObject({ uid: 65534, gid: 65534 })
    const wanted = { owner: 'daemon', group: '0' }
    expect((await apply(content('y', at('f'), wanted))).outcome).toBe('changed')
    expect(statSync(at('f'))).toMatchObject({ uid: 1, gid: 0 })
    expect((await apply(content('y', at('f'), wanted))).outcome).toBe('ok')
    const unknown = await apply(content('z', at('f'), { owner: 'nobody-has-this' }))
    expect(unknown.failure?.message).toMatch(/owner "nobody-has-this".*nobody-has-this/)
    expect(readFileSync(at('f'), 'utf8')).toBe('y')
  })

  test('a big file is sent only when it is needed, and arrives whole', async () => {
    const bytes = Buffer.alloc(3_000_001, 'drover\0\n\xff')
    writeFileSync(at('big'), bytes)
    mkdirSync(at('to'))
    expect((await apply(src(at('big'), at('to')))).note).toBe('3.0 MB written')
    expect(readFileSync(at('to', 'big')).equals(bytes)).toBe(true)
    expect((await apply(src(at('big'), at('to') + '/'))).outcome).toBe('ok')
    expect(readdirSync(at('to'))).toEqual(['big'])
  })

  test('a symbolic link at the target is replaced, what it led to is not touched', async () => {
    writeFileSync(at('real'), 'real')
    symlinkSync('real', at('link'))
    expect((await apply(content('real', at('link')))).outcome).toBe('changed')
    expect(lstatSync(at('link')).isFile()).toBe(true)
    symlinkSync('/nowhere', at('dangling'))
    expect((await apply(content('x', at('dangling')))).outcome).toBe('changed')
    expect(readFileSync(at('real'), 'utf8')).toBe('real')
  })

  test('missing parents fail with a hint, and are made when asked for', async () => {
    const refused = await apply(content('x', at('a/b/c/f')))
    expect(refused.failure).toMatchObject({
      code: 'remote_file',
      hint: '`parents: true` makes it, --parents of drover put',
    })
    expect((await apply(content('x', at('a/b/c/f'), { parents: true }))).outcome).toBe('changed')
    expect(readFileSync(at('a/b/c/f'), 'utf8')).toBe('x')
    expect(modeOf(at('a/b'))).toBe('0755')
    expect(readdirSync(temp.path)).toEqual(['a'])
  })

  test('what cannot be a target is left alone', async () => {
    mkdirSync(at('folder'))
    mkdirSync(at('folder', 'big'))
    writeFileSync(at('big'), 'x')
    execFileSync('mkfifo', [at('pipe')])
    const message = async (action: PutAction) => (await apply(action)).failure?.message
    expect(await message(content('x', at('folder')))).toMatch(/is a folder$/)
    expect(await message(src(at('big'), at('folder')))).toMatch(/a folder has the name/)
    expect(await message(content('x', at('pipe')))).toMatch(/device, pipe or socket/)
    expect(await message(content('x', at('big', 'f')))).toMatch(/is none$/)
    expect(readdirSync(at('folder'))).toEqual(['big'])
  })

  test('any name and content arrive as they are', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter(text => !/[/\0]/.test(text) && !['.', '..'].includes(text))
    const awkward = fc.constantFrom('-n', '--', "it's", '$(id)', 'a\nb', 'a\n', '\\', '*', '~', '"', ' ', 'ü')
    const property = fc.asyncProperty(
      fc.oneof(name, awkward),
      fc.string({ unit: 'binary' }),
      async (to, text) => {
        mkdirSync(at('names'), { recursive: true })
        expect((await apply(content(text, `${at('names')}/${to}`))).failure).toBeUndefined()
        expect(readFileSync(at('names', to)).equals(Buffer.from(text))).toBe(true)
        expect((await apply(content(text, `${at('names')}/${to}`))).outcome).toBe('ok')
      },
    )
    await fc.assert(property, { numRuns: 10 })
    expect(readdirSync(at('names')).filter(entry => entry.startsWith('.drover'))).toEqual([])
  })
})
