import { expect, test } from 'vitest'
import { globOf } from '../../../src/load/ssh-config/glob.ts'
import { expandEnvironment } from '../../../src/load/ssh-config/tokens.ts'

test('variables of the environment, and no others', () => {
  expect(expandEnvironment('${A}/${A}x$A', { A: 'b' })).toEqual({ text: 'b/bx$A' })
  expect(expandEnvironment('${A', { A: 'b' })).toEqual({ text: '${A' })
  expect(expandEnvironment('${constructor}', {})).toEqual({
    text: '${constructor}',
    unknown: '${constructor}',
  })
})

test('what is opened and never closed takes no longer than it is long', () => {
  const since = process.cpuUsage()
  const most = 200_000
  expandEnvironment('${'.repeat(most), {})
  for (const part of ['[', '[a', '[!']) globOf(part.repeat(most))('a')
  // Where each is looked for anew, that takes some minutes.
  expect(process.cpuUsage(since).user / 1e6).toBeLessThan(20)
})
