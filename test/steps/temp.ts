import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** A fresh folder for each test of a file, removed afterwards. */
export function tempFolder(): { readonly path: string } {
  const folder = { path: '' }
  beforeEach(() => {
    folder.path = realpathSync(mkdtempSync(join(tmpdir(), 'drover-steps-')))
  })
  afterEach(() => rmSync(folder.path, { recursive: true, force: true }))
  return folder
}
