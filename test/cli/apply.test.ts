import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import { capture } from '../render/capture.ts'

const INVENTORY = `[web]
web1
[db]
db1
[all:vars]
ansible_connection = local
`

const PLAYBOOK = `hosts: web
steps:
  - { id: dump, hosts: db, run: "true" }
  - { id: migrate, hosts: db, run: "true" }
  - { id: restart, needs: [migrate], run: "true" }
`

/** `drover apply play.yml …` in this process, in a folder with the playbook and the inventory above. */
async function apply(...options: readonly string[]) {
  const cwd = mkdtempSync(join(tmpdir(), 'drover-apply-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  writeFileSync(join(cwd, 'hosts.ini'), INVENTORY)
  writeFileSync(join(cwd, 'play.yml'), PLAYBOOK)
  const [stdout, stderr] = [capture(), capture()]
  let status = 0
  const exit = (code: number) => {
    status = code
  }
  const around = { program: 'drover', cwd, env: {}, stdin: process.stdin }
  const context = { ...around, stdout, stderr, exit } as unknown as CliContext
  await runProgram(context, ['apply', 'play.yml', ...options])
  return { status, stdout: stdout.text(), stderr: stderr.text() }
}

test('steps that a limit leaves without hosts are named, and keep nobody waiting', async () => {
  const { status, stdout, stderr } = await apply('--limit', 'web')
  expect(stderr).toContain('Left out by --limit: dump, migrate\n')
  expect(stdout).toContain('web1 │ restart │ ✔ changed')
  expect(status).toBe(0)
})

test('nothing is said of them where there are none, or where only failures are wanted', async () => {
  expect((await apply()).stderr).not.toContain('Left out')
  expect((await apply('--limit', 'web', '-q')).stderr).not.toContain('Left out')
})
