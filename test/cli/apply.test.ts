import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { ProblemsError } from '../../src/model/problem.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import { capture } from '../render/capture.ts'
import { useOwnHome } from './own-home.ts'

useOwnHome()

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
const apply = (...options: readonly string[]) => applyText(PLAYBOOK, ...options)

async function applyText(playbook: string, ...options: readonly string[]) {
  const cwd = mkdtempSync(join(tmpdir(), 'drover-apply-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  writeFileSync(join(cwd, 'hosts.ini'), INVENTORY)
  writeFileSync(join(cwd, 'play.yml'), playbook)
  const [stdout, stderr] = [capture(), capture()]
  let status = 0
  const exit = (code: number) => {
    status = code
  }
  const around = { program: 'drover', cwd, env: {}, stdin: process.stdin, secrets: new KnownSecrets() }
  const context = { ...around, stdout, stderr, exit } as unknown as CliContext
  await runProgram(context, ['apply', 'play.yml', '--yes', ...options])
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

const TAGGED = `hosts: all
steps:
  - { id: look, run: echo seen, read_only: true, tags: look }
  - { id: fetch, run: "true", tags: [deploy, slow] }
  - { id: place, run: "echo \${{ steps.look.stdout }}", needs: [fetch], tags: deploy }
  - { id: check, run: "true" }
`

test.each([
  [
    ['--tags', 'deploy,look'],
    ['look', 'fetch', 'place'],
  ],
  [
    ['--tags', 'deploy,look', '--skip-tags', 'slow'],
    ['look', 'place'],
  ],
  [
    ['--step', 'place'],
    ['look', 'fetch', 'place'],
  ],
  [
    ['--step', 'place', '--skip-tags', 'slow'],
    ['look', 'place'],
  ],
  [
    ['--step', 'place', '--step', 'check', '--tags', 'deploy,look'],
    ['look', 'fetch', 'place'],
  ],
])('%j with a limit runs these steps on its hosts only', async (options, steps) => {
  const { status, stdout } = await applyText(TAGGED, ...options, '--limit', 'web')
  const ended = [...stdout.matchAll(/^(\w+) │ (\w+) +│ ✔/gm)].map(([, host, step]) => `${host} ${step}`)
  expect(ended).toEqual(steps.map(step => `web1 ${step}`))
  expect(status).toBe(0)
})

test.each([
  ['{ name: curl }', 'has no param "name"'],
  ['{}', 'needs the param "names"'],
  ['{ names: curl }', '"names" must be a list'],
])('params as wrong as %s are told once, where they are given', async (given, message) => {
  const error = await applyText(`hosts: web\nsteps: [{ use: package, with: ${given} }]\n`).catch(
    (reason: unknown) => reason,
  )
  expect((error as ProblemsError).problems).toMatchObject([
    { code: 'use_param', message: expect.stringContaining(message) },
  ])
})
