import { describe, expect, test } from 'vitest'
import { inventoryOf, planOf, problemsOf, type TestOptions } from './compiled.ts'
import { edgesOf, hostsOf } from './nodes.ts'

const INVENTORY = inventoryOf({ web1: {}, db1: {} }, { web: ['web1'], db: ['db1'] })
const TEXT = `hosts: web
steps:
  - { id: a, run: "true", tags: [prepare] }
  - { id: b, run: "true" }
  - { id: c, run: "echo \${{ steps.a.stdout }}", tags: [deploy] }
  - id: g
    tags: [deploy]
    for_each: [x, y]
    steps:
      - { id: d, run: "true", tags: [slow] }
      - { id: e, run: "true", needs: [d] }
  - { id: f, run: "true", needs: [e] }
`
const picked = (options: TestOptions) => {
  const { plan } = planOf(TEXT, { inventory: INVENTORY, ...options })
  return plan.steps.filter(({ excluded }) => excluded === undefined).map(({ id }) => id)
}

describe('--step', () => {
  test('takes the steps whose results it uses along, and those that it needs by name', () => {
    expect(picked({ steps: ['c'] })).toEqual(['a', 'c'])
    expect(picked({ steps: ['b'] })).toEqual(['b'])
    expect(picked({ steps: ['f'] })).toEqual(['g[0].d', 'g[0].e', 'g[1].d', 'g[1].e', 'f'])
  })
  test('names a step, an item, an iteration or a group', () => {
    expect(picked({ steps: ['d'] })).toEqual(['g[0].d', 'g[1].d'])
    expect(picked({ steps: ['g[1].d', 'b'] })).toEqual(['b', 'g[1].d'])
    expect(picked({ steps: ['g[1]'] })).toEqual(['g[1].d', 'g[1].e'])
    expect(picked({ steps: ['g'] })).toEqual(['g[0].d', 'g[0].e', 'g[1].d', 'g[1].e'])
  })
})

describe('--tags and --skip-tags', () => {
  test('a member has the tags of its group too', () => {
    expect(picked({ tags: ['slow'] })).toEqual(['g[0].d', 'g[1].d'])
    expect(picked({ tags: ['deploy', 'prepare'], skipTags: ['slow'] })).toEqual([
      'a',
      'c',
      'g[0].e',
      'g[1].e',
    ])
  })
  test('edges pass through what is left out, which has no hosts', () => {
    const { plan } = planOf(TEXT, { inventory: INVENTORY, tags: ['slow'] })
    expect(hostsOf(plan)).toMatchObject({ a: '', 'g[0].d': 'web1' })
    expect(edgesOf(plan)).toMatchObject({ 'g[1].d': 'g[0].e' })
    expect(plan.steps[0]?.excluded).toBe('tags')
  })
})

describe('what is left out', () => {
  const wrong = (options: TestOptions, text = TEXT) => problemsOf(text, { inventory: INVENTORY, ...options })
  test('has no results', () => {
    expect(wrong({ tags: ['deploy'] })).toEqual([
      expect.stringMatching(/^5:\d+ "a" is left out by --tags or --skip-tags, and its result is used here/),
    ])
    expect(
      wrong(
        { limit: 'web' },
        'hosts: all\nsteps:\n  - { id: a, hosts: db, run: "true" }\n  - { id: b, hosts: web, run: \'echo ${{ steps.a.on["db1"].stdout }}\' }\n',
      ).join(),
    ).toContain('"a" is left out by --limit')
  })
  test('a name that nothing has', () => {
    expect(wrong({ tags: ['deplyo'] })).toEqual([
      '--tags: the playbook has no tag "deplyo" (did you mean "deploy"?)',
    ])
    expect(wrong({ skipTags: ['zzz'] })).toEqual(['--skip-tags: the playbook has no tag "zzz"'])
    expect(wrong({ steps: ['zzz'] })).toEqual(['--step: the playbook has no step "zzz"'])
  })
})
