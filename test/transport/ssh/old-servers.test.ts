import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AlgorithmChoice } from '../../../src/model/algorithms.ts'
import type { Failure } from '../../../src/model/errors.ts'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { withAgent } from '../../sshd/agent.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { targetOf } from '../run-exec.ts'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'drover-old-servers-'))
})
afterAll(() => rmSync(home, { recursive: true }))

async function logIn(
  server: TestServer,
  { algorithms, agentSocket }: { readonly algorithms?: AlgorithmChoice; readonly agentSocket?: string } = {},
): Promise<Failure | 'in'> {
  const options = { policy: 'strict', knownHosts: server.knownHosts, home } as const
  const transport = createSshTransport({ ...options, ...(agentSocket === undefined ? {} : { agentSocket }) })
  const own = algorithms === undefined ? {} : { ssh: { algorithms } }
  const keys = agentSocket === undefined ? {} : { keys: [] }
  const session = await transport.connect(targetOf(server, { ...own, ...keys }), new AbortController().signal)
  if ('code' in session) return session
  session.end()
  return 'in'
}

async function withServer(
  config: readonly string[],
  use: (server: TestServer) => Promise<void>,
  rsa = false,
) {
  const server = await startSshd({ config, ...(rsa ? { userKey: { type: 'rsa' }, hostKeys: ['rsa'] } : {}) })
  try {
    await use(server)
  } finally {
    await server.stop()
  }
}

describeWith(['sshd', 'ssh-keygen'], 'servers that have only what drover has not', () => {
  test.each([
    [
      'KexAlgorithms diffie-hellman-group14-sha1',
      /key exchange \(KexAlgorithms\): it offers diffie-hellman-group14-sha1/,
    ],
    ['KexAlgorithms diffie-hellman-group1-sha1', /it offers diffie-hellman-group1-sha1/],
    ['Ciphers aes128-cbc,3des-cbc', /encryption \(Ciphers\): it offers aes128-cbc, 3des-cbc/],
    ['MACs hmac-sha1\nCiphers aes128-ctr', /integrity \(MACs\): it offers hmac-sha1/],
    ['HostKeyAlgorithms ssh-rsa', /host key \(HostKeyAlgorithms\): it offers ssh-rsa/],
  ])('%j: what is offered is named', async (config, message) => {
    await withServer(
      config.split('\n'),
      async server => {
        expect(await logIn(server)).toMatchObject({
          code: 'connect_protocol',
          message: expect.stringMatching(message),
          hint: expect.stringContaining('update the SSH server'),
        })
      },
      config.includes('ssh-rsa'),
    )
  })

  test('what the SSH configuration leaves is all that is offered', async () => {
    await withServer(['Ciphers aes128-gcm@openssh.com,aes256-ctr', 'LogLevel DEBUG2'], async server => {
      expect(await logIn(server, { algorithms: { cipher: ['aes256-ctr'], hmac: ['hmac-sha2-512'] } })).toBe(
        'in',
      )
      expect(server.log()).toMatch(/cipher: aes256-ctr MAC: hmac-sha2-512 compression: none/)
      expect(await logIn(server, { algorithms: { cipher: ['aes192-ctr'] } })).toMatchObject({
        code: 'connect_protocol',
        hint: expect.stringContaining('SSH configuration'),
      })
      expect(await logIn(server, { algorithms: { userKey: ['rsa-sha2-512'] } })).toMatchObject({
        code: 'login_refused',
        message: expect.stringContaining('nothing to log in with'),
      })
    })
  })

  describeWith(['ssh-agent', 'ssh-add'], 'and signatures', () => {
    test('of RSA keys are never made with SHA-1, in an agent neither', async () => {
      await withServer(
        ['PubkeyAcceptedAlgorithms ssh-rsa', 'HostKeyAlgorithms rsa-sha2-256'],
        async server => {
          const refused = {
            code: 'login_refused',
            hint: expect.stringMatching(/SHA-2 only/),
          }
          expect(await logIn(server)).toMatchObject(refused)
          await withAgent(home, [server.privateKey], async agentSocket => {
            expect(await logIn(server, { agentSocket })).toMatchObject(refused)
          })
          expect(server.log()).not.toContain('Accepted publickey')
        },
        true,
      )
    })
  })
})
