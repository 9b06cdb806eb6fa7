import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const BIN = resolve(import.meta.dirname, '../../bin/drover.js')
const folder = mkdtempSync(join(tmpdir(), 'drover-surroundings-'))
afterAll(() => rmSync(folder, { recursive: true }))
chmodSync(folder, 0o755)
writeFileSync(join(folder, 'hosts.ini'), 'here ansible_connection=local\n')

const ARGS = [BIN, 'run', '-i', join(folder, 'hosts.ini'), '-g', 'all', '--', 'pwd']

function drover(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv; uid?: number }) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', ...options })
  return { status, stdout, stderr }
}

test('a home that is gone: local hosts start in /, as a login does', () => {
  const env = { PATH: process.env.PATH, HOME: join(folder, 'nothing') }
  expect(drover(ARGS, { env })).toMatchObject({ status: 0, stdout: 'here │ /\n' })
})

test.skipIf(process.getuid?.() !== 0)('a user without an account, as in containers', () => {
  const found = drover(ARGS, { env: { PATH: process.env.PATH }, uid: 54_321 })
  expect(found).toMatchObject({ status: 0, stdout: 'here │ /\n' })
})

test('a working folder that is gone is told in one line', () => {
  const gone = join(folder, 'gone')
  mkdirSync(gone)
  const script = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
  const args = ['-c', script, 'sh', gone, process.execPath, ...ARGS]
  const { status, stderr } = spawnSync('sh', args, { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({
    status: 3,
    stderr: 'drover: the working folder is gone; change to one that exists\n',
  })
})
