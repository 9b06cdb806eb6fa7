import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { HostKeyStore } from '../../../src/transport/ssh/host-key-store.ts'

const WRITER = new URL('./known-hosts-writer.ts', import.meta.url).pathname
const WORDS = ['anna', 'bert', 'carl', 'dora', 'emil'] as const
const MANY = 60

test.for([
  ['a file without a last line end', '# mine\nold.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJP'],
  ['no file at all', undefined],
] as const)('processes that add hosts at once lose none and damage no line: %s', async ([, before]) => {
  const folder = mkdtempSync(join(tmpdir(), 'drover-known-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'ssh/known_hosts')
  if (before !== undefined) {
    mkdirSync(join(folder, 'ssh'))
    writeFileSync(file, before)
  }
  // The last two have the same hosts to add.
  const writers = [...WORDS, 'emil'].map(word =>
    spawn(process.execPath, [WRITER, file, word, String(MANY)], { stdio: 'inherit' }),
  )
  const statuses = await Promise.all(writers.map(async writer => (await once(writer, 'close'))[0]))
  expect(statuses).toEqual(writers.map(() => 0))

  const lines = readFileSync(file, 'utf8').split('\n')
  expect(lines.at(-1)).toBe('')
  if (before !== undefined) expect(lines.slice(0, 2)).toEqual(before.split('\n'))
  const own = lines.slice(before === undefined ? 0 : 2).filter(line => line !== '')
  for (const line of own) expect(line).toMatch(/^[a-e][a-z]+\d+ ssh-ed25519 [A-Za-z0-9+/]+=*$/)
  expect(new Set(own).size).toBe(WORDS.length * MANY)
  const store = new HostKeyStore([file])
  expect(store.load()).toBeUndefined()
  for (const word of WORDS)
    for (let i = 0; i < MANY; i += 1) expect(store.about(`${word}${i}`, 22).named.length).toBeGreaterThan(0)
})
