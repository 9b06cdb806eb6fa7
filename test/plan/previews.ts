import fc from 'fast-check'
import type { Action } from '../../src/model/action.ts'
import type { Failure } from '../../src/model/errors.ts'
import type { EntryChange, FileState, Finding } from '../../src/model/finding.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { NodePreview, Preview, Verdict } from '../../src/model/preview.ts'
import type { Sketch } from '../../src/model/sketch.ts'
import type { PlanDocument } from '../../src/plan/document.ts'
import { factorNodes } from '../../src/plan/factor.ts'
import { storePlan } from '../../src/plan/store-plan.ts'
import { planOf } from '../engine/plans.ts'

export const BASE = '/srv/project'

/** Texts as users and hosts write them, names of prototypes and halves of surrogate pairs among them. */
const anyText = fc.oneof(
  { weight: 5, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  fc.constantFrom('__proto__', 'constructor', '\ud800', '\u2028', '\0', 'é', 'kind', '}', '\ufffd', '\ufeff'),
)
const count = fc.nat({ max: 2 ** 40 })
const texts = fc.array(anyText, { maxLength: 3 })

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

/** Without the keys whose value is undefined, as the model wants it. */
function compact<T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, own]) => own !== undefined)) as T
}

function record<T extends object>(
  arbitraries: { readonly [K in keyof T]-?: fc.Arbitrary<T[K] | undefined> },
) {
  return fc.record(arbitraries as Record<string, fc.Arbitrary<unknown>>).map(value => compact<T>(value as T))
}

const localPath = fc.constantFrom(BASE, `${BASE}/files/`, `${BASE}/a*`, '/elsewhere/x', `${BASE}-other/x`)
const failure = record<Failure>({
  code: fc.constantFrom('remote_file', 'local_file', 'step_exit'),
  message: anyText,
  hint: optional(anyText),
})
const become = optional(fc.constantFrom({ method: 'sudo', user: 'root' } as const))

const action: fc.Arbitrary<Action> = fc.oneof(
  record<Extract<Action, { kind: 'run' }>>({
    kind: fc.constant('run'),
    script: anyText,
    shell: optional(anyText),
    cwd: optional(anyText),
    env: fc.array(fc.tuple(anyText, anyText), { maxLength: 2 }),
    stdin: optional(anyText),
    creates: texts,
    removes: texts,
    unless: optional(anyText),
    onlyIf: optional(anyText),
    readOnly: fc.boolean(),
    writes: optional(texts),
    idempotent: optional(fc.constant(true)),
    detach: optional(fc.constant(true)),
    reconnect: optional(fc.constant(true)),
    planned: fc.constant(undefined),
    again: fc.constant(undefined),
    become,
    secrets: optional(fc.constant([{ in: 'stdin' as const, secret: 'a', start: 0, end: 1 }])),
    timeoutMs: count,
  }),
  record<Extract<Action, { kind: 'put' }>>({
    kind: fc.constant('put'),
    source: fc.oneof(
      fc.record({ kind: fc.constant('content' as const), text: anyText }),
      fc.record({ kind: fc.constant('src' as const), text: localPath }),
    ),
    dest: anyText,
    mode: optional(fc.constantFrom('0644', '0600')),
    owner: optional(anyText),
    group: optional(anyText),
    parents: fc.boolean(),
    planned: fc.constant(undefined),
    again: fc.constant(undefined),
    become,
    secrets: optional(fc.constant([{ in: 'content' as const, secret: 'a', start: 0, end: 1 }])),
    timeoutMs: count,
  }),
  record<Extract<Action, { kind: 'get' }>>({
    kind: fc.constant('get'),
    src: anyText,
    dest: localPath,
    planned: fc.constant(undefined),
    again: fc.constant(undefined),
    become,
    timeoutMs: count,
  }),
)

const sketch: fc.Arbitrary<Sketch> = fc.oneof(
  fc.record({ kind: fc.constant('action' as const), action, conditions: texts }),
  record<Extract<Sketch, { kind: 'assert' }>>({
    kind: fc.constant('assert'),
    that: texts,
    message: optional(anyText),
    conditions: texts,
  }),
  fc.record({ kind: fc.constant('pause' as const), ms: count, conditions: texts }),
  fc.record({ kind: fc.constant('skipped' as const), note: anyText }),
  fc.record({ kind: fc.constant('failure' as const), failure }),
)

const before = fc
  .array(fc.oneof(anyText, fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hex)), { maxLength: 4 })
  .map(pieces => pieces.join(' '))

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

const fileState = record<FileState>({
  size: optional(count),
  mode: optional(fc.constant('0644')),
  owner: optional(anyText),
  group: optional(anyText),
  target: optional(anyText),
})

const change = record<EntryChange>({
  path: anyText,
  type: fc.constantFrom('file', 'folder', 'link'),
  change: fc.constantFrom('new', 'content', 'attributes', 'replaced'),
  before: optional(fileState),
  after: fileState,
  diff: optional(
    fc.oneof(
      fc.record({ kind: fc.constant('text' as const), text: anyText }),
      fc.constant({ kind: 'none', because: 'binary' } as const),
    ),
  ),
})

