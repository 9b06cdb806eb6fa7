import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { expandGlob } from '../../src/steps/put/local-glob.ts'
import { globWord, isGlob } from '../../src/steps/shell-words.ts'
import { tempFolder } from './temp.ts'

const temp = tempFolder()
const FILES = [
  'a.conf',
  'b.conf',
  'c d.conf',
  '.h.conf',
  'x[1].txt',
  'x1.txt',
  'sub/a.conf',
  'sub/deep/a.conf',
  "q'q",
  'üü',
  '-n',
]
const PATTERNS = [
  '*',
  '*.conf',
  '?.conf',
  '[ab].conf',
  '[!ab]*.conf',
  '[a-b]?conf',
  '.*.conf',
  '*/a.conf',
  's*/*/*',
  'x[[]1].txt',
  'x[0-9].txt',
  "q'?",
  '[[:alpha:]].conf',
  '[-x]*',
  '[z-a]*',
  '?',
  'none*',
]

/** The oracle: what sh makes of the pattern, through the word that a remote shell gets. */
function byShell(pattern: string): string[] {
  const script = `for f in ${globWord(pattern)}; do [ -e "$f" ] && printf '%s\\0' "$f"; done; true`
  const found = execFileSync('sh', ['-c', script], { cwd: temp.path, encoding: 'utf8' })
  return found
    .split('\0')
    .filter(Boolean)
    .map(name => name.replace(/^\.\//, ''))
    .sort()
}

test.each(PATTERNS)('%s matches the same names here, on the host, and in bash', async pattern => {
  for (const name of FILES) {
    mkdirSync(dirname(join(temp.path, name)), { recursive: true })
    writeFileSync(join(temp.path, name), '')
  }
  expect(isGlob(pattern)).toBe(true)
  const local = (await expandGlob(`${temp.path}/${pattern}`))
    .map(path => path.slice(temp.path.length + 1))
    .sort()
  expect(byShell(pattern)).toEqual(local)
  const quoted = pattern.replaceAll("'", "\\'")
  const bash = `shopt -s nullglob; for f in ${quoted}; do printf '%s\\0' "$f"; done`
  const found = execFileSync('bash', ['--norc', '-c', bash], {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: temp.path,
    encoding: 'utf8',
    env: { LC_ALL: 'C.UTF-8' },
  })
  expect(local).toEqual(found.split('\0').filter(Boolean).sort())
})

test('** matches folders at any depth', async () => {
  for (const name of FILES) {
    mkdirSync(dirname(join(temp.path, name)), { recursive: true })
    writeFileSync(join(temp.path, name), '')
  }
  const found = await expandGlob(`${temp.path}/**/a.conf`)
  expect(found.map(path => path.slice(temp.path.length + 1))).toEqual([
    'a.conf',
    'sub/a.conf',
    'sub/deep/a.conf',
  ])
})
