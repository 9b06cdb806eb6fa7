import { expect, test } from 'vitest'
import { newRun } from '../../../src/cli/runs/new-run.ts'
import { RUN_ID } from '../../../src/journal/folder.ts'
import { startOfId } from '../../../src/journal/run-id.ts'

const context = { env: {} } as Parameters<typeof newRun>[0]
const SECOND = Date.UTC(2026, 10, 21, 1, 42, 33)

test('ids sort by time, also within a second', () => {
  const ids = Array.from({ length: 1000 }, (_, ms) => newRun(context, new Date(SECOND + ms)).id)
  expect(ids.toSorted()).toEqual(ids)
  expect(ids.every(id => RUN_ID.test(id) && startOfId(id) === SECOND)).toBe(true)
})

test('two of the same millisecond differ, as a rule', () => {
  const ids = Array.from({ length: 1000 }, () => newRun(context, new Date(SECOND)).id)
  expect(new Set(ids).size).toBeGreaterThan(30)
})
