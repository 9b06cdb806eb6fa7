import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/model/secret.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import { StreamMask } from '../../src/secrets/mask.ts'
import { spellings } from '../e2e/secret-spellings.ts'

const SECRETS = {
  'letters and digits': 'k3Yf9QzT0pWd',
  short: 'q7Zx',
  'all that has to be quoted': `a'b"c d$e\`f\\g!h&i<j>k%l#m*n?o~p;q|r(s)t[u]v{w}x=y+z/@:,^`,
  'other letters': 'clé-Ünï çö∂é-🗝-9Zk',
  'only other letters': 'пароль-длинный',
  'like escapes': 'n41\\n\\x41%41&amp;u00e9$\'"t',
  'with a blank': `correct horse's`,
  long: Array.from({ length: 30 }, (_, at) => `w${at * 7919} "é'`).join(' '),
  'of several lines': `-----BEGIN KEY-----\nMIIEow+/BAAKCAQEA0Z3VS5JJ\nk9'x"\\ é%=\nQ==\n-----END KEY-----\n`,
}

/** Letters and digits that are left, without the words of `ls` and the places of dumps. */
function left(text: string): string {
  return text.replaceAll(/ls: cannot access|No such file or directory|^[\da-f]{7,8}|[^\p{L}\d]/gmu, '')
}

describe.each(Object.entries(SECRETS))('a secret: %s', (_, secret) => {
  const known = new KnownSecrets()
  known.add([new Secret(secret)])
  const all = Object.entries(spellings(secret))

  /** What a stream shows of a text in pieces of so many characters. */
  function shown(text: string, size: number): string {
    const stream = new StreamMask(known.finder)
    const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
      text.slice(at * size, (at + 1) * size),
    )
    return pieces.map(piece => stream.push(piece)).join('') + stream.end()
  }

  test.each(all)('%s', (_, spelled) => {
    const masked = known.mask(spelled)
    expect(masked).toContain('***')
    expect(left(masked).length).toBeLessThan(16)
  })

  test.each([1, 2, 3, 7, 50])('in pieces of %j', size => {
    const told = all.filter(([, spelled]) => left(shown(spelled, size)).length >= 16)
    expect(told.map(([name, spelled]) => `${name}: ${shown(spelled, size)}`)).toEqual([])
  })

  test('among other texts', () => {
    const text = all.map(([name, spelled]) => `${name}: <${spelled}>\n`).join('')
    expect(shown(text, 64)).toBe(known.mask(text))
  })
})
