import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VERDICTS } from '../../src/steps/run-script.ts'
import { createVerdictFilter } from '../../src/steps/verdict-filter.ts'

const MARK = 'abc'

function filter(text: string, sizes: readonly number[]) {
  const { pass, flush, verdict } = createVerdictFilter(MARK)
  let rest = Buffer.from(text)
  let shown = ''
  for (const size of [...sizes, rest.length]) {
    shown += pass(rest.subarray(0, size))
    rest = rest.subarray(size)
  }
  return { shown: shown + flush(), verdict: verdict() }
}

test('a verdict is taken off the start, however the output is cut; nothing else is lost', () => {
  const verdict = fc.constantFrom(...VERDICTS, undefined)
  const rest = fc.oneof(
    fc.string(),
    fc.constantFrom('ab', 'abc', 'abc crea', 'abc creates', 'x\nabc creates\n'),
  )
  fc.assert(
    fc.property(verdict, rest, fc.array(fc.nat(9)), (said, text, sizes) => {
      const line = said === undefined ? '' : `${MARK} ${said}\n`
      expect(filter(line + text, sizes)).toEqual({ shown: text.toWellFormed(), verdict: said })
    }),
  )
})
