import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'

const CASES = resolve(import.meta.dirname, '../cases')

interface Ran {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** `drover validate …` as it is in this process. */
async function validate(cwd: string, ...args: readonly string[]): Promise<Ran> {
  const stdout = new PassThrough({ highWaterMark: 1 << 24 })
  const stderr = new PassThrough({ highWaterMark: 1 << 24 })
  let status = 0
  await runProgram(
    {
      ...{ program: 'drover', cwd, env: {}, stdin: process.stdin, secrets: new KnownSecrets() },
      stdout: stdout as unknown as CliContext['stdout'],
      stderr: stderr as unknown as CliContext['stderr'],
      exit: code => {
        status = code
      },
    },
    ['validate', ...args],
  )
  stdout.end()
  stderr.end()
  return { status, stdout: await readAll(stdout), stderr: await readAll(stderr) }
}

describe('every folder of test/cases with a play.yml', () => {
  const names = readdirSync(CASES).filter(name => readdirSync(join(CASES, name)).includes('play.yml'))

  test.each(names)('%s says what its expected.txt says', async name => {
    const expected = join(CASES, name, 'expected.txt')
    const { status, stdout } = await validate(join(CASES, name), 'play.yml')
    if (process.env.DROVER_UPDATE_CASES === '1') writeFileSync(expected, stdout)
    expect(stdout).toBe(readFileSync(expected, 'utf8'))
    expect(status).toBe(name.startsWith('bad-') ? 3 : 0)
  })
})

describe('drover validate', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-validate-'))
    mkdirSync(join(folder, 'sub'))
    writeFileSync(join(folder, 'good.yml'), 'hosts: all\nsteps: [{ run: a }, { run: b }]\n')
    writeFileSync(join(folder, 'bad.yml'), 'hosts: all\nsteps:\n  - rnu: a\n')
    writeFileSync(join(folder, 'sub', 'bad.yml'), 'hosts: all\nstep: []\n')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('a good file is ok, with 0', async () => {
    expect(await validate(folder, 'good.yml')).toEqual({
      status: 0,
      stdout: 'good.yml: ok, 2 steps\n',
      stderr: '',
    })
  })

  test('-q says nothing of good files', async () => {
    expect(await validate(folder, '-q', 'good.yml')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  test('all files are checked, each under the name it was given, and one bad one is enough for 3', async () => {
    const { status, stdout } = await validate(folder, 'bad.yml', 'good.yml', 'sub/bad.yml', 'none.yml', 'sub')
    expect(status).toBe(3)
    expect(stdout.split('\n').filter(line => /^\S+:/.test(line))).toEqual([
      'bad.yml:3:5: error: unknown key "rnu" in a step [playbook_schema]',
      'good.yml: ok, 2 steps',
      'sub/bad.yml:2:1: error: unknown key "step" in the playbook [playbook_schema]',
      'none.yml:1:1: error: none.yml does not exist [file_unreadable]',
      'sub:1:1: error: sub is a folder, not a file [file_unreadable]',
    ])
  })

  test('--format json is only problems, one a line', async () => {
    const { status, stdout } = await validate(folder, '--format', 'json', 'good.yml', 'bad.yml')
    expect(status).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      file: 'bad.yml',
      line: 3,
      col: 5,
      code: 'playbook_schema',
    })
  })

  test('--format github is only annotations', async () => {
    const { stdout } = await validate(folder, '--format', 'github', 'bad.yml', 'good.yml')
    expect(stdout).toMatch(/^::error file=bad\.yml,line=3,col=5,[^\n]*\n$/)
  })

  test('--color always colours, a pipe does not', async () => {
    const [always, pipe] = [
      await validate(folder, '--color', 'always', 'bad.yml'),
      await validate(folder, 'bad.yml'),
    ]
    expect(always.stdout).toContain('\x1b[')
    expect(pipe.stdout).not.toContain('\x1b[')
  })

  test('no file, or an unknown format, is a usage error', async () => {
    await expect(validate(folder)).rejects.toThrow(/missing required argument/)
    await expect(validate(folder, '--format', 'xml', 'good.yml')).rejects.toThrow(/xml/)
  })

  test('the playbooks that drover ships are good', async () => {
    const playbooks = resolve(import.meta.dirname, '../../playbooks')
    const files = readdirSync(playbooks).filter(name => name.endsWith('.yml'))
    expect((await validate(playbooks, ...files)).stdout.split('\n')).toHaveLength(files.length + 1)
  })
})
