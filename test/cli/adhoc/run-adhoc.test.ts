import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { CliContext } from '../../../src/cli/context.ts'
import { runProgram } from '../../../src/cli/program.ts'
import { reportError } from '../../../src/cli/report.ts'
import { KnownSecrets } from '../../../src/secrets/known-secrets.ts'
import { capture } from '../../render/capture.ts'

const INVENTORY = `[web_clusters]
h1 ansible_connection=local
h2 ansible_connection=local
[db_servers]
h2
h3 ansible_connection=local
`

/** A folder with an inventory of hosts that are this machine itself. */
function workFolder(inventory = INVENTORY): string {
  const cwd = mkdtempSync(join(tmpdir(), 'drover-adhoc-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  if (inventory !== '') writeFileSync(join(cwd, 'hosts.ini'), inventory)
  return cwd
}

async function call(cwd: string, line: readonly string[], env: Record<string, string> = {}) {
  const [program, ...argv] = line
  const stdout = capture()
  const stderr = capture()
  let status = 0
  const exit = (code: number) => {
    status = code
  }
  const streams = { stdin: process.stdin, secrets: new KnownSecrets(), stdout, stderr }
  const context = { program, cwd, env, ...streams, exit } as unknown as CliContext
  try {
    await runProgram(context, argv)
  } catch (error) {
    status = await reportError(context, error)
  }
  const lines = stdout
    .text()
    .split('\n')
    .filter(text => text !== '')
  return { status, lines: lines.toSorted(), stdout: stdout.text(), stderr: stderr.text() }
}

test.each([
  [['id', '-b'], '"-b" may be meant for drover or for id'],
  [['uptime', '--limit', 'h1'], '"--limit" may be meant for drover or for uptime'],
  [['echo', '--', '-b'], '"--" may be meant for drover or for echo'],
])('%j without -- before it may mean either, and runs nowhere', async (words, why) => {
  const { status, stdout, stderr } = await call(workFolder(), ['drover', 'run', '-g', 'all', ...words])
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
  expect(stderr).toContain(why)
})

test('words without a -- are a command if none is like an option', async () => {
  const { lines } = await call(workFolder(), ['drover', 'run', '-H', 'h1', 'printf', '%s', 'a-b', '-'])
  expect(lines).toEqual(['h1 │ a-b-'])
})

test('a command runs once on every host that is named, also when it is named twice', async () => {
  const hosts = ['-g', 'web_clusters,db_servers', '-H', 'h1,h3']
  const { status, lines, stderr } = await call(workFolder(), [
    'drover',
    'run',
    ...hosts,
    '--',
    'echo',
    'a  b',
  ])
  expect(lines).toEqual(['h1 │ a  b', 'h2 │ a  b', 'h3 │ a  b'])
  expect(stderr).toMatch(/^✔ 3 ok of 3 hosts · \S+\n$/)
  expect(status).toBe(0)
})

test('one word is shell text and may hold expressions', async () => {
  const word = 'echo ${{ host.name }} | tr h H; echo "$LEVEL in $PWD"'
  const cwd = workFolder()
  const options = ['--env', 'LEVEL=1.10', '--cwd', '/', '-H', 'h1']
  const { lines } = await call(cwd, ['drover', 'run', ...options, '--', word])
  expect(lines).toEqual(['h1 │ 1.10 in /', 'h1 │ H1'])
})

test('batch_run does the same in its classic form', async () => {
  const line = ['batch_run', '-h', 'h1,h2,h3', '-g', 'web_clusters,db_servers', '-cmd', 'echo "df -h"']
  const { status, lines } = await call(workFolder(), line)
  expect(lines).toEqual(['h1 │ df -h', 'h2 │ df -h', 'h3 │ df -h'])
  expect(status).toBe(0)
})

test('a command that fails somewhere ends with 1; its stderr goes to stderr', async () => {
  const word = 'echo out; echo err >&2; test ${{ host.name }} != h2'
  const { status, lines, stderr } = await call(workFolder(), ['drover', 'run', '-g', 'all', '--', word])
  expect(status).toBe(1)
  expect(lines).toEqual(['h1 │ out', 'h2 │ out', 'h3 │ out'])
  expect(stderr).toContain('h2 │ err\n')
  expect(stderr).toMatch(/h2 │ ✖ failed/)
  expect(stderr).toMatch(/✖ 2 ok, 1 failed of 3 hosts/)
})

test('a command that takes too long is ended', async () => {
  const { status, stderr } = await call(workFolder(), [
    'drover',
    'run',
    '-H',
    'h1',
    '--timeout',
    '1s',
    '--',
    'sleep 60',
  ])
  expect(status).toBe(1)
  expect(stderr).toMatch(/✖ failed/)
})

test('files go out and come back, each host in its own folder', async () => {
  const cwd = workFolder()
  mkdirSync(join(cwd, 'remote'))
  writeFileSync(join(cwd, 'test $1.py'), 'print()\n')
  const remote = `${cwd}/remote/`
  const put = ['-action', 'put', '-local', 'test $1.py', '-remote', remote]
  expect((await call(cwd, ['batch_scp', '-h', 'h1', ...put])).status).toBe(0)
  expect(readFileSync(join(cwd, 'remote/test $1.py'), 'utf8')).toBe('print()\n')
  const again = await call(cwd, ['batch_scp', '-h', 'h1', ...put])
  expect(again.stdout).toMatch(/^h1 │ ✔ ok/)
  const get = ['-action', 'get', '-local', 'back/', '-remote', `${remote}test $1.py`]
  expect((await call(cwd, ['batch_scp', '-h', 'h1,h2', ...get])).status).toBe(0)
  for (const host of ['h1', 'h2'])
    expect(readFileSync(join(cwd, 'back', host, 'test $1.py'), 'utf8')).toBe('print()\n')
})

test('several local paths go into one remote folder, with their mode', async () => {
  const cwd = workFolder()
  for (const name of ['a', 'b']) writeFileSync(join(cwd, name), name)
  const options = ['-H', 'h1', '--mode', '0600', '--parents']
  const { status } = await call(cwd, ['drover', 'put', ...options, 'a', 'b', `${cwd}/new/folder`])
  expect(status).toBe(0)
  expect(readFileSync(join(cwd, 'new/folder/b'), 'utf8')).toBe('b')
})

test('--save-as writes a playbook that does the same again', async () => {
  const cwd = workFolder()
  const line = ['drover', 'run', '-g', 'db_servers', '--save-as', 'play.yml', '--', 'echo', '${{ x }}']
  const { lines, stderr } = await call(cwd, line)
  expect(lines).toEqual(['h2 │ ${{ x }}', 'h3 │ ${{ x }}'])
  expect(stderr).toContain('Saved as play.yml: drover apply play.yml does the same again.\n')
  const again = await call(cwd, ['drover', 'apply', 'play.yml', '--yes', '-v'])
  expect(again.lines.filter(text => text.includes('${{'))).toHaveLength(2)
  expect((await call(cwd, line)).status).toBe(3)
})

test('without any inventory the hosts are taken as they stand', async () => {
  const line = ['drover', 'run', '-H', '127.0.0.1:1', '--', 'true']
  const { status, stderr } = await call(workFolder(''), line)
  expect(status).toBe(1)
  expect(stderr).toMatch(/127\.0\.0\.1 │ ✖ unreachable/)
})

test('with an inventory, a name that is not in it is an error with a suggestion', async () => {
  const { status, stderr, stdout } = await call(workFolder(), [
    'drover',
    'run',
    '-g',
    'web_cluster',
    '--',
    'true',
  ])
  expect(status).toBe(3)
  expect(stderr).toContain('did you mean "web_clusters"?')
  expect(stdout).toBe('')
})

test.each([
  ['no hosts', ['drover', 'run', '--', 'true'], /no hosts/],
  ['no command', ['drover', 'run', '-H', 'h1'], /command/],
  ['an empty command', ['batch_run', '-h', 'h1', '-cmd', ''], /the command is empty/],
  ['a bad duration', ['drover', 'run', '-H', 'h1', '--timeout', 'soon', '--', 'true'], /30s/],
  ['a bad variable', ['drover', 'run', '-H', 'h1', '--env', '1=2', '--', 'true'], /NAME=value/],
  ['a missing local file', ['drover', 'put', '-H', 'h1', 'nothing', '/tmp/'], /no file or folder "nothing"/],
  ['one path only', ['drover', 'get', '-H', 'h1', '/etc/hosts'], /local folder/],
  ['a bad mode', ['drover', 'put', '-H', 'h1', '--mode', 'rw', 'hosts.ini', '/tmp/'], /octal/],
  [
    'a bad action',
    ['batch_scp', '-h', 'h1', '-action', 'push', '-local', 'a', '-remote', 'b'],
    /neither put nor get/,
  ],
  ['no action', ['batch_scp', '-h', 'h1', '-local', 'a', '-remote', 'b'], /no action/],
  ['& over several options', ['drover', 'run', '-g', 'web:&x', '-H', 'h1', '--', 'true'], /one pattern/],
  ['an unknown option', ['batch_run', '-hosts', 'h1', '-cmd', 'true'], /no option "-hosts"/],
])('%s is an error of the user, and nothing is touched', async (_, line, message) => {
  const { status, stderr } = await call(workFolder(), line)
  expect(status).toBe(3)
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/\bat .*\.[jt]s:\d/)
})

test.each([
  [['drover', 'run', '--help'], 'drover run -g web_clusters,db_servers -- df -h'],
  [['drover', 'put', '--help'], 'drover put -g web_clusters'],
  [['drover', 'get', '--help'], 'drover get -g web_clusters'],
  [['batch_run', '-h'], 'batch_run -h h1,h2,h3 -g web_clusters,db_servers -cmd "df -h"'],
  [['batch_scp', '--help'], 'batch_scp -h h1,h2,h3 -g web_clusters,db_servers -action put -local test.py'],
])('%j shows an example to copy', async (line, example) => {
  const { status, stdout } = await call(workFolder(), line)
  expect(status).toBe(0)
  expect(stdout.replace(/\\\n +/, '')).toContain(example)
})
