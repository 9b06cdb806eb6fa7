import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import type { Action, PutAction } from '../../src/model/action.ts'
import { createSteps } from '../../src/steps/index.ts'
import { cksumOf } from '../../src/steps/put/cksum.ts'
import { testContext } from './context.ts'
import { findingOf, findingsOf, snapshot } from './probing.ts'
import { shellSession } from './shell-session.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const at = (...names: string[]) => join(temp.path, ...names)

/** POSIX has no tool for SHA-256. */
const TOOLS =
  'sh cat ls rm mkdir chmod chown chgrp dd mv wc find cut od head tar id cksum cmp readlink'.split(' ')

beforeEach(() => {
  mkdirSync(at('bin'))
  mkdirSync(at('host'))
  for (const tool of TOOLS) {
    symlinkSync(
      execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(),
      at('bin', tool),
    )
  }
})

const session = () => shellSession({ command: ['/bin/sh'], path: at('bin') })
const apply = (action: Action) => createSteps()(action, testContext(session()))
const look = (action: Action) => findingOf(session(), action)

function put(text: string, more: Partial<PutAction> = {}): PutAction {
  const source = { kind: 'content', text } as const
  return { kind: 'put', source, dest: at('host/f'), parents: false, timeoutMs: 20_000, ...more }
}

const NOTE = 'compared by cksum and content, as the host has no tool for SHA-256'

test('the checksum is that of cksum', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async array => {
      const bytes = Buffer.from(array)
      const printed = execFileSync('cksum', { input: bytes }).toString().split(' ')[0]
      expect(await cksumOf({ kind: 'bytes', bytes, size: bytes.length, digest: '' })).toBe(`cksum:${printed}`)
    }),
    { numRuns: 30 },
  )
})

test('a file is put all the same, and what it was compared by is said', async () => {
  expect(await look(put('one\n'))).toMatchObject({ outlook: 'writes', note: NOTE, before: 'new' })
  expect(await apply(put('one\n'))).toMatchObject({ outcome: 'changed', note: `4 B written; ${NOTE}` })
  expect(await look(put('one\n'))).toMatchObject({ outlook: 'same', note: NOTE })
  expect(await apply(put('one\n'))).toMatchObject({ outcome: 'ok', note: `already up to date; ${NOTE}` })
  expect(await look(put('two\n'))).toMatchObject({
    changes: [{ change: 'content', diff: { text: '@@ -1 +1 @@\n-one\n+two\n' } }],
  })
  expect((await apply(put('one\n', { mode: '0600' }))).outcome).toBe('changed')
  expect(readdirSync(at('host'))).toEqual(['f'])
  const big = Buffer.alloc(3_000_000, 'drover\0')
  writeFileSync(at('big'), big)
  const action: PutAction = { ...put(''), source: { kind: 'src', text: at('big') }, dest: at('host') }
  expect((await apply(action)).outcome).toBe('changed')
  expect(readFileSync(at('host/big')).equals(big)).toBe(true)
  expect((await apply(action)).outcome).toBe('ok')
})

/** Two texts with the same length and the same cksum. */
const TWINS = ['abcdefgh', 'nvbngulo'] as const

test('contents that only look the same by their checksum are told apart', async () => {
  const [one, other] = TWINS.map(text => execFileSync('cksum', { input: text }).toString())
  expect(one).toBe(other)
  writeFileSync(at('host/f'), TWINS[0])
  expect(await look(put(TWINS[1]))).toMatchObject({ outlook: 'writes', changes: [{ change: 'content' }] })
  expect((await apply(put(TWINS[1]))).outcome).toBe('changed')
  expect(readFileSync(at('host/f'), 'utf8')).toBe(TWINS[1])
})

test('a big file that may be the same is not judged', async () => {
  writeFileSync(at('big'), Buffer.alloc(3_000_000))
  writeFileSync(at('host/f'), Buffer.alloc(3_000_000))
  const source = { kind: 'src', text: at('big') } as const
  expect(await look({ ...put(''), source })).toMatchObject({
    kind: 'unseen',
    failure: { message: expect.stringMatching(/can't be compared: the host has no tool for SHA-256$/) },
  })
})

test('a look changes nothing, and a plan is kept to', async () => {
  writeFileSync(at('host/f'), 'one\n')
  const before = snapshot(at('host'))
  const finding = await look(put('two\n'))
  expect(finding.before).toMatch(/^file cksum:\d+ 0644 /)
  expect(snapshot(at('host'))).toEqual(before)
  writeFileSync(at('host/f'), 'six\n')
  const planned = put('two\n', { planned: finding.before as string })
  expect((await apply(planned)).outcome).toBe('refused')
  writeFileSync(at('host/f'), 'one\n')
  expect((await apply(planned)).outcome).toBe('changed')
})

test('folders and gets say what is missing', async () => {
  mkdirSync(at('site'))
  const actions: Action[] = [
    { ...put(''), source: { kind: 'src', text: at('site') } },
    { kind: 'get', src: at('host'), dest: at('dest'), timeoutMs: 20_000 },
  ]
  const findings = await findingsOf(session(), actions)
  for (const [index, action] of actions.entries()) {
    const { failure } = await apply(action)
    expect(failure?.message).toMatch(/no tool for SHA-256/)
    expect(findings[index]).toMatchObject({ outlook: 'fails', failure })
  }
})
