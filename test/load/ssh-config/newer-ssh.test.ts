import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inNetworks } from '../../../src/load/ssh-config/networks.ts'
import { SshConfig } from '../../../src/load/ssh-config.ts'

/** What an ssh newer than the one of the tests has, so that it cannot be asked. */
function portOf(text: string): number | string {
  const folder = mkdtempSync(join(tmpdir(), 'drover-newer-'))
  try {
    const file = join(folder, 'config')
    writeFileSync(file, text)
    const { port, problems } = new SshConfig({ file, home: folder, user: 'me', cwd: '/', env: {} }).lookUp({
      name: 'a',
    })
    return problems[0]?.message ?? port
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test.each([
  ['Match tagged x\n  Port 5', 22],
  ['Tag x\nMatch tagged x,y\n  Port 5', 5],
  ['Match tagged ""\n  Port 5', 5],
  ['Match localnetwork 127.0.0.0/8\n  Port 5', 5],
  ['Match localnetwork 203.0.113.0/24,2001:db8::/32\n  Port 5', 22],
  ['Match !localnetwork 203.0.113.0/24\n  Port 5', 5],
  ['Match sessiontype exec\n  Port 5', 5],
  ['Match sessiontype shell,subsystem\n  Port 5', 22],
  ['Match version OpenSSH_9*\n  Compression yes', 22],
  ['Match host b version OpenSSH_9*\n  Port 5', 22],
  ['ObscureKeystrokeTiming no\nChannelTimeout session=5m\nWarnWeakCrypto no\nPort 5', 5],
  ['KexAlgorithms mlkem768x25519-sha256,curve25519-sha256\nPort 5', 5],
])('%j gives %s', (text, port) => {
  expect(portOf(text)).toBe(port)
})

test('networks', () => {
  expect(inNetworks('10.0.0.0/8,fd00::/8', ['10.1.2.3'])).toBe(true)
  expect(inNetworks('10.0.0.0/8,fd00::/8', ['fd01::1', '192.168.0.1'])).toBe(true)
  expect(inNetworks('10.0.0.0/8', ['11.0.0.1', 'fd00::1', 'not one'])).toBe(false)
  expect(inNetworks('10.0.0.1', ['10.0.0.1'])).toBe(true)
  for (const wrong of ['', 'x', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', 'fd00::/129']) {
    expect(inNetworks(wrong, ['10.0.0.1'])).toBeUndefined()
  }
})
