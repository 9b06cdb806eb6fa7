import { execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  linkSync,
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
import { createSteps } from '../../src/steps/index.ts'
import { testContext } from './context.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const at = (...names: string[]) => join(temp.path, ...names)
const steps = createSteps()
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
  'x\ty',
  "'\\''",
]

describe.each(SHELLS)('get under %s', (_name, shell) => {
  const get = (src: string, dest = at('dest', 'web1')) =>
    steps({ kind: 'get', src, dest, timeoutMs: 20_000 }, testContext(shellSession(shell)))

  test('a file lands under its own name, and is left alone when it is there already', async () => {
    writeFileSync(at('app.ini'), 'x=1\n')
    expect(await get(at('app.ini'))).toMatchObject({ outcome: 'ok', note: '1 file, 4 B' })
    const before = lstatSync(at('dest/web1/app.ini'))
    expect(before.mode & 0o777).toBe(0o600)
    expect(lstatSync(at('dest/web1')).mode & 0o777).toBe(0o700)
    await get(at('app.ini'))
    expect(lstatSync(at('dest/web1/app.ini'))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
    expect(readdirSync(at('dest/web1'))).toEqual(['app.ini'])
  })

  test('a folder lands with all that is in it, links and pipes left out', async () => {
    mkdirSync(at('app/deep/er'), { recursive: true })
    mkdirSync(at('app/empty'))
    for (const name of AWKWARD) writeFileSync(at('app/deep', name), `content of ${name}`)
    for (let i = 0; i < 20; i++)
      writeFileSync(at('app/deep/er', `${i}`), i % 2 ? '' : Buffer.alloc(i * 1000, i))
    linkSync(at('app/deep/er/18'), at('app/hard'))
    symlinkSync('/etc/passwd', at('app/link'))
    execFileSync('mkfifo', [at('app/pipe')])
    const result = await get(`${at('app')}/`)
    expect(result.failure).toBeUndefined()
    expect(result.note).toMatch(/^35 files, .*, 2 links or special files left out$/)
    execFileSync('rm', [at('app/link'), at('app/pipe')])
    execFileSync('diff', ['-r', at('app'), at('dest/web1/app')])
    expect(readdirSync(at('dest/web1'))).toEqual(['app'])
  })

  test('a pattern fetches what it matches, and only that', async () => {
    mkdirSync(at('conf.d'))
    for (const name of ['a.conf', 'b c.conf', 'c.txt', '$x.conf']) writeFileSync(at('conf.d', name), name)
    mkdirSync(at('conf.d/d.conf'))
    writeFileSync(at('conf.d/d.conf/inner'), 'inner')
    symlinkSync('c.txt', at('conf.d/link.conf'))
    expect((await get(at('conf.d', '*.conf'))).note).toMatch(/^5 files/)
    expect(readdirSync(at('dest/web1')).sort()).toEqual([
      '$x.conf',
      'a.conf',
      'b c.conf',
      'd.conf',
      'link.conf',
    ])
    expect(readFileSync(at('dest/web1/link.conf'), 'utf8')).toBe('c.txt')
    await get(at('conf.d', '[!a-b]?txt'), at('one'))
    expect(readdirSync(at('one'))).toEqual(['c.txt'])
  })

  test('a name that looks like a pattern is taken as it is where it exists', async () => {
    writeFileSync(at('[a]*'), 'odd')
    writeFileSync(at('a'), 'a')
    await get(at('[a]*'))
    expect(readdirSync(at('dest/web1'))).toEqual(['[a]*'])
  })

  test('what is missing or cannot be fetched fails by name', async () => {
    execFileSync('mkfifo', [at('pipe')])
    symlinkSync('/nowhere', at('dangling'))
    const message = async (src: string) => (await get(src)).failure?.message
    expect(await message(at('none'))).toMatch(/nothing on the host is or matches ".*none".*No such file/)
    expect(await message(at('*.none'))).toMatch(/nothing on the host/)
    expect(await message(at('pipe'))).toMatch(/device, pipe or socket/)
    expect(await message(at('dangling'))).toMatch(/leads nowhere/)
    expect(await message('/')).toMatch(/no name to land under/)
  })

  test('a file that claims to be empty, as in /proc, is fetched whole', async () => {
    expect((await get('/proc/version')).outcome).toBe('ok')
    expect(readFileSync(at('dest/web1/version'), 'utf8')).toBe(readFileSync('/proc/version', 'utf8'))
  })

  test('a log that grows while it is fetched arrives as far as it went', async () => {
    writeFileSync(at('log'), 'line\n'.repeat(100_000))
    const writer = spawn('sh', ['-c', 'while sleep 0.001; do echo line; done >>"$0"', at('log')])
    try {
      for (let i = 0; i < 3; i++) expect((await get(at('log'))).failure).toBeUndefined()
    } finally {
      writer.kill()
    }
    expect(readFileSync(at('dest/web1/log'), 'utf8')).toMatch(/^(line\n){100000,}/)
  })

  test('cancelling leaves no part of a file behind', async () => {
    writeFileSync(at('big'), Buffer.alloc(5_000_000))
    const session = shellSession(shell)
    const context = testContext({
      ...session,
      exec(request, handlers) {
        const onStdout = (chunk: Buffer) => {
          context.controller.abort('cancel')
          return handlers.onStdout(chunk)
        }
        return session.exec(request, { ...handlers, onStdout })
      },
    })
    const action = { kind: 'get', src: at('big'), dest: at('dest/web1'), timeoutMs: 20_000 } as const
    expect((await steps(action, context)).outcome).toBe('cancelled')
    expect(existsSync(at('dest/web1')) ? readdirSync(at('dest/web1')) : []).toEqual([])
  })

  test('nothing is written through a local symbolic link', async () => {
    mkdirSync(at('app'))
    writeFileSync(at('app/f'), 'f')
    mkdirSync(at('elsewhere'))
    mkdirSync(at('dest/web1'), { recursive: true })
    symlinkSync(at('elsewhere'), at('dest/web1/app'))
    expect((await get(at('app'))).failure).toMatchObject({ code: 'local_file' })
    symlinkSync(at('elsewhere'), at('dest/web2'))
    expect((await get(at('app/f'), at('dest/web2'))).failure?.message).toMatch(/no real folder/)
    expect(readdirSync(at('elsewhere'))).toEqual([])
  })

  test('any content comes as it is', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async bytes => {
      writeFileSync(at('f'), bytes)
      expect((await get(at('f'))).outcome).toBe('ok')
      expect(readFileSync(at('dest/web1/f')).equals(bytes)).toBe(true)
    })
    await fc.assert(property, { numRuns: 10 })
    expect(statSync(at('dest/web1/f')).isFile()).toBe(true)
  })
})
