import { expect, test } from 'vitest'
import type { RunAction } from '../../src/model/action.ts'
import type { Program } from '../../src/model/program.ts'
import { plannedNodesOf } from '../../src/plan/planned-nodes.ts'
import { plannedProgram } from '../../src/plan/planned-program.ts'
import { ACTION, programOf, runAll } from '../engine/fleet.ts'
import { onHost, planOf } from '../engine/plans.ts'
import { BASE, previewFrom } from './previews.ts'

const PLAN = planOf(2, [{ targets: [0, 1] }, { targets: [0, 1], edges: [onHost(0)] }])

/** As planned, all nodes do the same; on the second host the first step comes to something else. */
const drifted: Program = programOf({
  render: (step, host) => {
    const script = step === 0 && host === 1 ? 'false' : 'true'
    return { kind: 'action', action: { ...(ACTION as RunAction), script } }
  },
})

test('nothing is sent of a node that drifted, nor of what needs it; all else is done, and the status is 4', async () => {
  const preview = previewFrom(PLAN, () => ({
    verdict: { kind: 'change' },
    sketch: { kind: 'action', action: ACTION, conditions: [] },
  }))
  const program = plannedProgram(drifted, plannedNodesOf(preview, [BASE]))
  const { outcomes, summary, fleet } = await runAll(PLAN, () => 'changed', { program })
  expect(Object.fromEntries(outcomes)).toEqual({
    '0@0': 'changed',
    '0@1': 'refused',
    '1@0': 'changed',
    '1@1': 'blocked',
  })
  expect(fleet.calls.filter(call => call.startsWith('start'))).toEqual(['start 0@0', 'start 1@0'])
  expect(summary.status).toBe(4)
})
