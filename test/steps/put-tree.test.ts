import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PutAction } from '../../src/model/action.ts'
import { createSteps } from '../../src/steps/index.ts'
import { testContext } from './context.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const at = (...names: string[]) => join(temp.path, ...names)
const root = process.getuid?.() === 0
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8).padStart(4, '0')
const AWKWARD = [
  '-n',
  "it's",
  '$(id)',
  'a\nb',
  'c\n',
  '\\',
  '*',
  '~',
  '"',
  ' ',
  'ü€𝄞',
  '.hidden',
  '..x',
  'x'.repeat(200),
]

function write(path: string, text: string | Uint8Array = path): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** The oracle: what cp makes of it. */
function same(a: string, b: string): void {
  execFileSync('diff', ['-r', '--no-dereference', a, b])
}

describe.each(SHELLS)('put of a folder under %s', (_name, shell) => {
  const steps = createSteps()
  const put = (src: string, dest: string, more: Partial<PutAction> = {}) =>
    steps(
      { kind: 'put', source: { kind: 'src', text: src }, dest, parents: false, timeoutMs: 20_000, ...more },
      testContext(shellSession(shell)),
    )

  test('arrives whole, and a second put finds it up to date', async () => {
    for (const name of AWKWARD) write(at('site', 'sub', name), `content of ${name}`)
    for (let i = 0; i < 150; i++) write(at('site', `d${i % 7}`, `f${i}`), Buffer.alloc(i * 100, i))
    mkdirSync(at('site/empty'))
    symlinkSync('../sub/x y', at('site/d1/link'))
    expect(await put(at('site'), at('www'))).toMatchObject({
      outcome: 'changed',
      note: expect.stringMatching(/^164 of 164 files written/),
    })
    same(at('site'), at('www'))
    expect(modeOf(at('www'))).toBe('0755')
    expect(modeOf(at('www/empty'))).toBe('0755')
    expect(modeOf(at('www/d3/f3'))).toBe('0644')
    const again = await put(`${at('site')}/`, at('www'))
    expect(again).toMatchObject({ outcome: 'ok', note: 'already up to date (164 files)' })
    write(at('site/d3/f3'), 'new')
    expect((await put(`${at('site')}/`, `${at('www')}/`)).note).toBe('1 of 164 files written, 3 B')
    same(at('site'), at('www'))
    expect(readdirSync(temp.path).sort()).toEqual(['site', 'www'])
  })

  test('lies inside a folder that is there, or at its place where it has the same name', async () => {
    write(at('site/index.html'))
    mkdirSync(at('www'))
    await put(at('site'), at('www'))
    same(at('site'), at('www/site'))
    expect((await put(at('site'), at('www/site'))).outcome).toBe('ok')
    expect((await put(at('site'), `${at('www')}/`)).outcome).toBe('ok')
    expect((await put(at('site'), at('none/deep'))).failure).toMatchObject({
      hint: '`parents: true` makes it, --parents of drover put',
    })
    expect((await put(at('site'), `${at('none')}/`)).failure?.code).toBe('remote_file')
    expect((await put(at('site'), `${at('none')}/`, { parents: true })).outcome).toBe('changed')
    same(at('site'), at('none/site'))
    expect((await put(at('site'), at('site/index.html'))).failure?.message).toMatch(/is no folder/)
  })

  test('files get the time at which they arrive', async () => {
    write(at('timed', 'f'))
    await put(at('timed'), at('arrived'))
    expect(Date.now() - statSync(at('arrived', 'f')).mtimeMs).toBeLessThan(3_600_000)
  })

  test('a pattern puts what it matches, and fails when that is nothing', async () => {
    for (const name of ['a.conf', 'b c.conf', '.hidden.conf', 'n.txt', 'sub/inner.conf'])
      write(at('conf.d', name))
    await put(at('conf.d/*.conf'), at('to'))
    expect(readdirSync(at('to')).sort()).toEqual(['a.conf', 'b c.conf'])
    await put(at('conf.d/**/[!a-b]*.conf'), at('two'))
    expect(readdirSync(at('two'))).toEqual(['inner.conf'])
    expect((await put(at('conf.d/*.none'), at('to'))).failure?.message).toMatch(/^nothing matches ".*none"$/)
  })

  test('modes: given ones are set, others stay; new files are 0644', async () => {
    write(at('site/a'), 'a')
    write(at('site/b'), 'b')
    write(at('www/a'), 'old')
    chmodSync(at('www/a'), 0o4700)
    await put(`${at('site')}/`, at('www'))
    expect([modeOf(at('www/a')), modeOf(at('www/b'))]).toEqual(['4700', '0644'])
    expect((await put(`${at('site')}/`, at('www'), { mode: '0600' })).outcome).toBe('changed')
    expect([modeOf(at('www/a')), modeOf(at('www/b'))]).toEqual(['0600', '0600'])
    expect((await put(`${at('site')}/`, at('www'), { mode: '0600' })).outcome).toBe('ok')
  })

  test.skipIf(!root)('owner and group are given to files and to folders that it makes', async () => {
    write(at('site/new/a'), 'a')
    write(at('site/b'), 'b')
    mkdirSync(at('www'))
    const wanted = { owner: 'daemon', group: 'nogroup' }
    expect((await put(`${at('site')}/`, at('www'), wanted)).failure).toBeUndefined()
    for (const name of ['new', 'new/a', 'b']) {
      expect(statSync(at('www', name)), name).toMatchObject({ uid: 1, gid: 65534 })
    }
    expect(statSync(at('www')).uid).toBe(0)
    expect((await put(`${at('site')}/`, at('www'), wanted)).outcome).toBe('ok')
    expect((await put(`${at('site')}/`, at('www'), { group: '0' })).outcome).toBe('changed')
    expect(statSync(at('www/b'))).toMatchObject({ uid: 1, gid: 0 })
  })

  test.skipIf(!root)('a folder that cannot be given away is not made', async () => {
    mkdirSync(at('empty'))
    const refused = await put(`${at('empty')}/`, at('www'), { owner: 'nobody-has-this' })
    expect(refused).toMatchObject({ outcome: 'failed', failure: { code: 'remote_file' } })
    expect(existsSync(at('www'))).toBe(false)
  })

  test('links are replaced, conflicts change nothing', async () => {
    write(at('site/a'), 'a')
    write(at('site/z/inner'), 'z')
    symlinkSync('target', at('site/link'))
    write(at('real'), 'real')
    mkdirSync(at('www'))
    symlinkSync(at('real'), at('www/a'))
    symlinkSync('other', at('www/link'))
    expect((await put(`${at('site')}/`, at('www'))).failure).toBeUndefined()
    expect([lstatSync(at('www/a')).isFile(), readlinkSync(at('www/link'))]).toEqual([true, 'target'])
    expect(readFileSync(at('real'), 'utf8')).toBe('real')
    write(at('two/z'), 'a file')
    const result = await put(`${at('site')}/`, at('two'))
    expect(result.failure?.message).toMatch(/"z" is something else/)
    expect(readdirSync(at('two'))).toEqual(['z'])
  })

  test('a pipe inside the folder is refused before anything is sent', async () => {
    mkdirSync(at('site'))
    execFileSync('mkfifo', [at('site/pipe')])
    expect((await put(at('site'), at('www'))).failure?.message).toMatch(/pipe, socket or device/)
    expect(existsSync(at('www'))).toBe(false)
  })

  test('any tree arrives as it is', async () => {
    const name = fc
      .oneof(fc.constantFrom(...AWKWARD), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }))
      .filter(text => !/[/\0]|^\.\.?$/.test(text))
    const tree = fc.uniqueArray(fc.tuple(name, fc.boolean(), fc.string()), {
      selector: ([key]) => key,
      maxLength: 8,
    })
    const property = fc.asyncProperty(tree, async files => {
      execFileSync('rm', ['-rf', at('src'), at('to')])
      mkdirSync(at('src'))
      for (const [key, deep, text] of files) write(deep ? at('src', key, 'f') : at('src', key), text)
      const result = await put(at('src'), at('to'))
      expect(result.failure).toBeUndefined()
      same(at('src'), at('to'))
      expect((await put(`${at('src')}/`, at('to'))).outcome).toBe('ok')
    })
    await fc.assert(property, { numRuns: 6 })
  })
})
