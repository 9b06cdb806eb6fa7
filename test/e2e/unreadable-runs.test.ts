import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drover } from './drover.ts'
import { writeLocalHosts } from './local-hosts.ts'
import { workFolder, writePlaybook } from './work-folder.ts'

test.for([
  ['history'],
  ['history', '--prune'],
  ['show', 'last'],
  ['attach', 'last'],
  ['stop', 'last'],
  ['resume', 'last'],
])('drover %s says that runs cannot be read', async args => {
  const cwd = workFolder()
  writeFileSync(join(cwd, '.drover'), 'a file')
  const { status, stderr } = await drover(args, { cwd })
  expect(stderr).toMatch(/^error: .*\.drover\/runs cannot be read \(ENOTDIR\) \[file_unreadable\]\n/)
  expect(status).toBe(3)
})

test('a saved plan whose run cannot be recorded counts as not applied', async () => {
  const cwd = workFolder()
  const hosts = writeLocalHosts(cwd, ['h1'])
  const play = writePlaybook(cwd, '  - { id: a, run: "true" }\n')
  expect((await drover(['plan', play, ...hosts, '--out', 'p.json'], { cwd })).status).toBe(0)
  mkdirSync(join(cwd, '.drover'), { recursive: true })
  writeFileSync(join(cwd, '.drover/runs'), 'a file')
  const apply = () => drover(['apply', 'p.json'], { cwd, unapproved: true })
  expect((await apply()).stderr).toContain('cannot be recorded in .drover/runs')
  rmSync(join(cwd, '.drover/runs'))
  expect(await apply()).toMatchObject({ status: 0, stderr: '' })
})
