import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const CASES = join(ROOT, 'test/cases')

/** The build puts code of ajv's in place of the schema: what it finds must read the same. */
describe('the program in dist/ tells what is wrong as the sources do', () => {
  const names = readdirSync(CASES).filter(name => readdirSync(join(CASES, name)).includes('play.yml'))

  test.each(names)('%s', name => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, 'bin/drover.js'), 'validate', 'play.yml'],
      { cwd: join(CASES, name), encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' }, timeout: 30_000 },
    )
    expect(stdout, stderr).toBe(readFileSync(join(CASES, name, 'expected.txt'), 'utf8'))
  })
})
