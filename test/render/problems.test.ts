import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import type { Problem, Where } from '../../src/model/problem.ts'
import { renderProblems } from '../../src/render/problems.ts'

const problem = (where: Partial<Where>, more: Partial<Problem> = {}): Problem => ({
  code: 'playbook_schema',
  severity: 'error',
  message: 'unknown key "desst"',
  where: { file: 'play.yml', line: 12, col: 5, length: 5, source: '    desst: /x', ...where },
  ...more,
})

const text = (one: Problem) => renderProblems([one], { color: false, format: 'text' })

test('a problem shows its place, its line with carets, and what to do', () => {
  expect(text(problem({}, { hint: 'did you mean "dest"?' }))).toBe(
    [
      'play.yml:12:5: error: unknown key "desst" [playbook_schema]',
      '   12 |     desst: /x',
      '      |     ^^^^^',
      '  hint: did you mean "dest"?',
      '',
    ].join('\n'),
  )
})

/** Under which columns of the source line the carets stand, both as a terminal shows them. */
function frame(where: Partial<Where>): readonly (string | undefined)[] {
  return text(problem(where)).split('\n').slice(1, 3)
}

test.each([
  ['tabs become spaces', { source: '\ta\tbad', col: 4, length: 3 }, ['    a    bad', '         ^^^']],
  ['wide characters count two columns', { source: '語: 設定', col: 4, length: 2 }, ['語: 設定', '    ^^^^']],
  ['combining marks count none', { source: 'e\u0301: bad', col: 5, length: 3 }, ['e\u0301: bad', '   ^^^']],
  ['an emoji counts two', { source: '😀 bad', col: 4, length: 3 }, ['😀 bad', '   ^^^']],
  ['controls are shown', { source: 'a\x1b[31m bad', col: 8, length: 3 }, ['a\\x1b[31m bad', '          ^^^']],
  ['a place at the end of the line', { source: 'ab', col: 3, length: 1 }, ['ab', '  ^']],
  ['a place in an empty line', { source: '', col: 1, length: 1 }, ['', '^']],
  ['a mark longer than the line', { source: 'ab', col: 2, length: 50 }, ['ab', ' ^']],
])('%s', (_, where, [line, carets]) => {
  expect(frame(where)).toEqual([`   12 | ${line}`.trimEnd(), `      | ${carets}`])
})

test('of a very long line the part around the mark is shown', () => {
  const source = `${'a'.repeat(5000)}bad${'b'.repeat(5000)}`
  const [line = '', carets = ''] = frame({ source, col: 5001, length: 3 })
  expect(line.length).toBeLessThan(200)
  expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('bad')
})

test('a file name cannot drive the terminal', () => {
  expect(text(problem({ file: 'a\x1b]0;x\x07.yml' }))).not.toMatch(/[\x07\x1b]/)
})

test('a problem without a place is one line and its hint', () => {
  const one: Problem = { code: 'targets_empty', severity: 'warning', message: 'no host', hint: 'add one' }
  expect(text(one)).toBe('warning: no host [targets_empty]\n  hint: add one\n')
})

test('colour changes nothing but the colour', () => {
  const one = problem({}, { hint: 'x' })
  const colored = renderProblems([one], { color: true, format: 'text' })
  expect(colored).not.toBe(text(one))
  expect(stripVTControlCharacters(colored)).toBe(text(one))
})

test('json is one object a line', () => {
  const lines = renderProblems(
    [problem({}, { hint: 'x' }), { code: 'usage', severity: 'error', message: 'y' }],
    {
      ...{ color: true, format: 'json' },
    },
  ).trimEnd()
  expect(lines.split('\n').map(line => JSON.parse(line))).toEqual([
    {
      ...{ v: 1, severity: 'error', code: 'playbook_schema', message: 'unknown key "desst"', hint: 'x' },
      ...{ file: 'play.yml', line: 12, col: 5, length: 5, source: '    desst: /x' },
    },
    { v: 1, severity: 'error', code: 'usage', message: 'y' },
  ])
})

test('github gets annotations in which nothing can start another command', () => {
  const one = problem({ file: 'a,b:c%.yml' }, { message: '100%\n::error::x', hint: 'y' })
  expect(renderProblems([one], { color: false, format: 'github' })).toBe(
    '::error file=a%2Cb%3Ac%25.yml,line=12,col=5,endColumn=10,title=playbook_schema::' +
      '100%25%0A::error::x%0Ahint: y\n',
  )
})

test('no problem is nothing', () => {
  expect(renderProblems([], { color: false, format: 'text' })).toBe('')
})
