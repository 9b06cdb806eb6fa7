import { expect, test } from 'vitest'
import type { PutAction } from '../../src/model/action.ts'
import type { EntryChange, PutFinding } from '../../src/model/finding.ts'
import { Effects, NO_GROUNDS } from '../../src/preview/effects.ts'
import { judge } from '../../src/preview/judge.ts'

const PUT = { kind: 'put', parents: false, timeoutMs: 20_000 } as const
const TREE: PutAction = { ...PUT, source: { kind: 'src', text: '/here/x/' }, dest: '/x' }

/** What comes before whatever looks at paths: a put that does this to one folder. */
function effectsOf(change: EntryChange['change']): Effects<string> {
  const finding: PutFinding = {
    kind: 'put',
    outlook: 'writes',
    before: '',
    targets: ['/x/d/a'],
    changes: [{ path: '/x/d', type: 'folder', change, after: { mode: '0700' } }],
    counts: { new: 0, changed: 1, same: 1 },
    bytes: 0,
    missing: [],
  }
  const { effect } = judge({
    foreseen: { kind: 'action', action: TREE },
    template: { ...PUT, source: { kind: 'src', text: ['/here/x/'] }, dest: ['/x'] },
    changes: 'yes',
    finding,
    taint: undefined,
    strays: false,
    makes: () => 'no',
  })
  const effects = new Effects<string>()
  if (effect !== undefined) effects.add('put', effect)
  return effects
}

test('a folder that gets another mode or owner may be closed: what lies below it counts, the folder is there', () => {
  const effects = effectsOf('attributes')
  expect(effects.touching({ ...NO_GROUNDS, exists: ['/x/d/a'] })).toBe('put')
  expect(effects.touching({ ...NO_GROUNDS, contents: ['/x/d/a'] })).toBe('put')
  expect(effects.touching({ ...NO_GROUNDS, targets: ['/x/d/b'] })).toBe('put')
  expect(effects.touching({ ...NO_GROUNDS, contents: ['/x'] })).toBe('put')
  expect(effects.touching({ ...NO_GROUNDS, exists: ['/x/d'] })).toBe(undefined)
  expect(effects.touching({ ...NO_GROUNDS, exists: ['/x/e'] })).toBe(undefined)
})

test('in a new folder nothing was before', () => {
  const effects = effectsOf('new')
  expect(effects.touching({ ...NO_GROUNDS, exists: ['/x/d'] })).toBe('put')
  expect(effects.touching({ ...NO_GROUNDS, exists: ['/x/d/b'] })).toBe(undefined)
})
