import { describe, expect, test } from 'vitest'
import type { Action, GetAction, PutAction, RunAction } from '../../src/model/action.ts'
import type { PutFinding } from '../../src/model/finding.ts'
import { NO_OUTPUT, type NodeResult, type Outcome } from '../../src/model/outcome.ts'
import { NOTHING_FAILS, type NodePreview, type Verdict } from '../../src/model/preview.ts'
import type { Judgement, Program, Rendered } from '../../src/model/program.ts'
import type { Sketch } from '../../src/model/sketch.ts'
import { plannedNodesIn } from '../../src/plan/planned-in-file.ts'
import { plannedNodesOf } from '../../src/plan/planned-nodes.ts'
import { plannedProgram } from '../../src/plan/planned-program.ts'
import { parsePlan } from '../../src/plan/read-plan.ts'
import { sealPlan } from '../../src/plan/seal.ts'
import { programOf } from '../engine/fleet.ts'
import { planOf } from '../engine/plans.ts'
import { BASE, documentOf, previewFrom } from './previews.ts'

const PUT: PutAction = {
  kind: 'put',
  source: { kind: 'src', text: `${BASE}/files/app.conf` },
  dest: '/etc/app.conf',
  parents: false,
  timeoutMs: 1000,
}
const RUN: RunAction = {
  kind: 'run',
  script: 'make install',
  env: [],
  creates: ['/opt/app'],
  removes: [],
  readOnly: false,
  timeoutMs: 1000,
}
const GET: GetAction = { kind: 'get', src: '/var/log/app', dest: `${BASE}/logs/h0`, timeoutMs: 1000 }
const CHANGE: Verdict = { kind: 'change' }
const SAME: Verdict = { kind: 'no change' }

const sketchOf = (action: Action): Sketch => ({ kind: 'action', action, conditions: [] })

function putNode(before: string, verdict = CHANGE): NodePreview {
  const finding: PutFinding = {
    kind: 'put',
    outlook: 'writes',
    before,
    targets: ['/etc/app.conf'],
    changes: [],
    counts: { new: 0, changed: 1, same: 0 },
    bytes: 1,
    missing: [],
  }
  return { verdict, sketch: sketchOf(PUT), finding }
}

function runNode(outlook: 'runs' | 'held', action: RunAction = RUN): NodePreview {
  const reads = { exists: [], contents: [] }
  const verdict = outlook === 'runs' && !action.readOnly ? CHANGE : SAME
  return { verdict, sketch: sketchOf(action), finding: { kind: 'run', outlook, reads } }
}

function getNode(before: string): NodePreview {
  const local = { new: 1, same: 0, changed: 0, overwritten: [] }
  const finding = { kind: 'get', outlook: 'fetches', files: 1, bytes: 1, local, before, reads: [] } as const
  return { verdict: CHANGE, sketch: sketchOf(GET), finding }
}

function result(outcome: Outcome, more: Partial<NodeResult> = {}): NodeResult {
  return { outcome, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0, ...more }
}

const acts = (action: Action): Rendered => ({ kind: 'action', action })
const ends = (outcome: Outcome, more: Partial<NodeResult> = {}): Rendered => ({
  kind: 'result',
  result: result(outcome, more),
})

interface Told {
  readonly judgement?: Judgement
  readonly ended?: unknown[]
}

function programThat(rendered: Rendered, { judgement, ended = [] }: Told = {}): Program {
  return {
    render: () => rendered,
    judge: (_step, _host, own) => judgement ?? { kind: 'stands', result: own },
    ended: (...told) => void ended.push(told),
  }
}

/** What a node that was planned as `node` says to what the run renders: once from the preview, once from a file. */
function outcomesOf(node: NodePreview | undefined, rendered: Rendered): readonly [Rendered, Rendered] {
  const preview = previewFrom(planOf(1, [{ targets: [0] }]), () => node)
  const { text } = sealPlan(documentOf(preview), own => own)
  const { document } = parsePlan(Buffer.from(text), 'p.json')
  const render = (planned: ReturnType<typeof plannedNodesOf>) =>
    plannedProgram(programThat(rendered), planned).render(0, 0)
  return [render(plannedNodesOf(preview, [BASE])), render(plannedNodesIn(document, [BASE]))]
}

function agreed(node: NodePreview | undefined, rendered: Rendered): Rendered {
  const [inMemory, fromFile] = outcomesOf(node, rendered)
  expect(fromFile).toEqual(inMemory)
  return inMemory
}

/** Why it is refused. */
function drift(node: NodePreview | undefined, rendered: Rendered): string | undefined {
  const own = agreed(node, rendered)
  return own.kind === 'result' && own.result.outcome === 'refused' ? own.result.failure?.message : undefined
}

