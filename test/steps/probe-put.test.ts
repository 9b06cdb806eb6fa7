import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PutAction } from '../../src/model/action.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { createSteps } from '../../src/steps/index.ts'
import { testContext } from './context.ts'
import { findingOf, findingsOf, noting, snapshot } from './probing.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const at = (...names: string[]) => join(temp.path, ...names)
const root = process.getuid?.() === 0

function content(text: string, dest: string, more: Partial<PutAction> = {}): PutAction {
  return { kind: 'put', source: { kind: 'content', text }, dest, parents: false, timeoutMs: 20_000, ...more }
}

function src(path: string, dest: string, more: Partial<PutAction> = {}): PutAction {
  return { ...content('', dest, more), source: { kind: 'src', text: path } }
}

describe.each(SHELLS)('a look at the put of a file under %s', (_name, shell) => {
  const session = shellSession(shell)
  const look = (action: PutAction) => findingOf(session, action)

  test('a new file: where it goes, what it will be, and all its lines', async () => {
    const before = snapshot(temp.path)
    expect(await look(content('one\ntwo\n', at('new'), { mode: '0600', owner: '0' }))).toEqual({
      kind: 'put',
      outlook: 'writes',
      before: 'new',
      targets: [at('new')],
      changes: [
        {
          path: at('new'),
          type: 'file',
          change: 'new',
          after: { size: 8, mode: '0600', owner: '0' },
          diff: { kind: 'text', text: '@@ -0,0 +1,2 @@\n+one\n+two\n' },
        },
      ],
      counts: { new: 1, changed: 0, same: 0 },
      bytes: 8,
      missing: [],
    })
    expect(snapshot(temp.path)).toEqual(before)
  })

  test('other content: the difference; what is not given stays', async () => {
    writeFileSync(at('f'), 'a\nb\nc\n')
    chmodSync(at('f'), 0o640)
    const { changes, before, bytes } = await look(content('a\nB\nc\n', at('f')))
    expect(before).toMatch(/^file [0-9a-f]{64} 0640 \d+ \d+$/)
    expect(bytes).toBe(6)
    const owner = `${process.getuid?.()}`
    const state = { size: 6, mode: '0640', owner, group: `${process.getgid?.()}` }
    expect(changes).toEqual([
      {
        path: at('f'),
        type: 'file',
        change: 'content',
        before: state,
        after: state,
        diff: { kind: 'text', text: '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n' },
      },
    ])
  })

  test('content that is there already: nothing to do, or only the mode', async () => {
    writeFileSync(at('f'), 'x')
    chmodSync(at('f'), 0o600)
    expect(await look(content('x', at('f')))).toMatchObject({
      outlook: 'same',
      changes: [],
      counts: { same: 1 },
      targets: [at('f')],
    })
    expect(await look(content('x', at('f'), { mode: '0644' }))).toMatchObject({
      outlook: 'writes',
      bytes: 0,
      changes: [{ change: 'attributes', before: { mode: '0600' }, after: { mode: '0644' } }],
    })
  })

  test('links: one at the target is replaced, those on the way are followed', async () => {
    mkdirSync(at('real'))
    symlinkSync('real', at('link'))
    symlinkSync('elsewhere', at('real/f'))
    expect(await look(content('x', at('link/f')))).toMatchObject({
      outlook: 'writes',
      before: expect.stringMatching(/^link [0-9a-f]{64}$/),
      targets: [at('real/f')],
      changes: [{ path: at('real/f'), change: 'replaced', before: { target: 'elsewhere' } }],
    })
  })

  test('inside a folder, under its own name', async () => {
    mkdirSync(at('to'))
    writeFileSync(at('mine'), 'x')
    for (const dest of [at('to'), `${at('to')}/`]) {
      expect((await look(src(at('mine'), dest))).targets).toEqual([at('to/mine')])
    }
  })

  test('missing folders: made, or a failure unless something makes them', async () => {
    symlinkSync('.', at('link'))
    const made = await look(content('x', at('link/a/b/f'), { parents: true }))
    expect(made).toMatchObject({ outlook: 'writes', targets: [at('a/b/f')], missing: [at('a'), at('a/b')] })
    expect(made.unlessMade).toBeUndefined()
    const action = content('x', at('a/b/f'))
    const { failure } = await createSteps()(action, testContext(session))
    expect(await look(action)).toMatchObject({
      outlook: 'writes',
      before: 'new',
      missing: [at('a'), at('a/b')],
      unlessMade: failure,
    })
    // Whatever else would fail, that comes first.
    const refused = content('x', at('a/b/f'), { owner: 'nobody-has-this' })
    expect(await look(refused)).toMatchObject({ outlook: 'fails', unlessMade: failure })
  })

  test('what leads to nothing yet is told, so that what makes it counts', async () => {
    symlinkSync('gone', at('link'))
    const { outlook, ways } = await look(content('x', at('link/f')))
    expect(outlook).toBe('fails')
    expect(ways).toEqual([at('link'), at('gone'), at('gone/f')])
  })

  test('where a path leads out of a folder again that is not there is not known', async () => {
    for (const action of [
      content('x', `${at('gone')}/../f`, { parents: true }),
      src(temp.path, `${at('gone')}/../to`, { parents: true }),
    ])
      expect(await look(action)).toMatchObject({
        kind: 'unseen',
        failure: { message: `"${action.dest}" leads through a folder that is not there` },
      })
  })

  test('what would fail says so in the same words', async () => {
    mkdirSync(at('folder/big'), { recursive: true })
    writeFileSync(at('big'), 'x')
    execFileSync('mkfifo', [at('pipe')])
    const actions = [
      content('x', at('folder')),
      src(at('big'), at('folder')),
      content('x', at('pipe')),
      content('x', at('big/f')),
      content('x', at('f'), { owner: 'nobody-has-this' }),
      content('x', at('big'), { group: 'nobody-has-this' }),
      content('x', at('f'), { mode: 'rw' }),
      content('x', at('f'), { owner: 'a b:c' }),
      src(at('gone'), at('f')),
      content('x', ''),
    ]
    const before = snapshot(temp.path)
    const findings = await findingsOf(session, actions)
    expect(snapshot(temp.path)).toEqual(before)
    const said = (text = '') => text.replace(/(owner|group) "nobody-has-this".*/, '$1')
    for (const [index, action] of actions.entries()) {
      const { failure } = await createSteps()(action, testContext(session))
      const finding = findings[index]
      expect(finding).toMatchObject({ kind: 'put', outlook: 'fails' })
      const told = finding !== undefined && 'failure' in finding ? finding.failure : undefined
      expect({ ...told, message: said(told?.message) }).toEqual({
        ...failure,
        message: said(failure?.message),
      })
    }
  })

  test('what is no text, or too long, has no difference', async () => {
    writeFileSync(at('binary'), Buffer.from([0, 1, 2]))
    writeFileSync(at('latin'), Buffer.from([0xff]))
    writeFileSync(at('long'), 'x'.repeat(LIMITS.diffBytes + 1))
    writeFileSync(at('text'), 'text')
    const cases = [
      [content('x', at('binary')), 'binary'],
      [content('x', at('latin')), 'binary'],
      [content('\0', at('text')), 'binary'],
      [content('x', at('long')), 'size'],
      [content('x'.repeat(LIMITS.diffBytes + 1), at('text')), 'size'],
      [content('x\n'.repeat(LIMITS.diffLines + 1), at('new')), 'size'],
    ] as const
    const findings = await findingsOf(
      session,
      cases.map(([action]) => action),
    )
    for (const [index, [, because]] of cases.entries()) {
      expect(findings[index]).toMatchObject({ changes: [{ diff: { kind: 'none', because } }] })
    }
    const [without] = await findingsOf(session, [content('x', at('text'))], { diffs: false })
    expect(without).not.toHaveProperty('changes.0.diff')
  })

  test('any content is compared, and shown as it is', async () => {
    const texts = ['', '\n', '\n\n', 'x', 'x\n', '\r\n', 'ü€𝄞\n', '\u0085\u2028\n', '\\\n%s\n']
    for (const [index, text] of texts.entries()) writeFileSync(at(`${index}`), text)
    const same = await findingsOf(
      session,
      texts.map((text, index) => content(text, at(`${index}`))),
    )
    expect(same.map(finding => 'outlook' in finding && finding.outlook)).toEqual(texts.map(() => 'same'))
    const [diff] = await findingsOf(session, [content('a\nb', at('4'))])
    expect(diff).toMatchObject({
      changes: [{ diff: { text: '@@ -1 +1,2 @@\n-x\n+a\n+b\n\\ No newline at end of file\n' } }],
    })
  })

  test('any name', async () => {
    const names = ['-n', '--', "it's", '$(id)', 'a\nb', 'a\n', '\\', '*', '~', '"', ' ', 'ü']
    for (const name of names) writeFileSync(at(name), name)
    const looks = names.flatMap(name => [
      content(name, `${temp.path}/${name}`),
      content('other', `${temp.path}/${name}`),
    ])
    const findings = await findingsOf(session, looks)
    expect(findings).toMatchObject(
      names.flatMap(name => [
        { outlook: 'same', targets: [`${temp.path}/${name}`] },
        { outlook: 'writes', changes: [{ path: `${temp.path}/${name}`, diff: { kind: 'text' } }] },
      ]),
    )
  })

  test('many are one round trip', async () => {
    const noted = noting(session)
    const items = Array.from({ length: 40 }, (_, index) => content('x', at(`${index}`)))
    expect(await findingsOf(noted.session, items)).toHaveLength(40)
    expect(noted.requests).toHaveLength(1)
  })

  test.skipIf(!root)('owner and group, by name and by number', async () => {
    writeFileSync(at('f'), 'x')
    chownSync(at('f'), 1, 65534)
    expect(await look(content('x', at('f'), { owner: 'daemon', group: '65534' }))).toMatchObject({
      outlook: 'same',
    })
    expect(await look(content('x', at('f'), { owner: '0' }))).toMatchObject({
      changes: [{ change: 'attributes', before: { owner: '1' }, after: { owner: '0', group: '65534' } }],
    })
  })
})
