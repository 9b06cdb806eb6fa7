import { expect, test } from 'vitest'
import { LIMITS } from '../../src/model/limits.ts'
import type { Problem } from '../../src/model/problem.ts'
import { byFile, inFileOrder } from '../../src/model/problem-order.ts'

const at = (file: string, line: number, col = 1, message = 'wrong'): Problem => ({
  ...{ code: 'playbook_schema', severity: 'error', message },
  where: { file, line, col },
})
const placeless: Problem = { code: 'usage', severity: 'error', message: 'wrong' }

const places = (problems: readonly Problem[]) =>
  problems.map(({ where }) => (where === undefined ? '' : `${where.file}:${where.line}:${where.col}`))

test('problems stand in the order of the files, then of their places; those without a place come first', () => {
  const problems = [at('b', 1), at('a', 2, 5), at('c', 1), at('a', 2, 3), placeless, at('a', 10)]
  expect(places(byFile(problems, ['a', 'b', 'c']))).toEqual([
    '',
    'a:2:3',
    'a:2:5',
    'a:10:1',
    'b:1:1',
    'c:1:1',
  ])
})

test('files that nobody has ordered come in the order of their first problems', () => {
  const problems = [at('z', 5), at('y', 1), at('z', 1)]
  expect(places(byFile(problems))).toEqual(['z:1:1', 'z:5:1', 'y:1:1'])
  expect(places(byFile(problems, ['y']))).toEqual(['y:1:1', 'z:1:1', 'z:5:1'])
})

test('the same problem at the same place of the same file is told once', () => {
  const problems = [at('a', 1), at('b', 1), at('a', 1), at('a', 1, 1, 'other')]
  expect(places(inFileOrder(problems, ['a', 'b']))).toEqual(['a:1:1', 'a:1:1', 'b:1:1'])
})

test('of very many problems the first ones are told, and how many follow', () => {
  const problems = Array.from({ length: LIMITS.problemsPerFile + 5 }, (_, index) => at('a', index + 1))
  const told = inFileOrder(problems)
  expect(told).toHaveLength(LIMITS.problemsPerFile + 1)
  expect(told.at(-1)?.message).toBe('from here on there are 5 more problems')
})
