import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import { UsageError } from '../../src/cli/usage.ts'

const UGLY = `steps:
    -   needs: []
        run: "uptime"   # how long
        id: 'up'
hosts:   "web"
`
const NEAT = `hosts: web
steps:
  - id: up
    needs: []
    run: uptime # how long
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fmt-'))
  writeFileSync(join(folder, 'ugly.yml'), UGLY)
  writeFileSync(join(folder, 'neat.yml'), NEAT)
  writeFileSync(join(folder, 'bad.yml'), 'steps: [\n')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const read = (name: string) => readFileSync(join(folder, name), 'utf8')

/** `drover fmt …` in this process. */
async function fmt(
  args: readonly string[],
  input = '',
): Promise<{ status: number; stdout: string; stderr: string }> {
  const stream = () => new PassThrough({ highWaterMark: 1 << 24 })
  const [stdin, stdout, stderr] = [stream(), stream(), stream()]
  stdin.end(input)
  let status = -1
  const context = { program: 'drover', cwd: folder, env: {}, stdin, stdout, stderr }
  const exit = (code: number) => {
    status = code
  }
  await runProgram({ ...context, exit } as unknown as CliContext, ['fmt', ...args])
  stdout.end()
  stderr.end()
  return { status, stdout: await readAll(stdout), stderr: await readAll(stderr) }
}

test('a file is rewritten and named; what is canonical already is left alone', async () => {
  const before = statSync(join(folder, 'neat.yml'))
  expect(await fmt(['ugly.yml', 'neat.yml'])).toEqual({
    status: 0,
    stdout: 'ugly.yml: rewritten\n',
    stderr: '',
  })
  expect(read('ugly.yml')).toBe(NEAT)
  expect(statSync(join(folder, 'neat.yml'))).toMatchObject({ mtimeMs: before.mtimeMs, ino: before.ino })
  expect(await fmt(['ugly.yml'])).toEqual({ status: 0, stdout: '', stderr: '' })
})

test('--check names what would change, and changes nothing', async () => {
  expect(await fmt(['--check', 'ugly.yml', 'neat.yml'])).toEqual({
    status: 1,
    stdout: 'ugly.yml: not in canonical form\n',
    stderr: '',
  })
  expect(read('ugly.yml')).toBe(UGLY)
  expect((await fmt(['--check', 'neat.yml'])).status).toBe(0)
  expect((await fmt(['--check', 'ugly.yml', 'bad.yml'])).status).toBe(3)
})

test('a file that is no YAML is refused with its problems; the others are done', async () => {
  const { status, stderr } = await fmt(['bad.yml', 'missing.yml', 'ugly.yml'])
  expect(status).toBe(3)
  expect(stderr).toMatch(/bad\.yml:\d+:\d+/)
  expect(stderr).toContain('missing.yml does not exist')
  expect(read('bad.yml')).toBe('steps: [\n')
  expect(read('ugly.yml')).toBe(NEAT)
})

test('mode and symbolic link stay, and no other file is left', async () => {
  chmodSync(join(folder, 'ugly.yml'), 0o640)
  symlinkSync('ugly.yml', join(folder, 'link.yml'))
  await fmt(['link.yml'])
  expect(lstatSync(join(folder, 'link.yml')).isSymbolicLink()).toBe(true)
  expect(statSync(join(folder, 'ugly.yml')).mode & 0o777).toBe(0o640)
  expect(read('ugly.yml')).toBe(NEAT)
  expect(readdirSync(folder).sort()).toEqual(['bad.yml', 'link.yml', 'neat.yml', 'ugly.yml'])
})

test('- reads standard input and writes standard output', async () => {
  expect(await fmt(['-'], UGLY)).toEqual({ status: 0, stdout: NEAT, stderr: '' })
  expect(await fmt(['-', '--check'], UGLY)).toMatchObject({ status: 1 })
  expect(await fmt(['-', '--check'], NEAT)).toMatchObject({ status: 0, stdout: '' })
  expect(await fmt(['-'], 'a: [')).toMatchObject({ status: 3, stdout: '' })
  expect(await fmt(['-'], '')).toMatchObject({ status: 0, stdout: '' })
  await expect(fmt(['-', 'ugly.yml'])).rejects.toThrow(UsageError)
})
