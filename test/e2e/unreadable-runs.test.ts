import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drover } from './drover.ts'
import { workFolder } from './work-folder.ts'

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