const finding: fc.Arbitrary<Finding> = fc.oneof(
  record<Extract<Finding, { kind: 'run' }>>({
    kind: fc.constant('run'),
    outlook: fc.constantFrom('runs', 'held', 'fails'),
    note: optional(anyText),
    failure: optional(failure),
    reads: fc.record({ exists: texts, contents: fc.oneof(texts, fc.constant('anything' as const)) }),
    writes: optional(fc.record({ globs: texts, ways: texts })),
  }),
  record<Extract<Finding, { kind: 'put' }>>({
    kind: fc.constant('put'),
    outlook: fc.constantFrom('writes', 'same', 'fails'),
    failure: optional(failure),
    before,
    targets: texts,
    ways: optional(fc.oneof(texts, fc.constant('unsure' as const))),
    changes: fc.array(change, { maxLength: 2 }),
    counts: fc.record({ new: count, changed: count, same: count }),
    bytes: count,
    missing: texts,
    unlessMade: optional(failure),
    note: optional(anyText),
  }),
  record<Extract<Finding, { kind: 'get' }>>({
    kind: fc.constant('get'),
    outlook: fc.constantFrom('fetches', 'fails'),
    failure: optional(failure),
    files: count,
    bytes: count,
    local: fc.record({
      new: count,
      same: count,
      changed: count,
      overwritten: fc.array(localPath, { maxLength: 2 }),
    }),
    before,
    reads: texts,
  }),
  fc.record({ kind: fc.constant('unseen' as const), failure }),
)

const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  fc.constantFrom<Verdict>({ kind: 'change' }, { kind: 'no change' }),
  fc.record({ kind: fc.constant('skip' as const), because: anyText }),
  record<Extract<Verdict, { kind: 'unknown' }>>({
    kind: fc.constant('unknown'),
    because: anyText,
    fails: optional(fc.constant(true)),
  }),
)

const captured = fc.record({ head: anyText, tail: anyText, bytes: count, truncated: fc.boolean() })

const node: fc.Arbitrary<NodePreview> = record<NodePreview>({
  verdict,
  sketch,
  finding: optional(finding),
  result: optional(
    fc.record({
      outcome: fc.constantFrom('ok', 'failed'),
      stdout: captured,
      stderr: captured,
      durationMs: fc.nat(),
    }),
  ),
  partial: fc.constant(undefined),
})

/** Plans of a few steps and hosts, whose nodes say anything at all. */
export const anyPreview: fc.Arbitrary<Preview> = fc
  .record({
    hosts: fc.integer({ min: 1, max: 6 }),
    targets: fc.array(fc.array(fc.nat({ max: 5 }), { maxLength: 6 }), { minLength: 1, maxLength: 4 }),
    nodes: fc.array(fc.option(node, { nil: undefined, freq: 9 }), { minLength: 1, maxLength: 6 }),
    rolls: fc.boolean(),
  })
  .map(({ hosts, targets, nodes, rolls }) => {
    const plan = planOf(
      hosts,
      targets.map((own, at) => ({
        targets: [...new Set(own.filter(host => host < hosts))].sort(),
        edges: at === 0 ? [] : [{ from: at - 1, on: 'host', if: 'success' }],
        ...(rolls ? { rolling: 0, delegates: Array.from({ length: hosts }, () => 0) } : {}),
      })),
      rolls
        ? {
            rollings: [
              {
                batchOf: Uint32Array.from({ length: hosts }, (_, host) => (host === 1 ? 0xffff_ffff : host)),
                batches: hosts,
                steps: targets.map((_, at) => at),
                tolerated: 1,
                pauseMs: 1000,
              },
            ],
            maxFailures: 2,
          }
        : {},
    )
    return previewFrom(plan, (step, host) => nodes[(step * 7 + host) % nodes.length])
  })

export function previewFrom(
  plan: Plan,
  nodeOf: (step: number, host: number) => NodePreview | undefined,
  more: Partial<Preview> = {},
): Preview {
  const counts = { change: 1, unchanged: 2, skipped: 3, unknown: 4, failing: 1, unreachable: 0 }
  const targets = plan.steps.map(step => new Set(step.targets))
  const node = (step: number, host: number) => (targets[step]?.has(host) ? nodeOf(step, host) : undefined)
  return { plan, node, unreachable: new Map(), counts, ...more }
}

/** A plan file of a preview. */
export function documentOf(preview: Preview, more: Partial<PlanDocument> = {}): PlanDocument {
  return {
    made: { time: '2026-11-21T01:42:33Z', user: 'ann', version: '0.1.0' },
    options: { playbook: 'play.yml', run: { id: 'r1', user: 'ann', started: '2026-11-21T01:42:33Z' } },
    inputs: { roots: [], found: [] },
    plan: storePlan(preview.plan),
    sketches: 'A'.repeat(22 * preview.plan.steps.length),
    unreachable: [...preview.unreachable],
    counts: preview.counts,
    ...factorNodes(preview, [BASE]),
    ...more,
  }
}
