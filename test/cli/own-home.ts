import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/** A home of its own for a file of tests that apply playbooks to this machine: others do it too, and it has one lock. */
export function useOwnHome(): void {
  const before = process.env.HOME
  const home = mkdtempSync(join(tmpdir(), 'drover-home-'))
  beforeAll(() => {
    process.env.HOME = home
  })
  afterAll(() => {
    if (before === undefined) delete process.env.HOME
    else process.env.HOME = before
    rmSync(home, { recursive: true, force: true })
  })
}
