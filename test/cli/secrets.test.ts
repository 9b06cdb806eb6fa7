import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import { reportError } from '../../src/cli/report.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import { capture } from '../render/capture.ts'

let cwd: string
let memory: string

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'drover-secrets-'))
  memory = mkdtempSync(join(tmpdir(), 'drover-runtime-'))
  onTestFinished(() => {
    for (const folder of [cwd, memory]) rmSync(folder, { recursive: true })
  })
})

const at = (name: string) => join(cwd, name)
const read = (name: string) => readFileSync(at(name), 'utf8')

/** `drover secrets …` in this process; `editor` is a script of sh that gets the file as $1. */
async function secrets(words: readonly string[], { editor = 'true', home = cwd } = {}) {
  writeFileSync(at('editor.sh'), `#!/bin/sh\n${editor}\n`)
  chmodSync(at('editor.sh'), 0o700)
  const [stdout, stderr] = [capture(), capture()]
  let status = 0
  const exit = (code: number) => {
    status = code
  }
  const env = { HOME: home, PATH: process.env.PATH, EDITOR: at('editor.sh'), XDG_RUNTIME_DIR: memory }
  const stdin = { isTTY: false }
  const around = { program: 'drover', cwd, env, stdin, secrets: new KnownSecrets(), exit }
  const context = { ...around, stdout, stderr } as unknown as CliContext
  try {
    await runProgram(context, ['secrets', ...words])
  } catch (error) {
    status = await reportError(context, error)
  }
  return { status, stdout: stdout.text(), stderr: stderr.text() }
}

const ADD = `sed -i 's/secrets: {}/secrets:\\n  db: hunter22 # ours\\n  api: "0123"/' "$1"`

