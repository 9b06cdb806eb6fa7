import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listLocalFolder } from '../../src/load/local-folder.ts'

test('a folder is told from a file, and a link is neither', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drover-folder-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'sub'))
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('sub', join(folder, 'link'))
  expect(new Map(listLocalFolder(folder))).toEqual(
    new Map([
      ['file', 'other'],
      ['link', 'other'],
      ['sub', 'folder'],
    ]),
  )
  expect(listLocalFolder(join(folder, 'file'))).toBeUndefined()
  expect(listLocalFolder(join(folder, 'gone'))).toBeUndefined()
})
