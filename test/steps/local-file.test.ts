import { execFileSync } from 'node:child_process'
import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLocalFiles } from '../../src/steps/put/local-file.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()

test('a file is read through once, until it changes', async () => {
  const path = join(temp.path, 'f')
  const sha256sum = () => execFileSync('sha256sum', ['--', path], { encoding: 'utf8' }).slice(0, 64)
  const files = createLocalFiles()
  writeFileSync(path, 'one')
  const first = await files.read(path)
  expect(first).toMatchObject({ size: 3, digest: sha256sum() })
  expect(await files.read(path)).toBe(first)
  const { atime, mtime } = statSync(path)
  writeFileSync(path, 'two')
  utimesSync(path, atime, mtime)
  expect(await files.read(path)).toMatchObject({ size: 3, digest: sha256sum() })
})

test('what is no file that can be read is said by name', async () => {
  const files = createLocalFiles()
  expect(await files.read(temp.path)).toMatchObject({ code: 'local_file' })
  expect(await files.read('/dev/zero')).toMatchObject({ message: '"/dev/zero" is not a regular file' })
  expect(await files.read(join(temp.path, 'none'))).toMatchObject({
    message: expect.stringMatching(/does not exist$/),
  })
})
