import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { PutAction } from '../../src/model/action.ts'
import type { PutFinding } from '../../src/model/finding.ts'
import { createSteps } from '../../src/steps/index.ts'
import { testContext } from './context.ts'
import { findingOf, findingsOf, noting, snapshot } from './probing.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const at = (...names: string[]) => join(temp.path, ...names)
const write = (path: string, text: string) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function put(src: string, dest: string, more: Partial<PutAction> = {}): PutAction {
  return { kind: 'put', source: { kind: 'src', text: src }, dest, parents: false, timeoutMs: 20_000, ...more }
}

describe.each(SHELLS)('a look at the put of a folder under %s', (_name, shell) => {
  const session = shellSession(shell)
  const apply = (action: PutAction) => createSteps()(action, testContext(session))

  test('entry by entry: new, changed, and left alone', async () => {
    write(at('site/a'), 'a\n')
    write(at('site/deep/b'), 'b\n')
    write(at('site/deep/new'), 'new\n')
    mkdirSync(at('site/empty'))
    symlinkSync('target', at('site/link'))
    symlinkSync('one', at('site/moved'))
    write(at('www/a'), 'a\n')
    write(at('www/deep/b'), 'other\n')
    chmodSync(at('www/deep/b'), 0o600)
    write(at('www/link'), 'a file')
    symlinkSync('two', at('www/moved'))
    const before = snapshot(temp.path)
    const finding = await findingOf(session, put(`${at('site')}/`, at('www')))
    expect(snapshot(temp.path)).toEqual(before)
    expect(finding).toMatchObject({
      outlook: 'writes',
      before: expect.stringMatching(/^tree [0-9a-f]{64} from [\w-]{43}$/),
      counts: { new: 2, changed: 3, same: 2 },
      bytes: 6,
      missing: [],
    })
    expect(finding.targets).toContain(at('www/deep/b'))
    expect(finding.changes).toMatchObject([
      {
        path: at('www/deep/b'),
        change: 'content',
        before: { size: 6, mode: '0600' },
        after: { size: 2, mode: '0600' },
        diff: { text: '@@ -1 +1 @@\n-other\n+b\n' },
      },
      {
        path: at('www/deep/new'),
        change: 'new',
        after: { mode: '0644' },
        diff: { text: '@@ -0,0 +1 @@\n+new\n' },
      },
      { path: at('www/empty'), type: 'folder', change: 'new', after: { mode: '0755' } },
      { path: at('www/link'), type: 'link', change: 'replaced', after: { target: 'target' } },
      { path: at('www/moved'), type: 'link', change: 'content', after: { target: 'one' } },
    ])
    expect((await apply(put(`${at('site')}/`, at('www')))).outcome).toBe('changed')
    const again = await findingOf(session, put(`${at('site')}/`, at('www'), { mode: '0640' }))
    expect(again.changes).toMatchObject([
      { path: at('www/a'), change: 'attributes', before: { mode: '0644' }, after: { mode: '0640', size: 2 } },
      { path: at('www/deep/b'), change: 'attributes' },
      { path: at('www/deep/new'), change: 'attributes' },
    ])
    expect(await findingOf(session, put(`${at('site')}/`, at('www')))).toMatchObject({
      outlook: 'same',
      changes: [],
      counts: { new: 0, changed: 0, same: 7 },
    })
  })

  test('a folder that is not there, inside another one, and with missing parents', async () => {
    write(at('site/a'), 'a')
    mkdirSync(at('to'))
    expect(await findingOf(session, put(at('site'), at('to')))).toMatchObject({
      targets: [at('to/site/a')],
      changes: [
        { path: at('to/site'), type: 'folder', change: 'new' },
        { path: at('to/site/a'), change: 'new' },
      ],
      counts: { new: 2, changed: 0, same: 0 },
    })
    const action = put(at('site'), at('x/y/site'))
    const { failure } = await apply(action)
    expect(await findingOf(session, action)).toMatchObject({
      outlook: 'writes',
      missing: [at('x'), at('x/y')],
      unlessMade: failure,
    })
  })

  test('while its own folder is missing, that is what else decides where it goes', async () => {
    write(at('site/a'), 'a')
    expect((await findingOf(session, put(at('site'), at('www')))).ways).toContain(at('www'))
    mkdirSync(at('www'))
    expect((await findingOf(session, put(at('site'), at('www')))).ways).toContain(at('www/site'))
    mkdirSync(at('www/site'))
    expect((await findingOf(session, put(at('site'), at('www')))).ways).toBeUndefined()
  })

  test('what would fail says so in the same words', async () => {
    write(at('site/a'), 'a')
    write(at('file'), 'file')
    mkdirSync(at('www/a'), { recursive: true })
    const actions = [
      put(`${at('site')}/`, at('www')),
      put(`${at('site')}/`, at('file')),
      put(`${at('site')}/`, at('file/x')),
      put(at('site/*'), at('file')),
      put(at('none/*'), at('www')),
    ]
    const before = snapshot(temp.path)
    for (const action of actions) {
      const finding = await findingOf(session, action)
      expect(snapshot(temp.path)).toEqual(before)
      expect(finding).toMatchObject({ outlook: 'fails', failure: (await apply(action)).failure })
    }
  })

  test('only so many differences, and one more round trip for them', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `f${`${index}`.padStart(2, '0')}`)
    for (const name of names) {
      write(at('site', name), 'new\n')
      write(at('www', name), 'old\n')
    }
    const noted = noting(session)
    const [finding] = await findingsOf(noted.session, [put(`${at('site')}/`, at('www'))])
    expect(noted.requests).toHaveLength(2)
    const { changes } = finding as PutFinding
    expect(changes[49]).toMatchObject({ diff: { kind: 'text' } })
    expect(changes[50]).toMatchObject({ diff: { kind: 'none', because: 'many' } })
    expect(changes).toHaveLength(60)
  })

  test('any names, of files and of trees beside each other', async () => {
    const names = ['-n', "it's", '$(id)', 'a\nb', '\\', '*', '~', '"', ' ', 'ü', 'x\ry']
    for (const name of names) {
      write(at('site', name, 'f'), name)
      write(at('www', name, 'f'), 'old')
      write(at('one', name), 'x')
    }
    const items = [
      put(`${at('site')}/`, at('www')),
      ...names.map(name => put(at('one', name), `${at('www', name)}/f`)),
    ]
    const findings = await findingsOf(session, items)
    expect(findings[0]).toMatchObject({ counts: { new: 0, changed: names.length, same: names.length } })
    for (const finding of findings) {
      const { changes } = finding as PutFinding
      for (const change of changes) expect(change).toMatchObject({ diff: { kind: 'text' } })
    }
  })

  test('planned: what changed there meanwhile is drift, and nothing is touched', async () => {
    write(at('site/a'), 'a')
    write(at('site/b'), 'b')
    write(at('www/a'), 'old')
    const action = put(`${at('site')}/`, at('www'))
    const planned = { ...action, planned: (await findingOf(session, action)).before as string }
    write(at('www/b'), 'appeared')
    const before = snapshot(at('www'))
    expect(await apply(planned)).toMatchObject({
      outcome: 'refused',
      failure: { code: 'drift', message: expect.stringMatching(/www" is no longer what the plan saw: /) },
    })
    expect(snapshot(at('www'))).toEqual(before)
    rmSync(at('www/b'))
    expect((await apply(planned)).outcome).toBe('changed')
    const again = await findingOf(session, action)
    expect(again.outlook).toBe('same')
    expect((await apply({ ...action, planned: again.before as string })).outcome).toBe('ok')
  })
})
