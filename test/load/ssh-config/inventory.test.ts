import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadInventory } from '../../../src/load/inventory.ts'
import { SshConfig } from '../../../src/load/ssh-config.ts'
import { ProblemsError } from '../../../src/model/problem.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-ssh-inventory-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function load(ini: string, config: string) {
  const own = mkdtempSync(join(folder, 'case-'))
  writeFileSync(join(own, 'hosts.ini'), ini)
  writeFileSync(join(own, 'config'), config)
  const around = { home: own, user: 'me', cwd: own }
  const sshConfig = new SshConfig({ ...around, file: join(own, 'config'), env: {} })
  return { own, ...(await loadInventory(['hosts.ini'], { ...around, sshConfig })) }
}

async function connectionOf(ini: string, config: string) {
  const { own, hosts } = await load(ini, config)
  return { own, ...hosts.get('web1')?.connection }
}

test('what the inventory does not say is taken from the SSH configuration', async () => {
  const found = await connectionOf(
    'web1',
    'Host web1\n  HostName 10.0.0.1\n  User deploy\n  Port 2222\n  IdentityFile ~/k\n  ConnectTimeout 7',
  )
  expect(found).toMatchObject({
    address: '10.0.0.1',
    user: 'deploy',
    port: 2222,
    keys: [],
    connectTimeoutMs: 7000,
  })
  expect(found.ssh).toEqual({ identityFiles: [join(found.own, 'k')] })
})

test('what the inventory says goes before it', async () => {
  const found = await connectionOf(
    'web1 user=root port=22 key=/k/own connect_timeout=3',
    'Host web1\n  User deploy\n  Port 2222\n  IdentityFile /k/other\n  ConnectTimeout 7',
  )
  expect(found).toMatchObject({ user: 'root', port: 22, keys: ['/k/own'], connectTimeoutMs: 3000 })
})

test('the address of the inventory is what is looked up, as behind ssh', async () => {
  const config =
    'Host web1\n  User by-name\nHost 10.0.0.1\n  User by-address\nHost alias\n  HostName 10.0.0.9'
  expect(await connectionOf('web1 ansible_host=10.0.0.1', config)).toMatchObject({ user: 'by-address' })
  expect(await connectionOf('web1 ansible_host=alias', config)).toMatchObject({ address: '10.0.0.9' })
  expect(await connectionOf('web1', config)).toMatchObject({ user: 'by-name', address: 'web1' })
})

test('the user of the inventory decides about Match user', async () => {
  const config = 'Match user deploy\n  ProxyJump gate'
  expect((await connectionOf('web1 user=deploy', config)).ssh?.jumps).toMatchObject([{ address: 'gate' }])
  expect((await connectionOf('web1', config)).ssh).toBeUndefined()
})

test('a host that cannot be reached as the configuration says is no target, and the others are', async () => {
  const { hosts } = await load('web1\nweb2', 'Host web1\n  CanonicalizeHostname yes')
  expect(hosts.get('web1')?.unusable).toMatchObject({
    code: 'ssh_config',
    where: { line: 2, source: '  CanonicalizeHostname yes' },
    hint: expect.stringContaining('HostName'),
  })
  expect(hosts.get('web2')?.unusable).toBeUndefined()
})

test.each([
  ["ansible_ssh_common_args='-o ProxyJump=gate'", false],
  ["ansible_ssh_extra_args='-J gate'", false],
  [`ansible_ssh_common_args='-o ProxyCommand="nc x 1"'`, false],
  ["ansible_ssh_common_args='-o ControlPersist=60s -C'", true],
  ["ansible_connection=local ansible_ssh_common_args='-J gate'", true],
])('%s: a way that Ansible would go is not left out in silence', async (vars, isUsable) => {
  const unusable = (await load(`web1 ${vars}`, '')).hosts.get('web1')?.unusable
  expect(unusable === undefined).toBe(isUsable)
  if (!isUsable) expect(unusable?.hint).toContain('~/.ssh/config')
})

test('local connections have nothing to do with it', async () => {
  const { hosts } = await load('web1 ansible_connection=local', 'CanonicalizeHostname yes\nPort 7')
  expect(hosts.get('web1')).toMatchObject({ connection: { transport: 'local', port: 22 } })
  expect(hosts.get('web1')?.unusable).toBeUndefined()
})

test('a warning is given once, however many hosts it concerns', async () => {
  const { warnings } = await load(
    'web[1:9]',
    'PKCS11Provider /lib/token.so\nKnownHostsCommand /bin/keys %H\nCheckHostIP yes',
  )
  expect(warnings.map(({ message }) => message.split(' ')[0])).toEqual([
    'PKCS11Provider',
    'KnownHostsCommand',
    'CheckHostIP',
  ])
})

test('what is wrong with the inventory itself still is an error', async () => {
  await expect(load('web1 port=x', 'Port 7')).rejects.toThrow(ProblemsError)
})

test('many hosts take no time to speak of', async () => {
  const config = Array.from({ length: 300 }, (_, i) => `Host h${i}-*\n  User u${i}\n  Port ${i + 1}`).join(
    '\n',
  )
  const { hosts } = await load('h[0:299]-[1:10]', config)
  expect(hosts.get('h299-10')?.connection).toMatchObject({ user: 'u299', port: 300 })
})
