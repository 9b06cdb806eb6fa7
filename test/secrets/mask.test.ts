import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Secret } from '../../src/model/secret.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import { maskText, StreamMask } from '../../src/secrets/mask.ts'
import { type Finder, Matcher } from '../../src/secrets/matcher.ts'

/** What a stream shows of a text that comes in pieces. */
function shown(matcher: Matcher, pieces: readonly string[]): string {
  const mask = new StreamMask(matcher)
  return pieces.map(piece => mask.push(piece)).join('') + mask.end()
}

/** The plain way: every character that belongs to a secret, and stars where a run of them begins. */
function slowly(secrets: readonly string[], text: string): string {
  const covered = new Array<boolean>(text.length).fill(false)
  const starts = new Set<number>()
  let end = 0
  for (let at = 0; at < text.length; at += 1) {
    const longest = Math.max(0, ...secrets.filter(secret => text.startsWith(secret, at)).map(s => s.length))
    if (longest === 0) continue
    if (at >= end) starts.add(at)
    end = Math.max(end, at + longest)
    covered.fill(true, at, at + longest)
  }
  return [...text.split('').keys()].map(at => (starts.has(at) ? '***' : covered[at] ? '' : text[at])).join('')
}

test('a secret that comes in pieces is masked as in one', () => {
  const matcher = new Matcher(['hunter22'])
  const text = 'a hunter22 b hunter2 c hunter22'
  for (let size = 1; size < 12; size += 1)
    expect(shown(matcher, text.match(new RegExp(`.{1,${size}}`, 'g')) ?? [])).toBe('a *** b hunter2 c ***')
})

test('no more is held back than what may become a secret', () => {
  const mask = new StreamMask(new Matcher(['hunter22']))
  expect(mask.push('name: hun')).toBe('name: ')
  expect(mask.push('dred\n')).toBe('hundred\n')
  expect(mask.push('hunter')).toBe('')
  expect(mask.masked).toBe(false)
  expect(mask.push('22')).toBe('***')
  expect(mask.masked).toBe(true)
  expect(mask.end()).toBe('')
})

test('any secrets in any text in any pieces', () => {
  const letters = fc.constantFrom('a', 'b', 'é', '\n')
  const word = (min: number, max: number) => fc.string({ unit: letters, minLength: min, maxLength: max })
  fc.assert(
    fc.property(
      fc.array(word(4, 9), { minLength: 1, maxLength: 4 }),
      fc.array(word(0, 12), { maxLength: 8 }),
      (secrets, pieces) => {
        const matcher = new Matcher(secrets)
        const whole = pieces.join('')
        expect(shown(matcher, pieces)).toBe(slowly(secrets, whole))
        expect(maskText(matcher, whole)).toBe(slowly(secrets, whole))
      },
    ),
    { seed: 7, numRuns: 2_000 },
  )
})

test('thousands of secrets are found', () => {
  const secrets = Array.from({ length: 5_000 }, (_, at) => `password-of-host-${at * 7919}-x`)
  const matcher = new Matcher(secrets)
  expect(maskText(matcher, secrets.join(' '))).toBe(secrets.map(() => '***').join(' '))
  expect(maskText(matcher, 'password-of-host-1-y')).toBe('password-of-host-1-y')
})

test('the beginning of a secret that an ellipsis cuts off is masked', () => {
  const matcher = new Matcher(['hunter22-long'])
  expect(maskText(matcher, 'it said hunter22…, and hun… at hunter22-long…')).toBe(
    'it said ***…, and hun… at ***…',
  )
})

test.each(['…', 'hun…', 'hunter22…', 'hunter22-long…'])(
  'however often a host prints %j, it is looked at twice',
  unit => {
    let looked = 0
    const matcher = new Matcher(['hunter22-long'])
    const counting: Finder = {
      ...{ reach: 10_000, isEmpty: false, openStart: text => matcher.openStart(text) },
      look: text => {
        looked += text.length
        return matcher.look(text)
      },
    }
    const text = unit.repeat(1_000)
    maskText(counting, text)
    expect(looked).toBeLessThanOrEqual(2 * text.length)
  },
)

test.each(['\n', '\n ', '\\', '\\\\', "'", '"\'', '&', '%', '=', ' \t', '\r\n', '\\n', '%25', '\x00'])(
  'whatever a host repeats (%j), little of it is held back, and it is looked at once',
  unit => {
    const { finder } = withSecrets([new Secret('hunter "two" x')])
    let looked = 0
    const counting: Finder = {
      ...{ reach: finder.reach, isEmpty: false, openStart: text => finder.openStart(text) },
      look: (text, isWhole) => {
        looked += text.length
        return finder.look(text, isWhole)
      },
    }
    const mask = new StreamMask(counting)
    const piece = unit.repeat(2_000 / unit.length)
    let [given, told] = [0, 0]
    for (let n = 0; n < 100; n += 1) {
      const text = n === 0 ? `h${piece}` : piece
      given += text.length
      told += mask.push(text).length
      expect(given - told).toBeLessThanOrEqual(finder.reach)
    }
    expect(told + mask.end().length).toBe(given)
    expect(looked).toBeLessThan(given + 101 * finder.reach + 1)
  },
)

function withSecrets(secrets: readonly Secret[]): KnownSecrets {
  const known = new KnownSecrets()
  known.add(secrets)
  return known
}
