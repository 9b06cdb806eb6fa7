import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { PrivateKeys } from '../../../src/transport/ssh/private-keys.ts'

test('a key file that never ends, or is waited for, is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drover-keys-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [pipe, large] = [join(folder, 'pipe'), join(folder, 'large')]
  execFileSync('mkfifo', [pipe])
  writeFileSync(large, '')
  truncateSync(large, 2 ** 32)
  const keys = await new PrivateKeys(folder).load([pipe, large, folder, '/dev/zero'], undefined)
  expect(keys.map(key => [key.kind, 'failure' in key && key.failure.message])).toEqual([
    ['broken', `the key file ${pipe} is no file`],
    ['broken', `the key file ${large} is larger than 1 MiB`],
    ['broken', `the key file ${folder} is no file`],
    ['broken', 'the key file /dev/zero is no file'],
  ])
})
