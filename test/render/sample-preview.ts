import type { PutAction, RunAction } from '../../src/model/action.ts'
import type { Failure } from '../../src/model/errors.ts'
import type { EntryChange, GetFinding, PutFinding, RunFinding } from '../../src/model/finding.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { NO_OUTPUT, type NodeResult } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { NodePreview, Preview, Verdict } from '../../src/model/preview.ts'
import type { Sketch } from '../../src/model/sketch.ts'
import { printed } from './sample-run.ts'

/** Makes previews by hand, as if hosts had been asked. */

type Nodes = Readonly<Record<string, NodePreview | ((host: string) => NodePreview | undefined)>>

/** What is not given is a `run: true` that does not change anything. */
export function samplePreview(
  plan: Plan,
  nodes: Nodes,
  unreachable: Readonly<Record<string, Failure>> = {},
): Preview {
  const down = new Map(
    Object.entries(unreachable).map(([name, failure]) => [
      plan.hosts.findIndex(host => host.name === name),
      failure,
    ]),
  )
  const targets = plan.steps.map(step => new Set(step.targets))
  const node = (step: number, host: number): NodePreview | undefined => {
    const at = plan.steps[step]
    if (at === undefined || at.hidden || targets[step]?.has(host) !== true) return undefined
    if (down.has(host)) return UNASKED
    const found = nodes[at.id] ?? SAME
    return typeof found === 'function' ? found(plan.hosts[host]?.name ?? '') : found
  }
  return { plan, node, unreachable: down, counts: countsOf(plan, node, down) }
}

function countsOf(plan: Plan, node: Preview['node'], down: Preview['unreachable']): Preview['counts'] {
  const verdicts = plan.steps
    .flatMap(step =>
      Array.from(step.targets)
        .filter(host => !down.has(host))
        .map(host => node(step.index, host)),
    )
    .flatMap(found => found?.verdict ?? [])
  const many = (kind: Verdict['kind']) => verdicts.filter(verdict => verdict.kind === kind).length
  return {
    change: many('change'),
    unchanged: many('no change'),
    skipped: many('skip'),
    unknown: many('unknown'),
    failing: verdicts.filter(verdict => verdict.kind === 'unknown' && verdict.fails).length,
    unreachable: down.size,
  }
}

const RUN: RunAction = {
  kind: 'run',
  script: 'true',
  env: [],
  creates: [],
  removes: [],
  readOnly: false,
  timeoutMs: LIMITS.stepMs,
}

export function runSketch(action: Partial<RunAction> = {}, ...conditions: string[]): Sketch {
  return { kind: 'action', action: { ...RUN, ...action }, conditions }
}

export function putSketch(dest: string, source = 'x', action: Partial<PutAction> = {}): Sketch {
  const kind = source.startsWith('/') ? 'src' : 'content'
  const put = {
    kind: 'put',
    source: { kind, text: source },
    dest,
    parents: false,
    timeoutMs: LIMITS.stepMs,
  } as const
  return { kind: 'action', action: { ...put, ...action }, conditions: [] }
}

const UNASKED: NodePreview = {
  verdict: { kind: 'unknown', because: 'the host could not be reached' },
  sketch: runSketch(),
}

export const SAME: NodePreview = { verdict: { kind: 'no change' }, sketch: runSketch() }

export function held(note: string, action: Partial<RunAction> = {}): NodePreview {
  return { verdict: { kind: 'no change' }, sketch: runSketch(action), finding: runFinding('held', { note }) }
}

export function runs(
  script: string,
  action: Partial<RunAction> = {},
  finding?: Partial<RunFinding>,
): NodePreview {
  return {
    verdict: { kind: 'change' },
    sketch: runSketch({ script, ...action }),
    finding: runFinding('runs', finding),
  }
}

/** A `read_only` step that ran. */
export function ran(stdout: string, result: Partial<NodeResult> = {}): NodePreview {
  return {
    verdict: { kind: 'no change' },
    sketch: runSketch({ readOnly: true }),
    result: {
      outcome: 'ok',
      exitCode: 0,
      stdout: printed(stdout),
      stderr: NO_OUTPUT,
      durationMs: 3,
      ...result,
    },
  }
}

export function skip(because: string): NodePreview {
  return { verdict: { kind: 'skip', because }, sketch: { kind: 'skipped', note: because } }
}

export function unknown(because: string, sketch = runSketch()): NodePreview {
  return { verdict: { kind: 'unknown', because }, sketch }
}

export function fails(because: string, sketch = runSketch(), rest: Partial<NodePreview> = {}): NodePreview {
  return { verdict: { kind: 'unknown', because, fails: true }, sketch, ...rest }
}

export function runFinding(outlook: RunFinding['outlook'], rest: Partial<RunFinding> = {}): RunFinding {
  return { kind: 'run', outlook, reads: { exists: [], contents: [] }, ...rest }
}

/** A put that would make these changes; none: what is there is right. */
export function puts(
  changes: readonly EntryChange[],
  {
    same = 0,
    sketch = putSketch(changes[0]?.path ?? '/x'),
    ...rest
  }: Partial<PutFinding> & {
    readonly same?: number
    readonly sketch?: Sketch
  } = {},
): NodePreview {
  const made = changes.filter(({ change }) => change === 'new').length
  const finding: PutFinding = {
    kind: 'put',
    outlook: changes.length === 0 ? 'same' : 'writes',
    before: 'file 0644 0:0 sha256:1',
    targets: changes.map(({ path }) => path),
    changes,
    counts: { new: made, changed: changes.length - made, same },
    bytes: 0,
    missing: [],
    ...rest,
  }
  return { verdict: { kind: changes.length === 0 ? 'no change' : 'change' }, sketch, finding }
}

/** A file whose text changes. */
export function edited(path: string, diff: string, rest: Partial<EntryChange> = {}): EntryChange {
  return {
    path,
    type: 'file',
    change: 'content',
    before: { size: 1200, mode: '0644' },
    after: { size: 1310, mode: '0644' },
    diff: { kind: 'text', text: diff },
    ...rest,
  }
}

export function made(path: string, rest: Partial<EntryChange> = {}): EntryChange {
  return { path, type: 'file', change: 'new', after: { size: 1310, mode: '0644' }, ...rest }
}

export function gets(
  host: string,
  local: Partial<GetFinding['local']>,
  rest: Partial<GetFinding> = {},
): NodePreview {
  const here = { new: 0, same: 0, changed: 0, overwritten: [], ...local }
  const finding: GetFinding = {
    kind: 'get',
    outlook: 'fetches',
    files: here.new + here.same + here.changed,
    bytes: 1_200_000,
    local: here,
    before: '',
    reads: ['/var/log/app'],
    ...rest,
  }
  return {
    verdict: { kind: here.new + here.changed > 0 ? 'change' : 'no change' },
    sketch: {
      kind: 'action',
      action: { kind: 'get', src: '/var/log/app', dest: `/play/logs/${host}`, timeoutMs: LIMITS.stepMs },
      conditions: [],
    },
    finding,
  }
}
