import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { sshString } from '../../../src/transport/ssh/wire-reader.ts'

/** A public key as `type base64`, and what it is called in a description. */
export interface LineKey {
  readonly name: string
  readonly text: string
}

/** Names that a line can speak of: the host's in known_hosts, and the address alone. */
export interface LineNames {
  readonly place: string
  readonly bare: string
}

/** Files of known_hosts that are mostly right, and wrong in one way or another. */
export function knownHostsText(names: LineNames, keys: readonly LineKey[]): fc.Arbitrary<string> {
  const line = fc.oneof(
    { weight: 9, arbitrary: entry(names, keys) },
    { weight: 1, arbitrary: fc.constantFrom('', '#', ' # comment', '\0', '\r', '@', '@revoked', '|1|', 'x') },
  )
  const end = fc.constantFrom('\n', '\n', '\n', '\n', '\n', '\r\n', ' \n', '\n\n', '\0\n', '\0 x\n', '\r')
  const lines = fc.array(fc.tuple(line, end), { minLength: 0, maxLength: 5 })
  return fc.tuple(lines, fc.integer({ min: 0, max: 3 })).map(([parts, cut]) => {
    const text = parts.flat().join('')
    return cut === 0 ? text.replace(/\r?\n$/, '') : text
  })
}

function entry(names: LineNames, keys: readonly LineKey[]): fc.Arbitrary<string> {
  const before = fc.constantFrom(...many(12, ''), ' ', '\t', ' \t ', '\r', '\ufeff', '\0')
  const marker = fc.constantFrom(
    ...[...many(14, ''), ...many(6, '@revoked '), ...many(3, '@cert-authority ')],
    ...[
      '@revoked\t',
      '@Revoked ',
      '@trusted ',
      '@ ',
      '@revoked @cert-authority ',
      '@revoked  \t',
      '@revoked',
    ],
  )
  const gap = fc.constantFrom(...many(8, ' '), '\t', '  ', ' \t ', '\v', '\r', ' \0')
  const key = fc.tuple(fc.constantFrom(...keys.map(({ text }) => text)), damage()).map(([k, f]) => f(k))
  const after = fc.constantFrom(
    ...[...many(8, ''), ' comment', ' # x', '\t', ' \r', '\v', '#', '\0x', '=', ` ${'long '.repeat(3000)}`],
  )
  return fc.tuple(before, marker, hosts(names), gap, key, after).map(parts => parts.join(''))
}

function hosts({ place, bare }: LineNames): fc.Arbitrary<string> {
  const star = place.replace(/\d+$/, '*')
  const good = fc.constantFrom(
    ...[
      ...many(8, place),
      ...many(3, bare),
      star,
      star.replace(/^\[[^\]]*/, '[*'),
      '*',
      '?*',
      `*${place.slice(-3)}`,
    ],
    ...[place.toUpperCase(), `${place.slice(0, -1)}?`, `${bare.slice(0, -1)}?`, place.slice(0, -1)],
  )
  const odd = fc.constantFrom('', '!', '!!', 'x', `[${bare}]:22`, `[${bare}]`, '[*', `${bare}:22`, '|1|', '#')
  const pattern = fc
    .tuple(fc.constantFrom(...many(7, ''), '!', '!', '!!'), fc.oneof({ weight: 8, arbitrary: good }, odd))
    .map(parts => parts.join(''))
  const list = fc.array(pattern, { minLength: 1, maxLength: 3 }).map(patterns => patterns.join(','))
  const long = fc.constantFrom(
    `${'*'.repeat(1022)},${place}`,
    `${'*'.repeat(1023)},${place}`,
    `${place},${'a'.repeat(1023)},x`,
  )
  const hash = fc.tuple(fc.constantFrom(place, place, bare, 'x'), fc.integer({ min: 1, max: 9 })).map(hashed)
  const broken = hash.chain(text =>
    fc.constantFrom(
      text.replace('=|', '|'),
      text.slice(0, -1),
      text.toLowerCase(),
      `${text},x`,
      `${text}=`,
      `!${text}`,
      text.replace('|1|', '|2|'),
    ),
  )
  return fc.oneof(
    { weight: 12, arbitrary: list },
    { weight: 4, arbitrary: hash },
    { weight: 1, arbitrary: broken },
    { weight: 1, arbitrary: long },
  )
}

function hashed([name, salt]: [string, number]): string {
  const key = Buffer.alloc(20, salt)
  return `|1|${key.toString('base64')}|${createHmac('sha1', key).update(name).digest('base64')}`
}