describe('what is still as it was planned', () => {
  test('is done, and carries what the host must still have', () => {
    expect(agreed(putNode('file 0644'), acts(PUT))).toEqual(acts({ ...PUT, planned: 'file 0644' }))
    expect(agreed(putNode('file 0644', SAME), acts(PUT))).toEqual(acts({ ...PUT, planned: 'file 0644' }))
    expect(agreed(runNode('runs'), acts(RUN))).toEqual(acts({ ...RUN, planned: 'runs' }))
    expect(agreed(runNode('held'), acts(RUN))).toEqual(acts({ ...RUN, planned: 'held' }))
    expect(agreed(getNode('nothing'), acts(GET))).toEqual(acts({ ...GET, planned: 'nothing' }))
  })

  test('may be done already where the plan was applied before', () => {
    const again = (node: NodePreview, action: Action) => {
      const plan = planOf(1, [{ targets: [0] }])
      const planned = plannedNodesOf(
        previewFrom(plan, () => node),
        [BASE],
      )
      return plannedProgram(programOf({ render: () => acts(action) }), planned, true).render(0, 0)
    }
    expect(again(putNode('new'), PUT)).toEqual(acts({ ...PUT, planned: 'new', again: true }))
    expect(again(runNode('runs'), RUN)).toEqual(acts({ ...RUN, planned: 'runs', again: true }))
    expect(again(getNode('nothing'), GET)).toEqual(acts({ ...GET, planned: 'nothing', again: true }))
  })

  test('is done freely where nobody looked, or where it only looks itself', () => {
    expect(agreed({ verdict: CHANGE, sketch: sketchOf(RUN) }, acts(RUN))).toEqual(acts(RUN))
    const look = { ...RUN, readOnly: true }
    expect(agreed(runNode('held', look), acts(look))).toEqual(acts(look))
  })

  test('is skipped, asserted or waited for', () => {
    const skip: NodePreview = {
      verdict: { kind: 'skip', because: 'its when is false' },
      sketch: { kind: 'skipped', note: 'its when is false' },
    }
    expect(agreed(skip, ends('skipped'))).toEqual(ends('skipped'))
    const assert: NodePreview = { verdict: SAME, sketch: { kind: 'assert', that: ['true'], conditions: [] } }
    expect(agreed(assert, ends('ok'))).toEqual(ends('ok'))
    const pause: NodePreview = { verdict: SAME, sketch: { kind: 'pause', ms: 7, conditions: [] } }
    expect(agreed(pause, { kind: 'pause', ms: 7 })).toEqual({ kind: 'pause', ms: 7 })
  })

  test('cleans up once something has failed, though the plan saw nothing that would', () => {
    const cleanup: NodePreview = {
      verdict: { kind: 'skip', because: NOTHING_FAILS },
      sketch: { kind: 'skipped', note: NOTHING_FAILS },
    }
    expect(agreed(cleanup, acts(RUN))).toEqual(acts(RUN))
  })

  test('need not be known: an unknown node is what it comes to', () => {
    const unknown: NodePreview = {
      ...putNode('file 0644'),
      verdict: { kind: 'unknown', because: 'steps.a would change first' },
    }
    for (const rendered of [acts(RUN), ends('skipped'), ends('ok'), { kind: 'pause', ms: 1 } as const])
      expect(agreed(unknown, rendered)).toEqual(rendered)
  })
})

describe('what has drifted is refused and says how', () => {
  test('another action, with what of it differs', () => {
    expect(drift(putNode('x'), acts({ ...PUT, dest: '/etc/other.conf', mode: '0600' }))).toBe(
      'this is not what was planned: it would do something else than was planned (dest, mode)',
    )
    expect(
      drift(putNode('x'), acts({ ...PUT, source: { kind: 'src', text: `${BASE}/files/b.conf` } })),
    ).toContain('(what is put)')
    expect(drift(runNode('runs'), acts({ ...RUN, script: 'rm -rf /' }))).toContain('(script)')
    expect(drift(runNode('runs'), acts(PUT))).toContain('(the kind of step)')
  })

  test('a change where a skip was planned, and a skip where a change was', () => {
    const skip: NodePreview = {
      verdict: { kind: 'skip', because: 'vars.x is false' },
      sketch: sketchOf(PUT),
    }
    expect(drift(skip, acts(PUT))).toBe(
      'this is not what was planned: it was planned to be skipped (vars.x is false)',
    )
    expect(drift(putNode('x'), ends('skipped', { note: 'vars.x is false' }))).toBe(
      'this is not what was planned: it was not planned to be skipped (vars.x is false)',
    )
    expect(drift(putNode('x', SAME), ends('skipped'))).toContain('it was not planned to be skipped')
  })

  test('a pause of another length, an assertion that is gone, a node that the plan lacks', () => {
    const pause: NodePreview = { verdict: SAME, sketch: { kind: 'pause', ms: 7, conditions: [] } }
    expect(drift(pause, { kind: 'pause', ms: 8 })).toContain('another pause')
    const assert: NodePreview = { verdict: SAME, sketch: { kind: 'assert', that: ['true'], conditions: [] } }
    expect(drift(assert, acts(RUN))).toContain('an assertion')
    expect(drift(putNode('x'), ends('ok'))).toContain('it was planned to be a put')
    expect(drift(undefined, acts(PUT))).toContain('the plan does not have it')
  })

  test('but a value that does not fit is told as what it is', () => {
    const failed = ends('failed', { failure: { code: 'step_render', message: 'no such item' } })
    expect(agreed(putNode('x'), failed)).toEqual(failed)
  })
})

