import { spawn } from 'node:child_process'
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'

const BIN = resolve(import.meta.dirname, '../../bin/drover.js')
const folder = mkdtempSync(join(tmpdir(), 'drover-output-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** More than a pipe takes at once. */
const inventory = join(folder, 'hosts.ini')
writeFileSync(inventory, Array.from({ length: 2000 }, (_, n) => `h${n} note=${'x'.repeat(100)}`).join('\n'))
const ARGS = [BIN, 'inventory', '-i', inventory, '--json']

const exitOf = (child: ReturnType<typeof spawn>) => new Promise(done => child.once('close', done))

test('a reader that is slow gets everything', async () => {
  const child = spawn('sh', ['-c', '"$@" | { sleep 1; cat; }', 'sh', process.execPath, ...ARGS])
  const listing = JSON.parse(await text(child.stdout))
  expect(Object.keys(listing._meta.hostvars)).toHaveLength(2000)
})

test('a reader that goes away is no failure', async () => {
  const child = spawn(process.execPath, ARGS, { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const [told, status] = await Promise.all([text(child.stderr), exitOf(child)])
  expect({ told, status }).toEqual({ told: '', status: 0 })
})

test.skipIf(process.platform !== 'linux')('a full disk is one', async () => {
  const child = spawn(process.execPath, ARGS, { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] })
  const [told, status] = await Promise.all([
    text(child.stderr as NonNullable<typeof child.stderr>),
    exitOf(child),
  ])
  expect({ told, status }).toEqual({ told: 'drover: output could not be written (ENOSPC)\n', status: 1 })
})
