import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { type SshdOptions, startSshd } from '../../sshd/sshd.ts'
import { targetOf } from '../run-exec.ts'
import { knownHostsText, type LineKey, oddKeys } from './random-known-hosts.ts'

/** More by hand: `DROVER_KNOWN_HOSTS_RUNS=3000 DROVER_KNOWN_HOSTS_SEED=7 npx vitest run …`. */
const RUNS = Number(process.env.DROVER_KNOWN_HOSTS_RUNS ?? 20)
const SEED = Number(process.env.DROVER_KNOWN_HOSTS_SEED ?? 42)

const LANES = 3

/** Each case is two logins, which a busy machine takes a second for. */
const PATIENCE_MS = 5000 + 5000 * RUNS

interface Case {
  readonly files: readonly [string, string, string]
  readonly alias: string | undefined
}

type Verdict = 'accepted' | 'unknown' | 'changed' | 'revoked'

describeWith(['sshd', 'ssh', 'ssh-keygen'], 'random known_hosts files, as ssh judges by them', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-random-hosts-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  async function ours(server: TestServer, { alias }: Case, files: readonly string[]): Promise<Verdict> {
    const [one = '', two = '', three = ''] = files
    const hostKeyAlias = alias === undefined ? {} : { hostKeyAlias: alias.toLowerCase() }
    const ssh = { knownHosts: { user: [one, two], global: [three] }, ...hostKeyAlias }
    const transport = createSshTransport({ policy: 'strict', home: folder })
    const result = await transport.connect(targetOf(server, { ssh }), new AbortController().signal)
    if (!('code' in result)) {
      result.end()
      return 'accepted'
    }
    expect(result.code).toMatch(/^host_key_(?:unknown|changed|revoked)$/)
    return result.code.slice('host_key_'.length) as Verdict
  }

  async function theirs(server: TestServer, { alias }: Case, files: readonly string[]): Promise<Verdict> {
    const [one = '', two = '', three = ''] = files
    const options = [
      ...[`UserKnownHostsFile=${one} ${two}`, `GlobalKnownHostsFile=${three}`, 'StrictHostKeyChecking=yes'],
      ...['BatchMode=yes', 'UpdateHostKeys=no', 'PreferredAuthentications=none', 'CheckHostIP=no'],
      ...(alias === undefined ? [] : [`HostKeyAlias=${alias}`]),
    ].flatMap(option => ['-o', option])
    const place = ['-p', `${server.port}`, `${server.user}@${server.host}`]
    const child = spawn('ssh', ['-F', 'none', ...options, ...place, 'true'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    await once(child, 'close')
    if (said.includes('Permission denied')) return 'accepted'
    // It may have said before that the key is revoked without the port.
    if (said.includes('IDENTIFICATION HAS CHANGED')) return 'changed'
    if (said.includes('REVOKED HOST KEY')) return 'revoked'
    expect(said).toContain('host key is known for')
    return 'unknown'
  }

  const timeout = PATIENCE_MS

  test('a server with keys of types ed25519, ecdsa and rsa', { timeout }, () =>
    compare({ hostKeys: ['ed25519', 'ecdsa', 'rsa'] }),
  )

  test('a server with keys of types ecdsa and rsa, over IPv6', { timeout }, () =>
    compare({ hostKeys: ['ecdsa', 'rsa'], addresses: ['::1'] }),
  )

  test.each(['ed25519', 'rsa'] as const)(
    'a server whose %s key is certified, with others that are not',
    { timeout },
    async type => {
      const ca = makeKey(join(folder, `ca-${type}`), 'ecdsa')
      const { path, publicKey } = makeKey(join(folder, `certified-${type}`), type)
      execFileSync('ssh-keygen', ['-q', '-s', ca.path, '-h', '-I', 'x', `${path}.pub`], { stdio: 'pipe' })
      const [kind = '', blob = ''] = readFileSync(`${path}-cert.pub`, 'utf8').split(' ')
      const config = [`HostKey ${path}`, `HostCertificate ${path}-cert.pub`]
      const more = [publicKey, `${kind} ${blob}`, ca.publicKey, ca.publicKey]
      await compare({ hostKeys: type === 'rsa' ? ['ed25519'] : ['rsa'], config }, more)
    },
  )

  /** @param more keys that the server has to do with */
  async function compare(options: SshdOptions, more: readonly string[] = []): Promise<void> {
    const server = await startSshd(options)
    try {
      const lines = readFileSync(server.knownHosts, 'utf8').trim().split('\n')
      const own = [...lines.map(line => line.replace(/^\S+ /, '')), ...more].map(text => ({
        name: 'own',
        text,
      }))
      const others = strangers()
      const keys = [...Array<LineKey[]>(8).fill(own).flat(), ...others, ...oddKeys(ownParts(own))]
      const random = fc.sample(caseOf(server, keys), { numRuns: RUNS, seed: SEED })
      const cases = [
        ...plainly(own, '* '),
        ...plainly(own, '@revoked * '),
        ...plainly(others, '* '),
        ...random,
      ]
      const seen = new Set<Verdict>()
      const different: string[] = []
      const next = cases.entries()
      const lane = async () => {
        for (const [index, one] of next) {
          const [mine, its] = await bothOf(server, one, index)
          if (mine !== its) different.push(JSON.stringify({ index, ...one, mine, its }))
          seen.add(its)
        }
      }
      await Promise.all(Array.from({ length: LANES }, lane))
      expect(different).toEqual([])
      expect([...seen].sort()).toEqual(['accepted', 'changed', 'revoked', 'unknown'])
    } finally {
      await server.stop()
    }
  }

  function plainly(own: readonly LineKey[], before: string): readonly Case[] {
    return own.map(({ text }) => ({ files: [`${before}${text}\n`, '', ''], alias: undefined }))
  }

  async function bothOf(server: TestServer, one: Case, index: number): Promise<[Verdict, Verdict]> {
    const files = one.files.map((text, at) => {
      const file = join(folder, `known-${index}-${at}`)
      writeFileSync(file, text)
      return file
    })
    try {
      return await Promise.all([ours(server, one, files), theirs(server, one, files)])
    } finally {
      for (const file of files) rmSync(file)
    }
  }

  function caseOf(server: TestServer, keys: readonly LineKey[]): fc.Arbitrary<Case> {
    return fc.constantFrom(undefined, undefined, undefined, 'web.Example').chain(alias => {
      const bare = alias?.toLowerCase() ?? server.host
      const text = knownHostsText({ place: alias?.toLowerCase() ?? `[${bare}]:${server.port}`, bare }, keys)
      const further = fc.oneof({ weight: 2, arbitrary: fc.constant('') }, text)
      return fc.tuple(text, further, further).map(files => ({ files, alias }))
    })
  }

  function strangers(): LineKey[] {
    return (['ed25519', 'ecdsa', 'rsa'] as const).map(type => {
      const at = join(mkdtempSync(join(folder, 'other-')), 'key')
      return { name: `another ${type}`, text: makeKey(at, type).publicKey }
    })
  }

  function ownParts(own: readonly LineKey[]) {
    const textOf = (type: string) => own.find(({ text }) => text.startsWith(type))?.text ?? ''
    const made = (type: 'rsa' | 'ecdsa') =>
      makeKey(join(mkdtempSync(join(folder, 'own-')), 'key'), type).publicKey
    return { rsa: textOf('ssh-rsa ') || made('rsa'), ecdsa: textOf('ecdsa-sha2-nistp256 ') || made('ecdsa') }
  }
})
