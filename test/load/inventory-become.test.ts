import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadInventory } from '../../src/load/inventory.ts'
import type { Host } from '../../src/model/host.ts'
import { ProblemsError } from '../../src/model/problem.ts'
import { fromWire, toWire } from '../../src/worker/protocol.ts'

const root = mkdtempSync(join(tmpdir(), 'drover-become-'))
afterAll(() => rmSync(root, { recursive: true }))

async function hostOf(text: string): Promise<Host> {
  writeFileSync(join(root, 'hosts.ini'), text, { mode: 0o600 })
  const host = (await loadInventory(['hosts.ini'], { cwd: root, user: 'me', home: '/' })).hosts.get('h1')
  if (host === undefined) throw new Error('no host h1')
  return host
}

async function becomeOf(text: string) {
  const { become } = (await hostOf(text)).connection
  return become && { ...become, ...(become.password && { password: become.password.reveal() }) }
}

test.each([
  ['h1', undefined],
  ['h1 ansible_become=yes', { always: true }],
  ['h1 become=false become_user=app', { always: false, user: 'app' }],
  ['h1 ansible_become_user=app ansible_become_method=doas', { always: false, user: 'app', method: 'doas' }],
  ['h1 ansible_become_method=community.general.doas', { always: false, method: 'doas' }],
  ['h1 ansible_become_pass="a b#c"', { always: false, password: 'a b#c' }],
  ['h1 ansible_become_password=x ansible_become_pass=y', { always: false, password: 'x' }],
  [
    'h1 ansible_sudo=1 ansible_sudo_user=app ansible_sudo_pass=x',
    { always: true, user: 'app', password: 'x' },
  ],
  ['h1\n[all:vars]\nbecome = true\nbecome_password = s3', { always: true, password: 's3' }],
  ['h1 ansible_host=10.0.0.1 become=true become_password=x', { always: true, password: 'x' }],
  [
    '[h1]\nhost = 10.0.0.1\nbecome_method = su\nbecome_password = a "b"',
    { always: false, method: 'su', password: 'a "b"' },
  ],
])('%j', async (text, become) => {
  expect(await becomeOf(text)).toEqual(become)
})

test('a password does not show, and reaches a worker', async () => {
  const host = await hostOf('h1 ansible_become=true ansible_become_password=hunter2')
  expect(JSON.stringify(host)).not.toContain('hunter2')
  const wire = JSON.parse(JSON.stringify(toWire(host.connection)))
  expect(fromWire(wire).become?.password?.reveal()).toBe('hunter2')
  expect(fromWire(wire)).toEqual(host.connection)
})

test('a method that drover lacks makes the host one that can only be listed', async () => {
  expect((await hostOf('h1 ansible_become_method=runas')).unusable).toMatchObject({
    code: 'inventory_value',
    message: 'the become method "runas" is not one that drover has',
    hint: 'drover becomes another user with sudo, doas or su',
  })
})

test.each([
  ['h1 ansible_become=perhaps', 'ansible_become "perhaps" is not true or false'],
  ['h1 become_user="a b"', 'become_user "a b" is not a user name'],
  ['h1 become_user=-x', 'become_user "-x" is not a user name'],
])('%s is refused', async (text, message) => {
  const error = await hostOf(text).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ProblemsError)
  expect((error as ProblemsError).problems).toMatchObject([{ message, where: { line: 1, col: 4 } }])
})
