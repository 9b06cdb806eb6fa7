import { expect, test } from 'vitest'
import type { Preview } from '../../src/model/preview.ts'
import { renderVerdicts, type VerdictOptions } from '../../src/render/verdicts.ts'
import { fails, gets, held, ran, runs, SAME, samplePreview, skip, unknown } from './sample-preview.ts'
import { richPlan, type SampleGroup } from './sample-run.ts'

const HOSTS = ['web1', 'web2']
const NO = skip('params.state == "absent" is false')

/** What is shown of the steps; `group/step` stands in that group. */
function body(
  nodes: Parameters<typeof samplePreview>[1],
  groups: readonly SampleGroup[] = [{ kind: 'use', id: 'p', title: 'Packages' }],
  options: Partial<VerdictOptions> = {},
): string {
  return shown(previewOf(nodes, groups), options)
}

function previewOf(
  nodes: Parameters<typeof samplePreview>[1],
  groups: readonly SampleGroup[],
  own: Readonly<Record<string, readonly string[]>> = {},
): Preview {
  const ids = Object.keys(nodes)
  const steps = ids.map(id => {
    const group = id.includes('.') ? { in: id.slice(0, id.lastIndexOf('.')) } : {}
    return [id, { on: own[id] ?? HOSTS, ...group }] as const
  })
  return samplePreview(richPlan(HOSTS, Object.fromEntries(steps), { groups }), nodes)
}

function shown(preview: Preview, options: Partial<VerdictOptions> = {}): string {
  const text = renderVerdicts(preview, { color: false, width: 80, cwd: '/play', ...options })
  return text.split('\n').slice(3, -3).join('\n')
}

test('a use of which nothing changes is a line', () => {
  expect(body({ look: SAME, 'p.known': SAME, 'p.apt': held('it is there'), 'p.dnf': NO, end: SAME })).toBe(
    `· 1. look         no change on web[1-2] (2)
·    p  Packages  3 steps: 2 unchanged and 1 skipped on web[1-2] (2)
· 5. end          no change on web[1-2] (2)`,
  )
  expect(body({ 'p.a': NO, 'p.b': NO })).toBe('–    p  Packages  2 steps skipped on web[1-2] (2)')
  expect(body({ 'p.a': SAME, 'p.b': ran('v1') })).toBe('·    p  Packages  2 steps: no change on web[1-2] (2)')
})

test('what changes, is unknown or would fail stays, and what does not is counted after it', () => {
  expect(
    body({
      'p.known': SAME,
      'p.apt': runs('apt-get install jq'),
      'p.dnf': NO,
      'p.check': unknown('steps.p.apt would change first'),
      'p.apk': NO,
      'p.end': fails('/opt is not there'),
    }),
  ).toBe(`use p  Packages
   ~ 2. p.apt
      web[1-2] (2)
        run apt-get install jq

   ? 4. p.check  unknown on web[1-2] (2) because steps.p.apt would change first

   ✖ 6. p.end
      web[1-2] (2)  would fail: /opt is not there
        run true

   ·    3 steps  1 unchanged and 2 skipped on web[1-2] (2)`)
})

test('a single one is as short as a line about it', () => {
  expect(body({ 'p.a': SAME })).toBe('use p  Packages\n   · 1. p.a  no change on web[1-2] (2)')
  expect(body({ 'p.a': unknown('x'), 'p.b': NO })).toBe(`use p  Packages
   ? 1. p.a  unknown on web[1-2] (2) because x
   – 2. p.b  skipped on web[1-2] (2): params.state == "absent" is false`)
})

test('files that come here are shown, though nothing changes on the hosts', () => {
  const fetched = (host: string) => gets(host, { changed: 1, overwritten: [`/play/${host}/log`] })
  const text = body({
    'p.a': SAME,
    'p.b': SAME,
    'p.get': host => ({ ...fetched(host), verdict: SAME.verdict }),
  })
  expect(text).toContain('3. p.get')
  expect(text).toContain('·    2 steps  no change on web[1-2] (2)')
})

