import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readsOf } from '../../../src/steps/reads/reads-of.ts'
import { run } from '../run-action.ts'
import { SHELLS } from '../shells.ts'
import { tempFolder } from '../temp.ts'
import { GUARD_ENV, GUARD_FILES, randomGuard } from './random-guard.ts'

const temp = tempFolder()

type Texts = Readonly<Record<string, string | undefined>>

function lay(texts: Texts): void {
  rmSync(temp.path, { recursive: true, force: true })
  mkdirSync(join(temp.path, 'd'), { recursive: true })
  for (const file of GUARD_FILES) {
    const text = texts[file]
    if (text !== undefined) writeFileSync(join(temp.path, file), text)
  }
}

const texts = fc.record(
  Object.fromEntries(
    GUARD_FILES.map(
      file => [file, fc.constantFrom('one\n', 'two\n', 'a', 'one\nd/x\n', '', undefined)] as const,
    ),
  ),
) as fc.Arbitrary<Texts>

/** Of the files, those that a guard may look at. */
function claimed(unless: string): readonly string[] | 'all' {
  const env = Object.entries(GUARD_ENV)
  const { contents } = readsOf(run('x', { unless, env, cwd: '/home' }))
  if (contents === 'anything') return 'all'
  const paths = contents.map(path => path.replace(/^~(?=\/|$)/, '/home'))
  return GUARD_FILES.filter(file =>
    paths.some(path => `/home/${file}/`.startsWith(`${path.replace(/\/$/, '')}/`)),
  )
}

test.each(SHELLS.filter(([name]) => name !== '/bin/zsh'))(
  'what a guard is not said to look at is nothing to it: %s',
  (_name, { command: [program = '', ...options], path = process.env.PATH }) => {
    const answer = (text: string) => {
      const env = { ...GUARD_ENV, HOME: temp.path, PATH: path }
      const { status, stdout } = spawnSync(program, [...options, '-c', `set -e\n${text}`], {
        env,
        cwd: temp.path,
      })
      return { text, status, stdout: stdout.toString() }
    }
    let known = 0
    let tried = 0
    fc.assert(
      fc.property(randomGuard, texts, texts, (text, before, other) => {
        const reads = claimed(text)
        tried += 1
        if (reads === 'all') return
        known += 1
        lay(before)
        const first = answer(text)
        lay({ ...other, ...Object.fromEntries(reads.map(file => [file, before[file]])) })
        expect(answer(text)).toEqual(first)
      }),
      { numRuns: 120 },
    )
    expect(known / tried).toBeGreaterThan(0.3)
  },
)
