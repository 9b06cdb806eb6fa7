import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadInventory } from '../../src/load/inventory.ts'
import type { ProblemsError } from '../../src/model/problem.ts'

const root = mkdtempSync(join(tmpdir(), 'drover-patience-'))
afterAll(() => rmSync(root, { recursive: true }))

async function patienceOf(text: string) {
  writeFileSync(join(root, 'hosts.ini'), text, { mode: 0o600 })
  const { hosts } = await loadInventory(['hosts.ini'], { cwd: root, user: 'me', home: '/' })
  const { connectRetries, connectTimeoutMs } = hosts.get('h1')?.connection ?? {}
  return [connectRetries, connectTimeoutMs]
}

test.each([
  ['h1', [undefined, undefined]],
  ['h1 ansible_ssh_retries=4 ansible_ssh_timeout=20', [4, 20_000]],
  ['h1 ansible_timeout=1.5', [undefined, 1500]],
  ['h1 connect_retries=0 connect_timeout=5', [0, 5000]],
  ['h1\n[all:vars]\nconnect_retries = 7', [7, undefined]],
  ['[h1]\nhost = 10.0.0.1\nconnect_timeout = 3', [undefined, 3000]],
  // An application's own.
  ['h1 ansible_host=10.0.0.1 connect_timeout=never', [undefined, undefined]],
])('%j', async (text, patience) => {
  expect(await patienceOf(text)).toEqual(patience)
})

test.each([
  ['connect_retries=-1', 'connect_retries "-1" is not a number of attempts'],
  ['connect_retries=101', 'connect_retries "101" is not a number of attempts'],
  ['ansible_timeout=0', 'ansible_timeout "0" is not a time'],
  ['ansible_timeout=5s', 'ansible_timeout "5s" is not a time'],
])('h1 %s', async (text, message) => {
  const error = await patienceOf(`h1 ${text}`).catch((thrown: unknown) => thrown)
  expect((error as ProblemsError).problems.map(problem => problem.message)).toEqual([message])
})
