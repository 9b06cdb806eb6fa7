import { expect, test } from 'vitest'
import { startClock } from '../../../src/cli/execute/run-clock.ts'

test('a clock that is set during a run moves none of its times', () => {
  const machine = { wall: 1_700_000_000_000, steady: 500.4 }
  const clock = startClock({ wall: () => machine.wall, steady: () => machine.steady })
  expect(clock()).toBe(1_700_000_000_000)
  machine.wall -= 3_600_000
  machine.steady += 1500.2
  expect(clock()).toBe(1_700_000_001_500)
  machine.wall += 86_400_000
  machine.steady += 10
  expect(clock()).toBe(1_700_000_001_510)
})
