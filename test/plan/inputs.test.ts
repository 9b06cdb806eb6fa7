import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ProblemsError } from '../../src/model/problem.ts'
import { changedInputs } from '../../src/plan/changed-inputs.ts'
import type { PlanInputs } from '../../src/plan/document.ts'
import { digestInputs } from '../../src/plan/inputs.ts'
import { expandGlob } from '../../src/steps/put/local-glob.ts'

let folder: string
let base: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-inputs-'))
  base = join(folder, 'project')
  write('play.yml', 'steps: []\n')
  write('dist/a.txt', 'a')
  write('dist/sub/b.txt', 'b')
  symlinkSync('../a.txt', join(base, 'dist/sub/link'))
  write('conf/1.conf', '1')
  write('conf/2.conf', '2')
  write('../outside.ini', 'h1\n')
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(base, path)), { recursive: true })
  writeFileSync(join(base, path), text)
}

function roots(): string[] {
  return [
    join(base, 'play.yml'),
    join(base, 'dist/'),
    join(base, 'conf/*.conf'),
    join(base, 'group_vars'),
    join(folder, 'outside.ini'),
  ]
}

const digest = () => digestInputs(roots(), base, expandGlob)

async function changes(made: PlanInputs, where = base): Promise<string[]> {
  return (await changedInputs(made, where, expandGlob)).map(({ code, message }) => `${code}: ${message}`)
}

describe('what a plan rests on', () => {
  test('is every file, with those of folders and patterns, by its SHA-256', async () => {
    const { found } = await digest()
    const sha256sum = (path: string) =>
      spawnSync('sha256sum', [path], { cwd: base, encoding: 'utf8' }).stdout.slice(0, 64)
    expect(found).toEqual([
      { path: './conf/1.conf', type: 'file', digest: sha256sum('conf/1.conf') },
      { path: './conf/2.conf', type: 'file', digest: sha256sum('conf/2.conf') },
      { path: './dist', type: 'folder' },
      { path: './dist/a.txt', type: 'file', digest: sha256sum('dist/a.txt') },
      { path: './dist/sub', type: 'folder' },
      { path: './dist/sub/b.txt', type: 'file', digest: sha256sum('dist/sub/b.txt') },
      { path: './dist/sub/link', type: 'link', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { path: './group_vars', type: 'none' },
      { path: './play.yml', type: 'file', digest: sha256sum('play.yml') },
      { path: join(folder, 'outside.ini'), type: 'file', digest: sha256sum('../outside.ini') },
    ])
  })

  test('is the same as long as nothing changes, also after the project was moved', async () => {
    const made = await digest()
    expect(await changes(made)).toEqual([])
    const moved = join(folder, 'elsewhere')
    renameSync(base, moved)
    expect(await changes(made, moved)).toEqual([])
  })

  test('is told in full when it has changed, gone or come', async () => {
    const made = await digest()
    write('play.yml', 'steps: [] \n')
    write('dist/c.txt', '')
    write('group_vars/all.yml', 'a: 1\n')
    write('conf/3.conf', '3')
    rmSync(join(base, 'conf/1.conf'))
    rmSync(join(base, 'dist/a.txt'))
    mkdirSync(join(base, 'dist/a.txt'))
    rmSync(join(base, 'dist/sub/link'))
    symlinkSync('../c.txt', join(base, 'dist/sub/link'))
    write('../outside.ini', 'h2\n')
    expect(await changes(made)).toEqual([
      'plan_input: conf/1.conf is gone',
      'plan_input: conf/3.conf is new: it was not there when the plan was made',
      'plan_input: dist/a.txt was a file, and is a folder now',
      'plan_input: dist/c.txt is new: it was not there when the plan was made',
      'plan_input: dist/sub/link has changed since the plan was made',
      'plan_input: group_vars is new: it was not there when the plan was made',
      'plan_input: group_vars/all.yml is new: it was not there when the plan was made',
      'plan_input: play.yml has changed since the plan was made',
      `plan_input: ${join(folder, 'outside.ini')} has changed since the plan was made`,
    ])
  })

  test('a file that became a link to the same content is the same file', async () => {
    const made = await digest()
    renameSync(join(base, 'play.yml'), join(base, 'real.yml'))
    symlinkSync('real.yml', join(base, 'play.yml'))
    expect(await changes(made)).toEqual([])
  })

  test('a large file is read in pieces', async () => {
    write('big', 'x'.repeat(3 << 20))
    const { found } = await digestInputs(['big'], base, expandGlob)
    const { stdout } = spawnSync('sha256sum', ['big'], { cwd: base, encoding: 'utf8' })
    expect(found[0]?.digest).toBe(stdout.slice(0, 64))
  })
})

describe('what cannot be looked at is told, and is waited for never', () => {
  async function problemsOf(paths: readonly string[]): Promise<string[]> {
    const error = await digestInputs(paths, base, expandGlob).catch(thrown => thrown)
    expect(error).toBeInstanceOf(ProblemsError)
    return (error as ProblemsError).problems.map(({ message }) => message)
  }

  test('pipes and devices', async () => {
    spawnSync('mkfifo', [join(base, 'dist/pipe')])
    expect(await problemsOf(['/dev/null', 'dist'])).toEqual([
      'dist/pipe is a pipe, socket or device, which cannot be looked at again',
      '/dev/null is a pipe, socket or device, which cannot be looked at again',
    ])
  })

  test('links in a circle', async () => {
    symlinkSync('loop', join(base, 'loop'))
    expect(await problemsOf(['loop'])).toEqual(['loop cannot be read (ELOOP)'])
  })
})
