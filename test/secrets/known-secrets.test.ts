import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Secret } from '../../src/model/secret.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'

function maskingOf(passwords: readonly string[]): (text: string) => string {
  const secrets = new KnownSecrets()
  secrets.add(passwords.map(password => new Secret(password)))
  return secrets.mask
}

const PASSWORD = `S3cr'et $x/y+"z\\`
const mask = maskingOf([PASSWORD])

test('a password is masked as it is, and as others spell it', () => {
  const quoted = execFileSync('bash', ['-c', 'printf %q "$1"', 'bash', PASSWORD], { encoding: 'utf8' })
  for (const text of [
    PASSWORD,
    JSON.stringify(PASSWORD).slice(1, -1),
    encodeURIComponent(PASSWORD),
    new URLSearchParams({ p: PASSWORD }).get('p') ?? '',
    PASSWORD.replaceAll("'", "'\\''"),
    Buffer.from(PASSWORD).toString('hex'),
    Buffer.from(PASSWORD).toString('hex').toUpperCase(),
    quoted,
  ])
    expect(mask(`<${text}>`)).toBe('<***>')
})

test('in URLs that leave alone what a path or a whole URL may hold', () => {
  for (const text of [encodeURI(PASSWORD), encodeURIComponent(PASSWORD).replaceAll('%2F', '/')])
    expect(mask(`<${text}>`)).toBe('<***>')
})

test('quoted by a shell that leaves letters beyond ASCII alone', () => {
  expect(maskingOf(['clé é$x'])('<clé\\ é\\$x>')).toBe('<***>')
})

test('in base64 wherever it stands in what was encoded', () => {
  for (const before of ['', 'a', 'ab', 'user:'])
    for (const after of ['', '\n', ' and more']) {
      const encoded = Buffer.from(before + PASSWORD + after).toString('base64')
      const masked = mask(encoded)
      expect(masked).toContain('***')
      expect(Buffer.from(masked.replace('***', ''), 'base64').toString()).not.toContain('ecr')
    }
})

test('each line of a longer one, which differences show one by one', () => {
  const own = maskingOf(['first line\nsecond line'])
  expect(own('+first line\n+second line\n')).toBe('+***\n+***\n')
})

test('short ones are not looked for: they would take words apart', () => {
  expect(maskingOf(['abc'])('abcdef')).toBe('abcdef')
})

test('of passwords that hold each other the longest is masked', () => {
  const own = maskingOf(['word', 'password', 'wording'])
  expect(own('password wording word')).toBe('*** *** ***')
})

test('none is left in any text, whatever stands around it', () => {
  const part = fc.string({ unit: 'binary', maxLength: 8 })
  fc.assert(
    fc.property(fc.string({ minLength: 4, maxLength: 12 }), part, part, (password, before, after) => {
      fc.pre(!'***'.includes(password))
      expect(maskingOf([password])(before + password + after)).toContain('***')
    }),
  )
})

test('of base64 the last letter and what fills it up are masked too, where nothing follows', () => {
  const known = new KnownSecrets()
  known.add([new Secret('hunter22hunter')])
  for (const before of ['', 'a', 'ab']) {
    const text = Buffer.from(`${before}hunter22hunter`).toString('base64')
    expect(known.mask(`x ${text} y`)).toMatch(/^x .{0,4}\*\*\* y$/)
  }
  const followed = Buffer.from('hunter22hunter and more').toString('base64')
  expect(known.mask(followed)).toMatch(/^\*\*\*\w+=*$/)
})