test('a file is made, edited, and read', async () => {
  expect((await secrets(['init', 's.yml'])).status).toBe(0)
  expect(statSync(at('.config/drover/identity.txt')).mode & 0o777).toBe(0o600)
  expect((await secrets(['edit', 's.yml'], { editor: ADD })).stderr).toMatch(/^s\.yml: saved$/m)
  expect(read('s.yml')).toMatch(/\n {2}db: age:\S+ # ours\n {2}api: age:\S+\n$/)
  expect((await secrets(['decrypt', 's.yml', 'db'])).stdout).toBe('hunter22')
  expect((await secrets(['decrypt', 's.yml'])).stdout).toMatch(
    /\n {2}db: hunter22 # ours\n {2}api: "0123"\n$/,
  )
})

test('an edit changes only the lines that it changes', async () => {
  await secrets(['init', 's.yml'])
  await secrets(['edit', 's.yml'], { editor: ADD })
  const before = read('s.yml').split('\n')
  expect((await secrets(['edit', 's.yml'])).stderr).toBe('s.yml: nothing was changed\n')
  await secrets(['edit', 's.yml'], { editor: `sed -i 's/hunter22/hunter23/' "$1"` })
  const differing = read('s.yml')
    .split('\n')
    .filter((line, index) => line !== before[index])
  expect(differing).toEqual([expect.stringMatching(/^ {2}db: age:/)])
})

test('what is edited lies where only its owner can read it, and is gone afterwards', async () => {
  await secrets(['init', 's.yml'])
  const look = `stat -c '%a' "$1" "$(dirname "$1")" > '${at('modes')}'; dirname "$1" > '${at('where')}'; ${ADD}`
  await secrets(['edit', 's.yml'], { editor: look })
  expect(read('modes')).toBe('600\n700\n')
  expect(read('where')).toMatch(new RegExp(`^${memory}/drover-`))
  for (const editor of ['exit 1', `rm "$1"`]) {
    const before = read('s.yml')
    await secrets(['edit', 's.yml'], { editor })
    expect(read('s.yml')).toBe(before)
    expect(readdirSync(memory)).toEqual([])
  }
})

test.each([
  ['is no YAML', `printf 'mine: [' >> "$1"`, 'it is no YAML'],
  [
    'cannot be saved',
    `printf '  mine: x\n' >> "$1"; sed -i 's/secrets: {}/secrets:/' "$1"; rm s.yml; mkdir s.yml`,
    '[secret_file]',
  ],
])('what was typed is kept where it %s and nobody can be asked', async (_, editor, why) => {
  await secrets(['init', 's.yml'])
  const { status, stderr } = await secrets(['edit', 's.yml'], { editor: `cd '${cwd}'; ${editor}` })
  expect([status, stderr]).toEqual([3, expect.stringContaining(why)])
  const [, path = ''] = /what was typed is kept in (\S+),/.exec(stderr) ?? []
  expect(path.startsWith(memory)).toBe(true)
  expect(readFileSync(path, 'utf8')).toContain('mine: ')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
})

test('an editor that is killed changes nothing', async () => {
  await secrets(['init', 's.yml'])
  const before = read('s.yml')
  const { status, stderr } = await secrets(['edit', 's.yml'], { editor: `${ADD}; kill -KILL $$` })
  expect([status, stderr]).toEqual([
    3,
    expect.stringContaining('was ended by SIGKILL, and nothing was changed'),
  ])
  expect(read('s.yml')).toBe(before)
})

test('what is encrypted is not encrypted a second time', async () => {
  await secrets(['init', 's.yml'])
  await secrets(['edit', 's.yml'], { editor: ADD })
  const before = read('s.yml')
  const [, value = ''] = /db: (\S+)/.exec(before) ?? []
  const editor = `sed -i 's|^  db: .*|  db: ${value}|' "$1"`
  const { status, stderr } = await secrets(['edit', 's.yml'], { editor })
  expect([status, stderr]).toEqual([3, expect.stringContaining('encrypted already')])
  expect(read('s.yml')).toBe(before)
  // What only begins like it is a value as any other.
  await secrets(['edit', 's.yml'], { editor: `sed -i 's|^  db: .*|  db: age:42|' "$1"` })
  expect((await secrets(['decrypt', 's.yml', 'db'])).stdout).toBe('age:42')
})

test('an identity that others can read is warned of', async () => {
  await secrets(['init', 's.yml'])
  const identity = at('.config/drover/identity.txt')
  expect((await secrets(['decrypt', 's.yml'])).stderr).toBe('')
  chmodSync(identity, 0o640)
  const { status, stderr } = await secrets(['decrypt', 's.yml'])
  expect([status, stderr]).toEqual([0, expect.stringContaining(`${identity} holds the identity`)])
  expect(stderr).toContain(`chmod 600 ${identity}`)
})

test('what another program has saved meanwhile stays, and what was typed is kept', async () => {
  await secrets(['init', 's.yml'])
  const theirs = `${read('s.yml').replace('secrets: {}', 'secrets:\n  theirs: typed')}`
  writeFileSync(at('theirs.yml'), theirs)
  const editor = `cp '${at('theirs.yml')}' '${at('s.yml')}'; ${ADD}`
  const { status, stderr } = await secrets(['edit', 's.yml'], { editor })
  expect([status, stderr]).toEqual([3, expect.stringContaining('s.yml was changed by another program')])
  expect(read('s.yml')).toBe(theirs)
  const [, path = ''] = /what was typed is kept in (\S+),/.exec(stderr) ?? []
  expect(readFileSync(path, 'utf8')).toContain('db: hunter22')
})

test.each([
  ['abc #hunter30', 10],
  ['#hunter30', 6],
])('a value that a # cuts is refused: %s', async (value, col) => {
  await secrets(['init', 's.yml'])
  const typed = read('s.yml').replace('secrets: {}', `secrets:\n  t: ${value}`)
  const cut = typed.split('\n').findIndex(text => text.includes('#hunter30')) + 1
  writeFileSync(at('s.yml'), typed)
  const { status, stderr } = await secrets(['encrypt', 's.yml'])
  expect([status, stderr]).toEqual([3, expect.stringContaining('the value of t ends before the #')])
  expect(stderr).toContain(`s.yml:${cut}:${col}`)
  expect(stderr).not.toContain('hunter30')
  expect(read('s.yml')).toBe(typed)
  writeFileSync(at('s.yml'), typed.replace(value, `"${value}"`))
  expect((await secrets(['encrypt', 's.yml'])).status).toBe(0)
  expect((await secrets(['decrypt', 's.yml', 't'])).stdout).toBe(value)
})

test('a comment behind a value that has no quotes is warned of, and not once it is encrypted', async () => {
  await secrets(['init', 's.yml'])
  const { status, stderr } = await secrets(['edit', 's.yml'], { editor: ADD })
  expect([status, stderr]).toEqual([
    0,
    expect.stringMatching(/s\.yml:5:16: warning: the value of db ends before/),
  ])
  expect((await secrets(['edit', 's.yml'], { editor: `echo '  x: y' >> "$1"` })).stderr).toBe(
    's.yml: saved\n',
  )
})

test('values that were written by hand are encrypted where they stand', async () => {
  await secrets(['init', 's.yml'])
  await secrets(['edit', 's.yml'], { editor: ADD })
  const before = read('s.yml')
  writeFileSync(at('s.yml'), `${before}  new: typed\n`)
  expect((await secrets(['decrypt', 's.yml', 'new'])).stderr).toContain('holds "new" in the clear')
  expect((await secrets(['encrypt', 's.yml'])).stderr).toBe('s.yml: new encrypted\n')
  expect(read('s.yml').startsWith(before)).toBe(true)
  expect((await secrets(['decrypt', 's.yml', 'new'])).stdout).toBe('typed')
})

test('others can read it from rekey --add on, and not after --remove', async () => {
  await secrets(['init', 's.yml'])
  await secrets(['edit', 's.yml'], { editor: ADD })
  const home = at('other')
  const { stderr } = await secrets(['init', 'o.yml'], { home })
  const [recipient = ''] = /age1\w+/.exec(stderr) ?? []
  const asOther = async () => (await secrets(['decrypt', 's.yml', 'db'], { home })).status
  expect(await asOther()).toBe(3)
  await secrets(['rekey', 's.yml', '--add', recipient])
  expect(await asOther()).toBe(0)
  await secrets(['rekey', 's.yml', '--remove', recipient])
  expect(await asOther()).toBe(3)
})

test.each([
  [['decrypt', 'no.yml'], 'no.yml does not exist'],
  [['init', 'editor.sh'], 'editor.sh is there already'],
  [['encrypt', 'editor.sh'], 'a list of public keys of age [secret_file]'],
  [['edit', 'a', 'b'], 'edit takes one file'],
  [['edit', 'a', '--add', 'x'], '--add is for init and rekey'],
  [['init', 'a', '--add', 'x'], 'it is no recipient of age'],
])('%j is refused', async (words, why) => {
  const { status, stderr } = await secrets(words)
  expect([status, stderr]).toEqual([3, expect.stringContaining(why)])
  expect(existsSync(at('a'))).toBe(false)
})
