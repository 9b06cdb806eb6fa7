import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Effect, Effects, NO_GROUNDS } from '../../src/preview/effects.ts'

function effectsOf(effects: readonly Effect[]): Effects<number> {
  const all = new Effects<number>()
  for (const [node, effect] of effects.entries()) all.add(node, effect)
  return all
}

const globs = (...list: string[]): Effect => ({ kind: 'globs', globs: list })
const written = (...list: string[]): Effect => ({ kind: 'paths', written: list, created: list })

const reading = (path: string) => ({ ...NO_GROUNDS, contents: [path] })
const seeing = (path: string) => ({ ...NO_GROUNDS, exists: [path] })
const writing = (path: string) => ({ ...NO_GROUNDS, targets: [path] })

describe('globs of what is written', () => {
  test.each([
    ['/srv/app', '/srv/app', true],
    ['/srv/app', '/srv/app/conf', true],
    ['/srv/app/conf', '/srv', true],
    ['/srv/app', '/srv/apple', false],
    ['/srv/**', '/srv', true],
    ['/srv/**', '/etc', false],
    ['/srv/*/conf', '/srv/a/conf', true],
    ['/srv/*/conf', '/srv/a/data', false],
    ['/srv/a?c', '/srv/abc/x', true],
    ['/srv/[ab]', '/srv/[ab]', true],
    ['/', '/srv', true],
    ['/srv', '/', true],
  ])('%s and the reading of %s: %s', (glob, path, touched) => {
    expect(effectsOf([globs(glob)]).touching(reading(path)) !== undefined).toBe(touched)
  })

  test('name the first node, however many match', () => {
    const effects = effectsOf([globs('/a/x'), globs('/a'), globs('/a/*'), globs('/**')])
    expect(effects.touching(reading('/a/y'))).toBe(1)
    expect(effects.touching(reading('/a'))).toBe(0)
    expect(effects.touching(reading('/a'), 0)).toBe(1)
    expect(effects.touching(reading('/b'))).toBe(3)
    expect(effects.touching(reading('/b'), 3)).toBe(undefined)
  })
})

test('a path that is written touches what is above and below it; where only existence matters, what is made there', () => {
  const effects = effectsOf([written('/srv/app')])
  expect(effects.touching(writing('/srv/app/conf'))).toBe(0)
  expect(effects.touching(writing('/srv'))).toBe(0)
  expect(effects.touching(reading('/'))).toBe(0)
  expect(effects.touching(seeing('/srv/app'))).toBe(0)
  expect(effects.touching(seeing('/srv'))).toBe(undefined)
})

test('what is below a path that comes to be a file or a link is another thing then', () => {
  const link: Effect = { kind: 'paths', written: ['/srv/current'], created: [] }
  const folder: Effect = { kind: 'paths', written: [], created: ['/srv/current'] }
  expect(effectsOf([link]).touching(seeing('/srv/current/conf'))).toBe(0)
  expect(effectsOf([folder]).touching(seeing('/srv/current/conf'))).toBe(undefined)
})

const path = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
  .map(names => `/${names.join('/')}`)
const glob = fc.tuple(path, fc.constantFrom('', '/*', '/**', '/a*/b')).map(parts => parts.join(''))
const effect: fc.Arbitrary<Effect> = fc.oneof(
  { weight: 8, arbitrary: path.map(one => written(one)) },
  { weight: 4, arbitrary: fc.array(glob, { maxLength: 2 }).map(list => globs(...list)) },
  { weight: 1, arbitrary: fc.constant<Effect>({ kind: 'anything' }) },
)
const grounds = fc.record({
  exists: fc.array(path, { maxLength: 1 }),
  contents: fc.oneof(fc.array(path, { maxLength: 1 }), fc.constant('anything' as const)),
  targets: fc.array(path, { maxLength: 1 }),
})

test('leaving a node out is as if it were not there, whether or not another touches the same', () => {
  fc.assert(
    fc.property(
      fc.array(effect, { minLength: 1, maxLength: 6 }),
      fc.nat(),
      grounds,
      (all, number, ground) => {
        const except = number % all.length
        const others = new Effects<number>()
        for (const [node, one] of all.entries()) if (node !== except) others.add(node, one)
        expect(effectsOf(all).touching(ground, except)).toBe(others.touching(ground))
      },
    ),
    { numRuns: 2000 },
  )
})
