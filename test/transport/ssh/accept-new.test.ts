import { spawnSync } from 'node:child_process'
import {
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Failure } from '../../../src/model/errors.ts'
import type { Connection, SshSetup } from '../../../src/model/host.ts'
import { createSshTransport, type SshOptions } from '../../../src/transport/ssh/ssh-transport.ts'
import type { Transport } from '../../../src/transport/transport.ts'
import { makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { targetOf } from '../run-exec.ts'

describeWith(['sshd', 'ssh', 'ssh-keygen'], 'keys of new hosts are accepted, as ssh does', () => {
  let server: TestServer
  let folder: string
  let other: string
  let own: string
  let place: string
  beforeAll(async () => {
    server = await startSshd({ hostKeys: ['ed25519', 'rsa'] })
    folder = mkdtempSync(join(tmpdir(), 'drover-accept-new-'))
    other = makeKey(join(folder, 'other')).publicKey
    own = /ssh-ed25519 \S+/.exec(readFileSync(server.knownHosts, 'utf8'))?.[0] ?? ''
    place = `[${server.host}]:${server.port}`
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  function fileWith(text: string): string {
    const file = join(mkdtempSync(join(folder, 'known-')), 'known_hosts')
    const filled = text.replaceAll('P', place).replaceAll(/\bH\b/g, server.host)
    writeFileSync(file, filled.replaceAll('OWN', own).replaceAll('OTHER', other))
    return file
  }

  const accepting = (knownHosts?: string, options: Partial<SshOptions> = {}) =>
    createSshTransport({
      policy: 'accept-new',
      ...(knownHosts === undefined ? {} : { knownHosts }),
      home: folder,
      ...options,
    })

  async function connect(
    transport: Transport,
    ssh: SshSetup = {},
    connection: Partial<Connection> = {},
  ): Promise<Failure | 'connected'> {
    const target = targetOf(server, { ssh, ...connection })
    const result = await transport.connect(target, new AbortController().signal)
    if ('code' in result) return result
    result.end()
    return 'connected'
  }

  function sshConnects(file: string, options: readonly string[] = []): boolean {
    const files = [`UserKnownHostsFile=${file}`, 'GlobalKnownHostsFile=/dev/null']
    const rest = [
      'StrictHostKeyChecking=accept-new',
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'UpdateHostKeys=no',
    ]
    const args = [...options, ...files, ...rest].flatMap(option => ['-o', option])
    const where = ['-p', `${server.port}`, '-i', server.privateKey, `${server.user}@${server.host}`]
    return spawnSync('ssh', ['-F', 'none', ...args, ...where, 'true'], { stdio: 'ignore' }).status === 0
  }

  const sshKnows = (file: string) => sshConnects(file, ['StrictHostKeyChecking=yes'])

  test.each([
    ['unknown', ''],
    ['known', 'P OWN\n'],
    ['changed', 'P OTHER\n'],
    ['revoked', '@revoked P OWN\n'],
    ['known by an authority', '@cert-authority P OWN\n'],
    ['known without its port', 'H OWN\n'],
    ['another one without its port', 'H OTHER\n'],
    ['of a second type', 'P RSA\n'],
  ])('a key that is %s: same verdict, same file', async (_, pattern) => {
    const rsa = /ssh-rsa \S+/.exec(readFileSync(server.knownHosts, 'utf8'))?.[0] ?? ''
    const text = pattern.replaceAll('RSA', rsa)
    const [ours, theirs] = [fileWith(text), fileWith(text)]
    const accepted = (await connect(accepting(ours))) === 'connected'
    expect(accepted).toBe(sshConnects(theirs))
    expect(readFileSync(ours, 'utf8')).toBe(readFileSync(theirs, 'utf8'))
    if (accepted) expect(sshKnows(ours)).toBe(true)
  })

  test.each([
    ['without its end', '# no newline'],
    ['that is torn', 'P ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDkGIM'],
  ])('a last line %s is kept apart', async (_, text) => {
    const file = fileWith(text)
    const before = readFileSync(file, 'utf8')
    expect(await connect(accepting(file))).toBe('connected')
    expect(readFileSync(file, 'utf8')).toBe(`${before}\n${place} ${own}\n`)
    expect(sshKnows(file)).toBe(true)
  })

  test('a key that is revoked without the port is none to accept', async () => {
    const file = fileWith('@revoked H OWN\n')
    expect(await connect(accepting(file))).toMatchObject({ code: 'host_key_revoked' })
    expect(sshKnows(file)).toBe(false)
  })

  test('file and folder are made, private', async () => {
    const file = join(folder, 'new/.ssh/known_hosts')
    expect(await connect(accepting(file))).toBe('connected')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'new/.ssh')).mode & 0o777).toBe(0o700)
  })

  test('a symlink stays one, and what it leads to is written', async () => {
    const file = fileWith('# there\n')
    const link = `${file}-link`
    symlinkSync(file, link)
    expect(await connect(accepting(link))).toBe('connected')
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(sshKnows(file)).toBe(true)
    unlinkSync(file)
    expect(await connect(accepting(link))).toBe('connected')
    expect(sshKnows(file)).toBe(true)
  })

  test('a file that cannot be written: the key is good for this run, and no other is then', async () => {
    // A file on the way is no folder, for the superuser either.
    const file = join(fileWith(''), 'known_hosts')
    const transport = accepting(file)
    expect(await connect(transport)).toBe('connected')
    expect(await connect(transport)).toBe('connected')
    const strict = accepting(file, { policy: 'strict' })
    expect(await connect(strict)).toMatchObject({
      code: 'host_key_unknown',
      hint: expect.stringContaining(`adds the key to ${file}`),
    })
    expect(sshConnects(file)).toBe(true)
  })

  test('another machine under the same name is none of the host in the same run', async () => {
    const impostor = await startSshd()
    for (const file of [fileWith(''), join(fileWith(''), 'unwritable'), '/dev/null']) {
      const transport = accepting(file)
      const ssh = { hostKeyAlias: 'web.example' }
      expect(await connect(transport, ssh)).toBe('connected')
      expect(await connect(transport, ssh, { port: impostor.port })).toMatchObject({
        code: 'host_key_changed',
      })
    }
    await impostor.stop()
  })

  test('where there is no file for it, nothing new is accepted', async () => {
    const ssh = { knownHosts: { user: [], global: [fileWith('')] } }
    const failure = await connect(accepting(), ssh)
    expect(failure).toMatchObject({
      code: 'host_key_unknown',
      hint: expect.stringContaining('UserKnownHostsFile'),
    })
    expect(sshConnects('none')).toBe(false)
    let asked = 0
    const ask = () => Promise.resolve(asked++ === 0)
    expect(await connect(accepting(undefined, { policy: 'strict', ask }), ssh)).toMatchObject({
      code: 'host_key_unknown',
    })
    expect(asked).toBe(0)
  })

  test('HashKnownHosts: the name is hashed, as ssh reads it', async () => {
    for (const hostKeyAlias of [undefined, 'web.example']) {
      const file = fileWith('')
      const ssh: SshSetup = { hashKnownHosts: true, ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }) }
      expect(await connect(accepting(file), ssh)).toBe('connected')
      const text = readFileSync(file, 'utf8')
      expect(text).toMatch(/^\|1\|[A-Za-z0-9+/]{27}=\|[A-Za-z0-9+/]{27}= ssh-ed25519 \S+\n$/)
      const alias = hostKeyAlias === undefined ? [] : [`HostKeyAlias=${hostKeyAlias}`]
      expect(sshConnects(file, ['StrictHostKeyChecking=yes', ...alias])).toBe(true)
      const found = spawnSync('ssh-keygen', ['-F', hostKeyAlias ?? place, '-f', file], { stdio: 'ignore' })
      expect(found.status).toBe(0)
      expect(await connect(accepting(file), ssh)).toBe('connected')
      expect(readFileSync(file, 'utf8')).toBe(text)
    }
  })

  test('a name that would be a pattern, or several names, is not written', async () => {
    for (const hostKeyAlias of ['*', 'a,b', 'a b', 'web?', '|1|x', '#web', '!web', '@web']) {
      const file = fileWith('')
      const transport = accepting(file)
      expect(await connect(transport, { hostKeyAlias })).toBe('connected')
      expect(await connect(transport, { hostKeyAlias })).toBe('connected')
      expect(readFileSync(file, 'utf8')).toBe('')
    }
  })

  test('what another process has written since is heeded', async () => {
    const file = fileWith('')
    const [late, twin] = [accepting(file), accepting(file)]
    // Both have read the empty file.
    const unreachable = { port: 1 }
    await connect(late, {}, unreachable)
    await connect(twin, {}, unreachable)
    writeFileSync(file, `${place} ${other}\n`)
    expect(await connect(late)).toMatchObject({ code: 'host_key_changed' })
    writeFileSync(file, `${place} ${own}\n`)
    expect(await connect(twin)).toBe('connected')
    expect(readFileSync(file, 'utf8')).toBe(`${place} ${own}\n`)
    writeFileSync(file, `@revoked * ${own}\n`)
    expect(await connect(twin)).toMatchObject({ code: 'host_key_revoked' })
  })

  test('while a person thinks about a key, it may become known, changed or revoked', async () => {
    for (const [line, code] of [
      ['P OWN\n', undefined],
      ['P OTHER\n', 'host_key_changed'],
      ['@revoked P OWN\n', 'host_key_revoked'],
    ] as const) {
      const [file, then] = [fileWith(''), readFileSync(fileWith(line), 'utf8')]
      const ask = () => {
        writeFileSync(file, then)
        return Promise.resolve(true)
      }
      const result = await connect(accepting(file, { policy: 'strict', ask }))
      if (code === undefined) expect(result).toBe('connected')
      else expect(result).toMatchObject({ code })
      expect(readFileSync(file, 'utf8')).toBe(then)
    }
  })

  test('many at once leave one line', async () => {
    const file = fileWith('')
    const results = await Promise.all(Array.from({ length: 8 }, () => connect(accepting(file))))
    expect(results).toEqual(Array(8).fill('connected'))
    expect(readFileSync(file, 'utf8')).toBe(`${place} ${own}\n`)
  })
})
