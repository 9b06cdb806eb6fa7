import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createVerdictFilter, FINDINGS } from '../../src/steps/verdict-filter.ts'

const MARK = 'abc'

function filter(text: string, sizes: readonly number[]) {
  const { pass, flush, prelude } = createVerdictFilter(MARK)
  let rest = Buffer.from(text)
  let shown = ''
  for (const size of [...sizes, rest.length]) {
    shown += pass(rest.subarray(0, size))
    rest = rest.subarray(size)
  }
  return { shown: shown + flush(), ...prelude() }
}

const cuts = fc.array(fc.nat(9))
const anyText = fc.oneof(
  fc.string(),
  fc.constantFrom('ab', 'abc', 'abc crea', 'abc creates', 'x\nabc creates\n', 'abc status 1\n', 'abc word\n'),
)

test('a finding is taken off the start, however the output is cut; nothing else is lost', () => {
  fc.assert(
    fc.property(fc.constantFrom(...FINDINGS, undefined), anyText, cuts, (said, text, sizes) => {
      const line = said === undefined ? '' : `${MARK} ${said}\n`
      const { shown, finding } = filter(line + text, sizes)
      expect({ shown, finding }).toEqual({ shown: text.toWellFormed(), finding: said })
    }),
  )
})

test("a guard's output is not shown, whatever it is, and kept until the next one's", () => {
  const said = fc.string().filter(text => !text.includes(MARK))
  const guard = fc.record({ name: fc.constantFrom('unless' as const, 'only_if' as const), said })
  const last = fc.constantFrom('go', 'status 0', 'status 127')
  fc.assert(
    fc.property(fc.array(guard, { minLength: 1 }), last, anyText, cuts, (guards, end, text, sizes) => {
      const prelude = guards.map(({ name, said }) => `${MARK} ${name}\n${said}`).join('')
      const result = filter(`${prelude}${MARK} ${end}\n${text}`, sizes)
      const { name, said } = guards.at(-1) as (typeof guards)[number]
      expect(result).toMatchObject({
        shown: text.toWellFormed(),
        over: true,
        guard: { name, output: { head: said.toWellFormed() } },
      })
      expect(result.guard?.status).toBe(end === 'go' ? undefined : Number(end.split(' ')[1]))
    }),
  )
})

test('a guard that was cut off is not over, and what it said is kept', () => {
  expect(filter(`${MARK} unless\nbad syntax\nab`, [3, 8])).toMatchObject({
    shown: '',
    over: false,
    guard: { name: 'unless', output: { head: 'bad syntax\nab' } },
  })
})