test('paths count from where the project lies now', () => {
  const preview = previewFrom(planOf(1, [{ targets: [0] }]), () => putNode('x'))
  const { document } = parsePlan(Buffer.from(sealPlan(documentOf(preview), own => own).text), 'p.json')
  const moved: PutAction = { ...PUT, source: { kind: 'src', text: '/ci/checkout/files/app.conf' } }
  const program = plannedProgram(programThat(acts(moved)), plannedNodesIn(document, ['/ci/checkout']))
  expect(program.render(0, 0)).toEqual(acts({ ...moved, planned: 'x' }))
})

test('what drover does for itself is in no plan', () => {
  const plan = planOf(1, [{ targets: [0] }])
  const hidden = { ...plan, steps: plan.steps.map(step => ({ ...step, hidden: true })) }
  const planned = plannedNodesOf(
    previewFrom(hidden, () => undefined),
    [BASE],
  )
  expect(plannedProgram(programThat(acts(RUN)), planned).render(0, 0)).toEqual(acts(RUN))
})

describe('a further attempt', () => {
  function second(first: NodeResult, node = runNode('runs'), action: Action = RUN): Rendered {
    const preview = previewFrom(planOf(1, [{ targets: [0] }]), () => node)
    const program = plannedProgram(
      programThat(acts(action), { judgement: { kind: 'again', ms: 1 } }),
      plannedNodesOf(preview, [BASE]),
    )
    program.render(0, 0)
    program.judge(0, 0, first, 1)
    return program.render(0, 0)
  }

  test('is not held to what the first one has changed', () => {
    expect(second(result('failed', { exitCode: 1 }))).toEqual(acts({ ...RUN, planned: 'runs', again: true }))
    expect(second(result('ok'), putNode('new'), PUT)).toEqual(acts(PUT))
  })

  test('may find done what the first one may have done, and nothing else', () => {
    expect(second(result('unknown'))).toEqual(acts({ ...RUN, planned: 'runs', again: true }))
    expect(second(result('unknown'), putNode('new'), PUT)).toEqual(
      acts({ ...PUT, planned: 'new', again: true }),
    )
    expect(second(result('ok'), runNode('held'))).toEqual(acts({ ...RUN, planned: 'held', again: true }))
  })

  test('is held to the plan where the first one never got there', () => {
    const failure = { code: 'channel_refused', message: 'no' } as const
    expect(second(result('failed', { failure }))).toEqual(acts({ ...RUN, planned: 'runs' }))
  })
})

test('what ended is told to the program inside', () => {
  const ended: unknown[] = []
  const planned = plannedNodesOf(
    previewFrom(planOf(1, [{ targets: [0] }]), () => putNode('x')),
    [BASE],
  )
  plannedProgram(programThat(acts(PUT), { ended }), planned).ended(0, 0, 'ok', result('ok'))
  expect(ended).toEqual([[0, 0, 'ok', result('ok')]])
})

describe('a host that could not be reached when the plan was made', () => {
  const plan = planOf(3, [{ targets: [0, 1, 2], delegates: [0, 1, 1] }])
  const unknown: NodePreview = {
    verdict: { kind: 'unknown', because: 'h1 is unreachable' },
    sketch: sketchOf(RUN),
  }
  const preview = previewFrom(plan, () => unknown, {
    unreachable: new Map([[1, { code: 'connect_refused', message: 'no' }]]),
  })
  const { document } = parsePlan(Buffer.from(sealPlan(documentOf(preview), own => own).text), 'p.json')

  test('is to do nothing, nor for others; unknown nodes of other hosts are free', () => {
    for (const planned of [plannedNodesOf(preview, [BASE]), plannedNodesIn(document, [BASE])])
      expect([0, 1, 2].map(host => planned.node(0, host).kind)).toEqual(['free', 'unseen', 'unseen'])
  })

  test('is not told from others where it was known that it had nothing to do', () => {
    const skip: NodePreview = {
      verdict: { kind: 'skip', because: 'when: false' },
      sketch: { kind: 'skipped', note: 'when: false' },
    }
    const own = plannedNodesOf({ ...preview, node: () => skip }, [BASE])
    expect(own.node(0, 1).kind).toBe('skip')
  })
})
