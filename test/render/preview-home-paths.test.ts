import { expect, test } from 'vitest'
import { withoutHome } from '../../src/render/preview/home-paths.ts'
import { renderVerdicts } from '../../src/render/verdicts.ts'
import { made, putSketch, puts, samplePreview } from './sample-preview.ts'
import { richPlan } from './sample-run.ts'

function shownPaths(dest: string, paths: readonly string[], missing: readonly string[] = []) {
  const node = puts(
    paths.map(path => made(path)),
    { sketch: putSketch(dest), missing },
  )
  const { finding } = withoutHome(node)
  return finding?.kind === 'put' && [...finding.missing, ...finding.changes.map(({ path }) => path)]
}

test.each([
  ['app.conf', '/home/ann/app.conf', 'app.conf'],
  ['./conf/app/', '/home/ann/conf/app', 'conf/app'],
  ['~/conf', '/home/ann/conf/x', 'conf/x'],
  ['app', '/srv/application/app', 'app'],
])('what is put to %s is shown below the home that it was found in', (dest, found, shown) => {
  expect(shownPaths(dest, [found])).toEqual([shown])
})

test('so are folders that are missing above it', () => {
  expect(shownPaths('a/b', ['/home/ann/a/b'], ['/home/ann/a'])).toEqual(['a', 'a/b'])
})

test.each([
  ['a home that ends in its name', 'app', '/srv/app/app'],
  ['a home with its name in it', 'app', '/srv/app/ann/app/x'],
  ['a folder of its name in what is put', 'site', '/home/ann/site/site/index.html'],
  ['names that overlap', 'a/a', '/x/a/a/a'],
])('%s: the path is shown whole, as nothing tells where the home ends', (_, dest, found) => {
  expect(shownPaths(dest, [found])).toEqual([found])
})

test.each([
  ['/etc/app', '/etc/app'],
  ['app', '/mnt/elsewhere'],
])('what is put to %s and found as %s is shown so', (dest, found) => {
  expect(shownPaths(dest, [found])).toEqual([found])
})

test.each(['step', 'host'] as const)('by %s: hosts with other homes stand together', by => {
  const plan = richPlan(['web1', 'web2'], { a: { on: ['web1', 'web2'] } })
  const node = (host: string) => puts([made(`/home/${host}/app.conf`)], { sketch: putSketch('app.conf') })
  const text = renderVerdicts(samplePreview(plan, { a: node }), { color: false, width: 80, cwd: '/', by })
  expect(text).toContain('web[1-2] (2)')
  expect(text).toContain('+ app.conf  new')
})
