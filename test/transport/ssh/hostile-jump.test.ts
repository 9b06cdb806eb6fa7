import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { type Hostility, startHostileHost } from '../../fault/hostile-host.ts'
import { makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'
import { tempFolder } from '../../steps/temp.ts'

describeWith(['ssh-keygen'], 'a jump host that means harm', () => {
  const temp = tempFolder()

  async function through(hostility: Hostility) {
    const jump = await startHostileHost(temp.path, hostility)
    const knownHosts = join(temp.path, 'known_hosts')
    writeFileSync(knownHosts, jump.knownHosts)
    const key = makeKey(join(temp.path, 'login'))
    const hop = {
      transport: 'ssh',
      address: jump.host,
      port: jump.port,
      user: 'me',
      keys: [key.path],
    } as const
    const connection = { ...hop, address: 'behind', port: 22, connectTimeoutMs: 3_000, ssh: { jumps: [hop] } }
    const transport = createSshTransport({ policy: 'strict', knownHosts, home: '/nonexistent' })
    const ended = await transport.connect({ host: 'web1', connection }, AbortSignal.timeout(2_000))
    await jump.stop()
    return 'code' in ended ? ended : undefined
  }

  test('and takes packets of no bytes is refused: nothing is sent to it for ever', async () => {
    expect((await through('empty packets'))?.message).toMatch(/takes packets of 0 bytes/)
  })

  test('and leads nowhere is not waited for', async () => {
    expect(await through('silent')).toMatchObject({ code: 'interrupted' })
  })
})
