import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { KnownHostsFile } from '../../../src/transport/ssh/known-hosts-file.ts'

const LINE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Tkxn7gMIDUuOXYvMLl4nLRWyQ0TGm1Q3EHYm4Y7Zs'

function knownHosts(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'drover-known-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'known_hosts')
  writeFileSync(path, text)
  const file = new KnownHostsFile(path)
  const lines = () => {
    expect(file.load()).toBeUndefined()
    return file.lines.map(({ line, key }) => `${line} ${key.split(' ').at(-1)}`)
  }
  return { path, lines }
}

test('lines that are added count, with their numbers', () => {
  const { path, lines } = knownHosts(`# mine\nh1 ${LINE} a\n`)
  expect(lines()).toEqual(['2 a'])
  appendFileSync(path, `\nh2 ${LINE} b\n`)
  expect(lines()).toEqual(['2 a', '4 b'])
  appendFileSync(path, `h3 ${LINE} c`)
  expect(lines()).toEqual(['2 a', '4 b', '5 c'])
  // The last line had no end.
  appendFileSync(path, `d\nh4 ${LINE} e\n`)
  expect(lines()).toEqual(['2 a', '4 b', '5 cd', '6 e'])
})

test('a file that was written anew is read anew', () => {
  const { path, lines } = knownHosts(`h1 ${LINE} a\nh2 ${LINE} b\n`)
  expect(lines()).toEqual(['1 a', '2 b'])
  writeFileSync(path, `h1 ${LINE} x\nh2 ${LINE} b\nh3 ${LINE} c\n`)
  expect(lines()).toEqual(['1 x', '2 b', '3 c'])
  rmSync(path)
  expect(lines()).toEqual([])
  writeFileSync(path, `h1 ${LINE} y\n`)
  expect(lines()).toEqual(['1 y'])
})
