import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readExtraVars } from '../../src/load/extra-vars.ts'
import { ProblemsError } from '../../src/model/problem.ts'

const cwd = mkdtempSync(join(tmpdir(), 'drover-extra-vars-'))
afterAll(() => rmSync(cwd, { recursive: true }))
writeFileSync(join(cwd, 'more.yml'), 'release: 1.10\nnames: [a, b]\n')
writeFileSync(join(cwd, 'list.yml'), '- a\n')

test('pairs are text, a file is YAML, and the last one wins', () => {
  expect(readExtraVars(['release=1', 'empty=', 'eq=a=b', '@more.yml'], cwd)).toEqual({
    release: expect.objectContaining({ text: '1.10' }),
    empty: '',
    eq: 'a=b',
    names: ['a', 'b'],
  })
  expect(readExtraVars(['@more.yml', 'release=2'], cwd).release).toBe('2')
})

test('everything that is wrong is told at once', () => {
  const wrong = () => readExtraVars(['novar', '=x', '@missing', '@list.yml', '@'], cwd)
  expect(wrong).toThrow(ProblemsError)
  try {
    wrong()
  } catch (error) {
    expect((error as ProblemsError).problems.map(({ message }) => message)).toEqual([
      '-e "novar" is neither name=value nor @file',
      '-e "=x" is neither name=value nor @file',
      '-e @missing: missing does not exist',
      'a file of variables is a mapping of names to values',
      expect.stringMatching(/^-e @: /),
    ])
  }
})
