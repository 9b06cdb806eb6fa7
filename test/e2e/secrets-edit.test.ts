import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drover, startDrover } from './drover.ts'
import { workFolder } from './work-folder.ts'

test.each(['SIGTERM', 'SIGHUP'] as const)('%s during an edit leaves nothing behind', async signal => {
  const cwd = workFolder()
  const at = (name: string) => join(cwd, name)
  const memory = at('memory')
  mkdirSync(memory)
  const env = { EDITOR: at('editor.sh'), XDG_RUNTIME_DIR: memory }
  writeFileSync(at('editor.sh'), '#!/bin/sh\necho "  x: typed" >> "$1"; echo $$ > pid; exec sleep 60\n')
  chmodSync(at('editor.sh'), 0o700)
  await drover(['secrets', 'init', 's.yml'], { cwd, env })
  const before = readFileSync(at('s.yml'), 'utf8')
  const running = startDrover(['secrets', 'edit', 's.yml'], { cwd, env })
  await expect
    .poll(() => existsSync(at('pid')) && readFileSync(at('pid'), 'utf8') !== '', { timeout: 20_000 })
    .toBe(true)
  expect(readdirSync(memory)).toHaveLength(1)
  running.child.kill(signal)
  expect((await running.finished).status).toBe(130)
  expect(readdirSync(memory)).toEqual([])
  expect(readFileSync(at('s.yml'), 'utf8')).toBe(before)
  expect(existsSync(`/proc/${readFileSync(at('pid'), 'utf8').trim()}`)).toBe(false)
})