/** What can be wrong with a key in a line. */
function damage(): fc.Arbitrary<(key: string) => string> {
  const blob = (change: (text: string) => string) => (key: string) => key.replace(/\S+$/, change)
  return fc.constantFrom(
    ...many(24, (key: string) => key),
    (key: string) => key.replace(' ', '\t '),
    blob(text => text.slice(0, -4)),
    blob(text => text.slice(0, -1)),
    blob(text => text.slice(0, 40)),
    blob(text => text.replace(/=+$/, '')),
    blob(text => `${text}AAAA`),
    blob(text => `${text.slice(0, 20)}\r${text.slice(20)}`),
    blob(text => `${text.slice(0, 20)}!${text.slice(20)}`),
    blob(text => `${text.slice(0, 20)}=${text.slice(20)}`),
    blob(text => text.replace(/.(=+)$/, '9$1')),
    blob(() => ''),
    (key: string) => key.replace(/^\S+/, type => type.toUpperCase()),
    (key: string) => key.replace(/^\S+/, 'ssh-ed25519'),
    (key: string) => key.replace(/^\S+/, 'ssh-rsa'),
    (key: string) => key.replace(/^\S+/, 'rsa-sha2-256'),
    (key: string) => key.replace(/^ssh-/, ''),
    (key: string) => `1024 35 ${key}`,
  )
}

/** Keys of other hosts, of all types and in all conditions. */
export function oddKeys(own: { readonly rsa: string; readonly ecdsa: string }): readonly LineKey[] {
  const [, e = Buffer.alloc(0), n = Buffer.alloc(0)] = stringsOf(own.rsa)
  const [, , point = Buffer.alloc(0)] = stringsOf(own.ecdsa)
  const number = (bytes: number) => Buffer.concat([Buffer.of(0x7f), Buffer.alloc(bytes - 1, 0xa5)])
  const off = Buffer.from(point)
  off[off.length - 1] = (off.at(-1) ?? 0) ^ 1
  const nul = Buffer.alloc(0)
  const short = (bytes: number) => Buffer.alloc(bytes, 7)
  return [
    key('own rsa with a zero more', 'ssh-rsa', [e, Buffer.concat([Buffer.of(0), n])]),
    key('own rsa named otherwise', 'rsa-sha2-512', [e, n]),
    key('rsa, negative', 'ssh-rsa', [e, n.subarray(1)]),
    key('rsa 512', 'ssh-rsa', [e, number(64)]),
    key('rsa 1023', 'ssh-rsa', [e, Buffer.concat([Buffer.of(0x3f), Buffer.alloc(127, 1)])]),
    key('rsa 1024', 'ssh-rsa', [e, Buffer.concat([Buffer.of(0), Buffer.alloc(128, 0xff)])]),
    key('rsa 16384', 'ssh-rsa', [e, Buffer.concat([Buffer.of(0), Buffer.alloc(2048, 0xff)])]),
    key('rsa 16392', 'ssh-rsa', [e, Buffer.concat([Buffer.of(1), Buffer.alloc(2048, 0xff)])]),
    key('rsa without n', 'ssh-rsa', [e]),
    key('ed25519 of 31 bytes', 'ssh-ed25519', [short(31)]),
    key('ed25519 of 33 bytes', 'ssh-ed25519', [short(33)]),
    key('ed25519 of 32 bytes', 'ssh-ed25519', [short(32)]),
    key('ed25519 and more', 'ssh-ed25519', [short(32), nul]),
    key('ecdsa off the curve', 'ecdsa-sha2-nistp256', ['nistp256', off]),
    key('ecdsa of another curve', 'ecdsa-sha2-nistp256', ['nistp384', point]),
    key('ecdsa of a larger curve', 'ecdsa-sha2-nistp384', ['nistp384', point]),
    key('ecdsa, compressed', 'ecdsa-sha2-nistp256', [
      'nistp256',
      Buffer.concat([Buffer.of(2), point.subarray(1, 33)]),
    ]),
    key('ecdsa, no point', 'ecdsa-sha2-nistp256', ['nistp256', nul]),
    key('dss', 'ssh-dss', [number(128), number(20), number(128), number(128)]),
    key('dss, short', 'ssh-dss', [number(128), number(20), number(128)]),
    key('sk-ed25519', 'sk-ssh-ed25519@openssh.com', [short(32), 'ssh:']),
    key('sk-ed25519, nameless', 'sk-ssh-ed25519@openssh.com', [short(32)]),
    key('sk-ecdsa', 'sk-ecdsa-sha2-nistp256@openssh.com', ['nistp256', point, 'ssh:']),
    key('sk-ecdsa, off', 'sk-ecdsa-sha2-nistp256@openssh.com', ['nistp256', off, 'ssh:']),
    key('of no type', 'ssh-foo', [short(32)]),
    key('of a type that nobody has', '', [short(32)]),
  ]
}

function key(name: string, type: string, parts: readonly (Buffer | string)[]): LineKey {
  return { name, text: `${type} ${Buffer.concat([type, ...parts].map(sshString)).toString('base64')}` }
}

function stringsOf(text: string): Buffer[] {
  const blob = Buffer.from(text.split(' ')[1] ?? '', 'base64')
  const found: Buffer[] = []
  for (let at = 0; at < blob.length; ) {
    const length = blob.readUInt32BE(at)
    found.push(blob.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return found
}

function many<T>(times: number, value: T): T[] {
  return Array<T>(times).fill(value)
}
