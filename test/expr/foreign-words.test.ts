import { expect, test } from 'vitest'
import { checkCondition } from '../../src/expr/check-condition.ts'
import { depends, language, num, text, vars } from './world.ts'

// What people write who come from Python, Jinja, JavaScript or a shell: told at its place, with what is meant.

test.each([
  ['vars.n = 5', 8, 'write "==" to compare'],
  ['vars.n === 5', 10, 'write "==" or "!="'],
  ['vars.n !== 5', 10, 'write "==" or "!="'],
  ['vars.n == 5 and true', 13, 'write "&&" for "and"'],
  ['vars.n == 5 or true', 13, 'write "||" for "or"'],
  ['not vars.n', 5, 'write "!" for "not"'],
  ['vars.n is defined', 8, 'x == … compares; has(x) asks whether it is there'],
  ['vars.n | int > 3', 8, 'there are no filters; default(x, "…") stands in for what is missing'],
  ['$n == 5', 1, 'inside ${{ }} names stand without a sign: vars.x'],
  ['1 < vars.n < 7', 1, 'several comparisons are joined by &&: a < b && b < c'],
  ['!vars.n', 1, 'only true and false have an opposite: compare, as x == 0'],
  ['vars.n != null', 1, 'it always has a value; has(x) asks whether there is one'],
  ['vars.n == "5"', 1, 'int(x) makes a number of the text; a text is written in quotes'],
])('%s', (condition, col, hint) => {
  const { problems } = checkCondition(text(condition), language({ vars: vars({ n: num('5') }) }), depends)
  expect(problems.map(problem => [problem.where?.col, problem.hint])).toEqual([[col, hint]])
})
