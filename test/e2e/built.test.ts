import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { workFolder } from './work-folder.ts'

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

/** Tells on standard error what a program loads. */
const TELLS_LOADS = `data:text/javascript,${encodeURIComponent(
  "import { registerHooks } from 'node:module'; import { writeSync } from 'node:fs';" +
    "registerHooks({ load: (url, context, next) => (writeSync(2, url + '\\n'), next(url, context)) })",
)}`

test.each(['run', 'apply', 'plan'])('drover %s loads nothing for secrets that are not there', verb => {
  const folder = workFolder()
  writeFileSync(join(folder, 'hosts.ini'), 'here ansible_connection=local\n')
  writeFileSync(join(folder, 'play.yml'), 'name: P\nhosts: all\nsteps:\n  - run: "true"\n')
  const args =
    verb === 'run' ? ['-H', 'here', '--', 'true'] : ['play.yml', ...(verb === 'apply' ? ['--yes'] : [])]
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', TELLS_LOADS, join(ROOT, 'bin/drover.js'), verb, '-i', 'hosts.ini', ...args],
    { cwd: folder, encoding: 'utf8', timeout: 30_000 },
  )
  expect(stderr).toContain('/dist/main.js')
  expect(stderr).not.toContain('age-encryption')
  expect(status, stderr).not.toBe(3)
})
