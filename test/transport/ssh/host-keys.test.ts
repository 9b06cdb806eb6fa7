import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Failure } from '../../../src/model/errors.ts'
import { Secret } from '../../../src/model/secret.ts'
import type { HostKeyQuestion } from '../../../src/transport/ssh/host-key-check.ts'
import { createSshTransport, type SshOptions } from '../../../src/transport/ssh/ssh-transport.ts'
import { makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { targetOf } from '../run-exec.ts'

describeWith(['sshd', 'ssh', 'ssh-keygen'], 'host keys, as ssh checks them', () => {
  let server: TestServer
  let folder: string
  let other: string
  let own: string
  let ownRsa: string
  beforeAll(async () => {
    server = await startSshd({ hostKeys: ['ed25519', 'rsa'] })
    folder = mkdtempSync(join(tmpdir(), 'drover-hostkeys-'))
    other = makeKey(join(folder, 'other')).publicKey
    const known = readFileSync(server.knownHosts, 'utf8')
    own = /ssh-ed25519 \S+/.exec(known)?.[0] ?? ''
    ownRsa = /ssh-rsa \S+/.exec(known)?.[0] ?? ''
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  function fileWith(text: string): string {
    const file = join(mkdtempSync(join(folder, 'known-')), 'known_hosts')
    writeFileSync(file, text)
    return file
  }

  async function connect(
    knownHosts: string,
    options: Partial<SshOptions> = {},
  ): Promise<Failure | 'connected'> {
    const transport = createSshTransport({ policy: 'strict', knownHosts, home: folder, ...options })
    const result = await transport.connect(targetOf(server), new AbortController().signal)
    if ('code' in result) return result
    result.end()
    return 'connected'
  }

  /** @param first options that come before the others, so that they count */
  function sshConnects(knownHosts: string, first: readonly string[] = []): boolean {
    const files = ['UserKnownHostsFile=' + knownHosts, 'GlobalKnownHostsFile=/dev/null']
    const rest = ['StrictHostKeyChecking=yes', 'BatchMode=yes', 'IdentitiesOnly=yes', 'UpdateHostKeys=no']
    const args = [...first, ...files, ...rest].flatMap(option => ['-o', option])
    const place = ['-p', `${server.port}`, '-i', server.privateKey, `${server.user}@${server.host}`]
    return spawnSync('ssh', ['-F', 'none', ...args, ...place, 'true'], { stdio: 'ignore' }).status === 0
  }

  test('a file that is there but cannot be read is no empty one', async () => {
    const [pipe, large, circle] = [join(folder, 'pipe'), join(folder, 'large'), join(folder, 'circle')]
    execFileSync('mkfifo', [pipe])
    writeFileSync(large, '')
    truncateSync(large, 100 << 20)
    symlinkSync(circle, circle)
    for (const file of [folder, pipe, large, circle]) {
      for (const policy of ['strict', 'accept-new', 'off'] as const) {
        const result = await connect(file, { policy })
        expect(result).toMatchObject({ code: 'host_key_file', message: expect.stringContaining(file) })
      }
    }
  })

  test('a device is an empty file', async () => {
    for (const device of ['/dev/null', '/dev/zero']) {
      expect(await connect(device)).toMatchObject({ code: 'host_key_unknown' })
      expect(await connect(device, { policy: 'accept-new' })).toBe('connected')
    }
    expect(sshConnects('/dev/null', ['StrictHostKeyChecking=accept-new'])).toBe(true)
  })

  test.each([
    ['the host and port', 'P OWN'],
    ['the host without its port', 'H OWN'],
    ['another port', '[127.0.0.1]:1 OWN'],
    ['nothing', ''],
    ['another key', 'P OTHER'],
    ['another key of the host without its port', 'H OTHER'],
    ['another key, and the right one later', 'P OTHER\nP OWN'],
    ['only the RSA key, though the host has more', 'P RSA'],
    ['a wildcard', '[127.*]:* OWN'],
    ['a wildcard without a port', '127.* OWN'],
    ['a negated name', '*,!P OWN'],
    ['a revoked key', '@revoked P OWN'],
    ['a revoked key that another line knows', '@revoked * OWN\nP OWN'],
    ['another revoked key', '@revoked P OTHER\nP OWN'],
    ['the RSA key revoked', '@revoked P RSA\nP OWN'],
    ['a certificate authority', '@cert-authority P OWN'],
    ['a certificate authority and the key', '@cert-authority * OTHER\nP OWN'],
    ['a broken line before', 'P ssh-ed25519 AAAA\nP OWN'],
    ['no newline at the end, DOS line ends before', '# x\r\nP OWN'],
    ['a key with a comment', 'P OWN somebody@somewhere'],
    ['tabs, blanks before and after', '  \t P\tOWN \t '],
    ['DOS line ends', 'P OWN\r\n# x\r\n'],
    ['a comment that looks like the line', '#P OWN\n # P OWN'],
    ['garbage around it', '\u0001\u0002 garbage\n|1|x|y OWN\nP OWN\n@ P OWN\nP'],
    ['a marker that nobody knows', '@trusted P OWN'],
    ['two markers', '@cert-authority @revoked P OWN'],
    ['the type of another key before it', 'P ssh-rsa OWNBLOB'],
    ['a key that is not whole', 'P ssh-ed25519 OWNHALF'],
    ['both types', 'P RSA\nP OWN'],
    ['the RSA key, and another Ed25519 one', 'P RSA\nP OTHER'],
    ['several names in one line', 'nobody,P,*.example OWN'],
    ['a negation that comes first', '!P,* OWN'],
    ['a negation of another host', '[127.*]:*,!H OWN'],
    ['a question mark', '[127.0.0.?]:* OWN'],
    ['a pattern for every port of another host', '[127.0.0.2]:* OWN'],
    ['a revoked key of another host', '@revoked other OWN\nP OWN'],
    ['a revoked key under a wildcard, hashed or not', '@revoked [127.*]:* OWN'],
    ['a revoked key without its port', '@revoked H OWN\nP OWN'],
    ['an authority, and another key', '@cert-authority P OWN\nP OTHER'],
    ['an authority for others', '@cert-authority *.example OWN'],
  ])('known_hosts has %s', async (_, pattern) => {
    const text = pattern
      .replaceAll('P', `[${server.host}]:${server.port}`)
      .replaceAll(/\bH\b/g, server.host)
      .replaceAll('OWNBLOB', own.split(' ')[1] ?? '')
      .replaceAll('OWNHALF', own.slice(12, 60))
      .replaceAll('OWN', own)
      .replaceAll('OTHER', other)
      .replaceAll('RSA', ownRsa)
    const file = fileWith(text)
    expect((await connect(file)) === 'connected').toBe(sshConnects(file))
    // It hashes no file that has broken lines.
    if (spawnSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' }).status !== 0) return
    expect((await connect(file)) === 'connected').toBe(sshConnects(file))
  })

  test.each([
    ['known in the second', 'nobody OWN', 'P OWN', ''],
    ['known in the global one', '', '', 'P OWN'],
    ['changed in one, known in another', 'P OTHER', 'P OWN', ''],
    ['known here, revoked there', 'P OWN', '', '@revoked * OWN'],
    ['in none', 'x OWN', 'y OWN', 'z OWN'],
    ['known by its alias', 'P OTHER', 'alias OWN', '', 'Alias'],
    ['known by its address, but it has an alias', 'P OWN', 'H OWN', '', 'alias'],
    ['changed under its alias', 'P OWN', 'alias OTHER', '', 'alias'],
  ])('several files: %s', async (_, first, second, global, alias = '') => {
    const files = [first, second, global].map(text =>
      fileWith(
        text
          .replaceAll('P', `[${server.host}]:${server.port}`)
          .replaceAll(/\bH\b/g, server.host)
          .replaceAll('OWN', own)
          .replaceAll('OTHER', other),
      ),
    )
    const [one = '', two = '', three = ''] = files
    const transport = createSshTransport({ policy: 'strict', home: folder })
    const ssh = {
      knownHosts: { user: [one, two], global: [three] },
      ...(alias === '' ? {} : { hostKeyAlias: alias.toLowerCase() }),
    }
    const result = await transport.connect(targetOf(server, { ssh }), new AbortController().signal)
    if (!('code' in result)) result.end()
    const options = [`GlobalKnownHostsFile=${three}`, ...(alias === '' ? [] : [`HostKeyAlias=${alias}`])]
    expect(!('code' in result)).toBe(sshConnects(`${one} ${two}`, options))
  })

  test('nothing is sent to a host whose key is refused: no user, no password, no attempt', async () => {
    const strict = await startSshd({ config: ['LogLevel DEBUG1', 'PasswordAuthentication yes'] })
    const place = `[${strict.host}]:${strict.port}`
    const user = 'nobody-should-know'
    for (const text of ['', `${place} ${other}\n`, `@cert-authority ${place} ${other}\n`]) {
      const transport = createSshTransport({ policy: 'strict', knownHosts: fileWith(text), home: folder })
      const target = targetOf(strict, { user, password: new Secret('hush') })
      expect(await transport.connect(target, new AbortController().signal)).toMatchObject({
        code: expect.stringMatching(/^host_key_/),
      })
    }
    const ends = () => strict.log().match(/Connection (?:closed|reset) by .*\[preauth\]/g)
    await expect.poll(ends, { timeout: 5000 }).toHaveLength(3)
    const log = strict.log()
    await strict.stop()
    expect(log).not.toMatch(/userauth|nobody-should-know|SSH2_MSG_NEWKEYS received/)
  })

  test('a changed key is refused with both fingerprints, the line and what to do', async () => {
    const name = `[${server.host}]:${server.port}`
    const file = fileWith(`# first\n${name} ${other}\n`)
    const failure = await connect(file)
    expect(failure).toMatchObject({ code: 'host_key_changed' })
    const { message, hint } = failure as Failure
    expect(message).toContain(`${file}:2`)
    expect(message.match(/SHA256:\S+/g)).toHaveLength(2)
    expect(message).toContain(server.hostKeyFingerprint)
    expect(hint).toContain(`ssh-keygen -R '${name}'`)
    expect(await connect(file, { policy: 'accept-new' })).toMatchObject({ code: 'host_key_changed' })
    expect(await connect(file, { policy: 'off' })).toBe('connected')
  })

  test('a revoked key is refused whatever the policy', async () => {
    const file = fileWith(`@revoked * ${own}\n`)
    for (const policy of ['strict', 'accept-new', 'off'] as const) {
      expect(await connect(file, { policy })).toMatchObject({ code: 'host_key_revoked' })
    }
  })

  test('a host known by an authority only is refused, and why', async () => {
    const failure = await connect(fileWith(`@cert-authority * ${other}\n`))
    expect(failure).toMatchObject({ code: 'host_key_unknown', message: expect.stringContaining('authority') })
  })

  test('a person is asked about an unknown key, and about nothing else', async () => {
    const file = fileWith('')
    const asked: HostKeyQuestion[] = []
    const answer = (accept: boolean) => (question: HostKeyQuestion) => {
      asked.push(question)
      return Promise.resolve(accept)
    }
    expect(await connect(file, { ask: answer(false) })).toMatchObject({ code: 'host_key_unknown' })
    expect(readFileSync(file, 'utf8')).toBe('')
    expect(await connect(file, { ask: answer(true) })).toBe('connected')
    expect(await connect(file, { ask: answer(true) })).toBe('connected')
    expect(asked).toHaveLength(2)
    expect(asked[0]).toEqual({
      host: 'web1',
      address: server.host,
      port: server.port,
      keyType: 'ssh-ed25519',
      fingerprint: server.hostKeyFingerprint,
    })
    expect(await connect(fileWith(`* ${other}\n`), { ask: answer(true) })).toMatchObject({
      code: 'host_key_changed',
    })
    expect(asked).toHaveLength(2)
  })
})
