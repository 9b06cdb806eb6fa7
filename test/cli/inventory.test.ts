import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { command } from '../../src/cli/inventory.ts'
import { ProblemsError } from '../../src/model/problem.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'

const cwd = mkdtempSync(join(tmpdir(), 'drover-cli-inventory-'))
afterAll(() => rmSync(cwd, { recursive: true }))

writeFileSync(
  join(cwd, 'hosts.ini'),
  `[web]
web1 ansible_host=10.0.0.1 ansible_user=deploy ansible_password=hunter2
web2 ansible_port=2222 note="\u202eevil\u001b[31m"
[db]
db1 ansible_host=2001:db8::1 ansible_user=root
[prod:children]
web
db
[empty]
`,
  { mode: 0o600 },
)
writeFileSync(join(cwd, 'open.ini'), 'h1 ansible_password=hunter2\n', { mode: 0o644 })

async function run(args: readonly string[], env: Record<string, string> = {}, folder = cwd) {
  let stdout = ''
  let stderr = ''
  let status: number | undefined
  const stream = (write: (text: string) => void) => ({ write, isTTY: false }) as unknown as NodeJS.WriteStream
  const context: CliContext = {
    program: 'drover',
    cwd: folder,
    env,
    stdin: process.stdin,
    secrets: new KnownSecrets(),
    stdout: stream(text => {
      stdout += text
    }),
    stderr: stream(text => {
      stderr += text
    }),
    exit: code => {
      status = code
    },
  }
  await command(context).exitOverride().parseAsync(args, { from: 'user' })
  return { stdout, stderr, status }
}

test('lists hosts, one a line, from hosts.ini in the working folder', async () => {
  expect(await run([])).toEqual({ stdout: 'web1\nweb2\ndb1\n', stderr: '', status: 0 })
})

test('lists those that a pattern picks', async () => {
  expect((await run(['prod:!web1'])).stdout).toBe('web2\ndb1\n')
})

test('-v tells how they are reached, and no password', async () => {
  const { stdout } = await run(['web1,db1', '-v'])
  expect(stdout).toBe('web1  deploy@10.0.0.1:22     prod web\ndb1   root@[2001:db8::1]:22  db prod\n')
})

test('-v tells why a host is no target, and no way that leads nowhere', async () => {
  writeFileSync(join(cwd, 'loop_config'), 'Host web*\n  ProxyJump web9\n')
  const { stdout } = await run(['web2,db1', '-v', '-F', 'loop_config'])
  expect(stdout).not.toContain(' via ')
  expect(stdout).toMatch(
    /^web2 {2}no target {14}prod web {2}the jump hosts lead back to web9: web9 → web9 \(\S+loop_config:2\)$/m,
  )
})

test('--graph draws the tree of groups', async () => {
  expect((await run(['--graph'])).stdout).toBe(`@all:
  |--@ungrouped:
  |--@prod:
  |  |--@web:
  |  |  |--web1
  |  |  |--web2
  |  |--@db:
  |  |  |--db1
  |--@empty:
`)
  expect((await run(['db', '--graph'])).stdout).toBe('@db:\n  |--db1\n')
  expect((await run(['web2', '--graph'])).stdout).toBe('@all:\n  |--@prod:\n  |  |--@web:\n  |  |  |--web2\n')
})

test('--json has the shape of ansible-inventory --list, hides passwords and controls', async () => {
  const { stdout } = await run(['--json'])
  expect(JSON.parse(stdout)).toEqual({
    _meta: {
      hostvars: {
        db1: { ansible_host: '2001:db8::1', ansible_user: 'root' },
        web1: { ansible_host: '10.0.0.1', ansible_password: '***', ansible_user: 'deploy' },
        web2: { ansible_port: '2222', note: '\u202eevil\u001b[31m' },
      },
    },
    all: { children: ['ungrouped', 'prod', 'empty'] },
    db: { hosts: ['db1'] },
    prod: { children: ['web', 'db'] },
    web: { hosts: ['web1', 'web2'] },
  })
  expect(stdout).not.toMatch(/hunter2|\u202e|\u001b/)
})

test('--json with a pattern is cut down to its hosts', async () => {
  const { stdout } = await run(['db1', '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ all: { children: ['prod'] }, prod: { children: ['db'] } })
  expect(stdout).not.toContain('web')
})

test('-i, then $DROVER_INVENTORY, name the inventory', async () => {
  expect((await run(['-i', 'one,two'])).stdout).toBe('one\ntwo\n')
  expect((await run([], { DROVER_INVENTORY: 'three,' })).stdout).toBe('three\n')
  expect((await run(['-i', 'one,', '-i', 'two,'])).stdout).toBe('one\ntwo\n')
})

test('without one, the ways to name it are told', async () => {
  const error = await run([], {}, join(cwd, 'nowhere')).catch((reason: unknown) => reason)
  expect((error as ProblemsError).problems).toMatchObject([
    { code: 'inventory_missing', hint: expect.stringContaining('$DROVER_INVENTORY') },
  ])
})

test('warnings go to stderr, and nowhere with -q', async () => {
  const { stdout, stderr } = await run(['-i', 'open.ini'])
  expect(stdout).toBe('h1\n')
  expect(stderr).toContain('chmod 600 open.ini')
  expect((await run(['-i', 'open.ini', '-q'])).stderr).toBe('')
})

test.each([
  [['wbe'], 'pattern_unknown'],
  [['empty'], 'targets_empty'],
  [['web:!web'], 'targets_empty'],
  [['-i', 'nothing.ini'], 'file_unreadable'],
])('%j: %s', async (args, code) => {
  const error = await run(args).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(ProblemsError)
  expect((error as ProblemsError).problems).toMatchObject([{ code }])
})
