import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Decrypter, Encrypter } from 'age-encryption'
import { describe, expect, onTestFinished, test } from 'vitest'
import { decryptFile, decryptValue, encryptValue, isAgeFile, newIdentity } from '../../src/secrets/age.ts'
import { identityPath, readIdentities } from '../../src/secrets/identities.ts'
import { decrypted, encrypted, newSecretFile, SecretFile } from '../../src/secrets/secret-file.ts'
import { findProgram } from '../sshd/programs.ts'

const VALUES = { plain: 'hunter22', number: '0123', lines: 'one\ntwo\n', odd: ` "'#: ü\\n`, empty: '' }

async function sealed() {
  const me = await newIdentity()
  const text = `${newSecretFile([me.recipient]).replace(' {}', '')}  # about it\n${Object.keys(VALUES)
    .map(name => `  ${name}: x # of ${name}\n`)
    .join('')}`
  const plain = new SecretFile(text, 's.yml').withValues(new Map(Object.entries(VALUES)))
  return { me, plain, file: await encrypted(plain) }
}

const linesOf = (file: SecretFile) => file.toString().split('\n')
const nobody = () => Promise.reject(new Error('nobody is asked'))

describe('a file of secrets', () => {
  test('gives back every value, and keeps comments and order', async () => {
    const { me, file } = await sealed()
    for (const value of Object.values(VALUES)) if (value !== '') expect(file.toString()).not.toContain(value)
    expect(await decrypted(file, [me.identity], 's.yml')).toEqual(new Map(Object.entries(VALUES)))
    expect(file.toString()).toMatch(/# about it\n {2}plain: age:\S+ # of plain\n {2}number: age:/)
  })

  test('changes in the lines of changed values only', async () => {
    const { plain, file } = await sealed()
    const before = { file, plain: new Map(Object.entries(VALUES)) }
    expect((await encrypted(plain, before)).toString()).toBe(file.toString())
    const changed = await encrypted(plain.withValues(new Map([['odd', 'even']])), before)
    const differing = linesOf(changed).filter((line, at) => line !== linesOf(file)[at])
    expect(differing).toEqual([expect.stringMatching(/^ {2}odd: age:/)])
  })

  test('is encrypted anew for other recipients', async () => {
    const { me, plain, file } = await sealed()
    const other = await newIdentity()
    const before = { file, plain: new Map(Object.entries(VALUES)) }
    await expect(decrypted(file, [other.identity], 's.yml')).rejects.toThrow('none of its recipients')
    const both = await encrypted(plain.withRecipients([me.recipient, other.recipient]), before)
    for (const { identity } of [me, other])
      expect(await decrypted(both, [identity], 's.yml', ['odd'])).toEqual(new Map([['odd', VALUES.odd]]))
  })

  test.each([
    ['no map', 'a', 'it has no recipients'],
    ['no YAML', 'a: [', 'is no file of secrets'],
    ['no recipients', 'secrets: {}', 'it has no recipients'],
    ['a key of ssh', 'recipients: [ssh-ed25519 AAAA]', 'keys of ssh and of plugins are not supported'],
    ['a list', 'recipients: [a]\nsecrets: []', 'the recipient a: it is no recipient of age'],
  ])('is refused as %s', (_, text, why) => {
    expect(() => new SecretFile(text, 's.yml').values).toThrow(why)
  })

  test.each([
    '|hunter22',
    '>hunter22',
    '!h!hunter22 x',
    '@hunter22',
    '*hunter22',
    '{hunter22',
    '!hunter22',
    '&hunter22',
    '!<hunter22> x',
  ])('is refused with a value that YAML takes for something else, %s, and no word of it', async value => {
    const { recipient } = await newIdentity()
    const read = () => new SecretFile(`recipients: [${recipient}]\nsecrets:\n  t: ${value}\n`, 's.yml')
    expect(read).toThrow('is no file of secrets')
    expect(read).not.toThrow('hunter22')
  })

  test('with a value in the clear, or damaged, gives none', async () => {
    const { me, file } = await sealed()
    const open = file.withValues(new Map([['plain', 'clear']]))
    await expect(decrypted(open, [me.identity], 's.yml')).rejects.toThrow('holds "plain" in the clear')
    const broken = file.withValues(new Map([['plain', 'age:YWdl']]))
    await expect(decrypted(broken, [me.identity], 's.yml')).rejects.toThrow('"plain" is damaged')
    await expect(decrypted(file, [me.identity], 's.yml', ['other'])).rejects.toThrow('has no secret "other"')
  })
})

test('values are files of age, as its library writes and reads them', async () => {
  const { identity, recipient } = await newIdentity()
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  const theirs = await encrypter.encrypt('theirs')
  expect(isAgeFile(theirs)).toBe(true)
  expect(Buffer.from(await decryptFile(theirs, { identities: [identity] })).toString()).toBe('theirs')
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const ours = Buffer.from((await encryptValue('ours', [recipient])).slice('age:'.length), 'base64')
  expect(await decrypter.decrypt(ours, 'text')).toBe('ours')
})

test.skipIf(findProgram('age') === undefined)('and as the program age does', async () => {
  const { identity, recipient } = await newIdentity()
  const folder = mkdtempSync(join(tmpdir(), 'drover-age-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'id'), `${identity}\n`)
  const age = (args: readonly string[], input: string | Buffer) =>
    execFileSync('age', args, { input, cwd: folder })
  const ours = Buffer.from((await encryptValue('ours', [recipient])).slice('age:'.length), 'base64')
  expect(age(['-d', '-i', 'id'], ours).toString()).toBe('ours')
  const theirs = `age:${age(['-r', recipient], 'theirs').toString('base64')}`
  expect(await decryptValue(theirs, [identity])).toBe('theirs')
  const armored = await decryptFile(age(['-a', '-r', recipient], 'armored'), { identities: [identity] })
  expect(Buffer.from(armored).toString()).toBe('armored')
})

describe('the file with the identity', () => {
  function written(content: string | Uint8Array): string {
    const folder = mkdtempSync(join(tmpdir(), 'drover-identity-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'id'), content)
    return join(folder, 'id')
  }

  test('may have several, and comments', async () => {
    const [a, b] = [await newIdentity(), await newIdentity()]
    const path = written(`# mine\n${a.identity}\n\n${b.identity}\r\n`)
    expect(await readIdentities(path, nobody)).toEqual([a.identity, b.identity])
  })

  test('may be encrypted with a passphrase', async () => {
    const { Secret } = await import('../../src/model/secret.ts')
    const { identity } = await newIdentity()
    const encrypter = new Encrypter()
    encrypter.setPassphrase('correct horse')
    encrypter.setScryptWorkFactor(10)
    const path = written(await encrypter.encrypt(`${identity}\n`))
    expect(await readIdentities(path, async () => new Secret('correct horse'))).toEqual([identity])
    await expect(readIdentities(path, async () => new Secret('wrong'))).rejects.toThrow('passphrase is wrong')
  })

  test.each([
    ['nothing', '', 'holds no identity of age'],
    ['a key of ssh', '-----BEGIN OPENSSH PRIVATE KEY-----\n', 'holds what is no identity of age'],
    ['one that is cut', 'AGE-SECRET-KEY-1QQQ\n', 'holds an identity of age that is cut off or damaged'],
  ])('with %s is refused', async (_, content, why) => {
    await expect(readIdentities(written(content), nobody)).rejects.toThrow(why)
  })

  test('that is cut off is told before a value is blamed', async () => {
    const { identity } = await newIdentity()
    const path = written(`${identity.slice(0, -3)}\n`)
    await expect(readIdentities(path, nobody)).rejects.toThrow('cut off or damaged')
  })

  test('is never looked for in the working folder by chance', () => {
    const own = join(userInfo().homedir, '.config/drover/identity.txt')
    for (const env of [{}, { HOME: '' }, { HOME: 'x', XDG_CONFIG_HOME: '' }, { XDG_CONFIG_HOME: 'config' }])
      expect(identityPath({ env, cwd: '/project' })).toBe(own)
    expect(identityPath({ env: { HOME: '/home/me' }, cwd: '/project' })).toBe(
      '/home/me/.config/drover/identity.txt',
    )
  })

  test('that is missing is named', async () => {
    await expect(readIdentities('/nowhere/id', nobody)).rejects.toThrow('/nowhere/id does not exist')
  })
})