test('hosts are named where all is about the same ones', () => {
  const groups = [{ kind: 'use', id: 'p' }] as const
  const apart = previewOf({ 'p.a': SAME, 'p.b': NO }, groups, { 'p.a': ['web1'] })
  expect(shown(apart)).toBe('·    p  2 steps: 1 unchanged and 1 skipped')
  const mixed = previewOf({ 'p.a': SAME, 'p.b': host => (host === 'web1' ? SAME : NO) }, groups)
  expect(shown(mixed)).toBe('·    p  2 steps: no change')
  const none = previewOf({ 'p.a': SAME, 'p.b': SAME, 'p.c': NO }, groups, { 'p.a': [], 'p.b': [] })
  expect(shown(none)).toBe('–    p  3 steps: 1 skipped and 2 for no host')
})

test('groups in groups: items that are as they should be are counted by their steps', () => {
  const groups: readonly SampleGroup[] = [
    { kind: 'loop', id: 'u' },
    { kind: 'use', id: 'u.0', in: 'u' },
    { kind: 'use', id: 'u.1', in: 'u' },
    { kind: 'use', id: 'u.2', in: 'u' },
  ]
  const nodes = { 'u.0.a': SAME, 'u.0.b': NO, 'u.1.a': runs('add'), 'u.1.b': NO, 'u.2.a': SAME, 'u.2.b': NO }
  expect(body(nodes, groups)).toBe(`loop u, 3 items
   use u.1
      ~ 3. u.1.a
         web[1-2] (2)
           run add

      – 4. u.1.b  skipped on web[1-2] (2): params.state == "absent" is false

   ·    4 steps  2 unchanged and 2 skipped on web[1-2] (2)`)
  expect(body({ ...nodes, 'u.1.a': SAME }, groups)).toBe(
    '·    u  6 steps: 3 unchanged and 3 skipped on web[1-2] (2)',
  )
})

test('by host likewise; with -v each step is shown', () => {
  const nodes = { 'p.a': SAME, 'p.b': NO, 'p.c': (host: string) => (host === 'web1' ? runs('x') : SAME) }
  const groups = [{ kind: 'use', id: 'p' }] as const
  expect(body(nodes, groups, { by: 'host' })).toBe(`web1: 1 to change, 1 unchanged, 1 skipped
   use p
      ~ 3. p.c
         run x

      ·    2 steps  1 unchanged and 1 skipped

web2: 2 unchanged, 1 skipped
   ·    p  3 steps: 2 unchanged and 1 skipped`)
  const whole = body(nodes, groups, { verbose: true })
  for (const id of ['1. p.a', '2. p.b', '3. p.c']) expect(whole).toContain(id)
  expect(whole).toContain('skipped: params.state == "absent" is false')
})

test('what no host could be asked about', () => {
  const plan = richPlan(
    ['web1'],
    { a: { on: ['web1'], in: 'p' }, b: { on: ['web1'], in: 'p' } },
    { groups: [{ kind: 'use', id: 'p' }] },
  )
  const down = samplePreview(plan, {}, { web1: { code: 'connect_refused', message: 'refused' } })
  expect(shown(down)).toContain('–    p  2 steps: no host could be asked\n')
})

test('titles are whole where there is room for them', () => {
  const plan = richPlan(HOSTS, {
    a: { on: HOSTS, title: 'Write the configuration of the whole application' },
    b: { on: HOSTS },
  })
  expect(shown(samplePreview(plan, {}))).toBe(
    `· 1. a  Write the configuration of the whole applica…  no change on web[1-2] (2)
· 2. b                                                 no change on web[1-2] (2)`,
  )
  expect(shown(samplePreview(plan, {}), { width: 100 })).toContain('of the whole application  no change')
  const long = 'steps.conf would change first, and steps.a would, too'
  expect(shown(samplePreview(plan, { b: unknown(long) }))).toBe(
    `· 1. a  Write the configuration of …  no change on web[1-2] (2)
? 2. b                                unknown on web[1-2] (2) because steps.conf
                                      would change first, and steps.a would, too`,
  )
})
