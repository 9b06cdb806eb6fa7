import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { NO_BATCH } from '../../src/model/plan.ts'
import type { Preview } from '../../src/model/preview.ts'
import type { Sketch } from '../../src/model/sketch.ts'
import { renderPreviewJson } from '../../src/render/preview/json.ts'
import { renderVerdictsJson, type VerdictJsonOptions } from '../../src/render/preview/verdicts-json.ts'
import {
  edited,
  fails,
  gets,
  held,
  made,
  putSketch,
  puts,
  ran,
  runFinding,
  runSketch,
  runs,
  samplePreview,
  skip,
  unknown,
} from './sample-preview.ts'
import { lateExpr, richPlan } from './sample-run.ts'

const schema = JSON.parse(
  readFileSync(new URL('../../schema/preview.schema.json', import.meta.url), 'utf8'),
) as object
const isPreview = new Ajv2020({ strict: true, ownProperties: true }).compile(schema)

/** The document, which the published schema takes. */
function valid(text: string) {
  const document = JSON.parse(text)
  expect(isPreview(document), JSON.stringify(isPreview.errors, null, 1)).toBe(true)
  return document
}

function json(preview: Preview, options: VerdictJsonOptions = {}) {
  return valid(renderVerdictsJson(preview, options))
}

const HOSTS = ['web1', 'web2', 'web3']

/** A plan that has everything that a plan can have. */
const plan = richPlan(
  [...HOSTS, 'lb1'],
  {
    facts: { on: HOSTS, hidden: true },
    look: {
      on: HOSTS,
      retry: { attempts: 3, delayMs: 1000, backoff: 1.5, until: lateExpr('result.exit_code == 0') },
      changedWhen: lateExpr('false'),
      failedWhen: lateExpr('false'),
      semaphores: [0],
      throttle: 2,
      tags: ['a'],
    },
    conf: { on: HOSTS, needs: [['look', 'all', 'always']], in: 'roll', rolling: 0, delegate: 'lb1' },
    gone: { on: [], excluded: 'tags' },
    check: { on: HOSTS },
    wait: { on: HOSTS },
    save: { on: HOSTS },
  },
  {
    groups: [
      { kind: 'group', id: 'all' },
      { kind: 'group', id: 'roll', in: 'all' },
    ],
    semaphores: [{ name: 'mirror', permits: 5 }],
    maxFailures: 1,
    rollings: [
      { batchOf: Uint32Array.from([0, 1, 1, NO_BATCH]), batches: 2, steps: [2], tolerated: 0, pauseMs: 5 },
    ],
  },
)

const CHECK: Sketch = { kind: 'assert', that: ['facts.x'], message: 'no', conditions: ['steps.look.ok'] }
const WAIT: Sketch = { kind: 'pause', ms: 5, conditions: [] }
const WRONG: Sketch = { kind: 'failure', failure: { code: 'step_render', message: 'x holds a NUL' } }
const FAILURE = { code: 'remote_file', message: '/opt is a file', hint: 'remove it' } as const

describe('a connected preview as JSON', () => {
  test('has verdicts, what they rest on, and hosts together that are alike', () => {
    const changed = puts([edited('/etc/app.conf', '@@ -1 +1 @@\n-a\n+b\n')])
    const preview = samplePreview(
      plan,
      {
        look: host => (host === 'web1' ? ran('v1\n') : ran('v2\n')),
        conf: host => (host === 'web1' ? changed : skip('not vars.x')),
        check: unknown('steps.look.stdout is not known before', CHECK),
        wait: fails('/opt is a file', runSketch(), { finding: runFinding('fails', { failure: FAILURE }) }),
        save: host => gets(host, { new: 1 }),
      },
      { web3: { code: 'connect_refused', message: 'refused', hint: 'start sshd' } },
    )
    const document = json(preview)
    expect(document).toMatchObject({
      v: 1,
      connected: true,
      nodes: 18,
      counts: { change: 3, unchanged: 2, skipped: 1, unknown: 4, failing: 2, unreachable: 1 },
      unreachable: [{ hosts: ['web3'], code: 'connect_refused', message: 'refused', hint: 'start sshd' }],
      max_failures: 1,
      semaphores: { mirror: 5 },
    })
    const groups = Object.fromEntries(
      document.steps.map((step: Record<string, unknown>) => [step.id, step.groups]),
    )
    expect(groups.facts).toEqual([])
    expect(groups.look).toMatchObject([
      { hosts: ['web1', 'web2'], verdict: 'no change', result: { outcome: 'ok', exit_code: 0 } },
      { hosts: ['web3'], verdict: 'unknown', because: 'the host could not be reached' },
    ])
    expect(groups.conf.slice(0, 2)).toMatchObject([
      {
        hosts: ['web1'],
        delegate: 'lb1',
        verdict: 'change',
        finding: { kind: 'put', changes: [{ path: '/etc/app.conf' }] },
      },
      {
        hosts: ['web2'],
        verdict: 'skip',
        because: 'not vars.x',
        action: { kind: 'skip', reason: 'not vars.x' },
      },
    ])
    expect(groups.check[0]).toMatchObject({ only_when: ['steps.look.ok'], action: { kind: 'assert' } })
    expect(groups.wait[0]).toMatchObject({ verdict: 'unknown', fails: true, finding: { failure: FAILURE } })
    expect(groups.save[0]).toMatchObject({
      hosts: ['web1', 'web2'],
      action: { kind: 'get', dest: '/play/logs' },
    })
  })

  test('every kind of finding and action fits the schema', () => {
    const nodes = [
      runs(
        'make',
        {
          cwd: '/x',
          env: [['A', 'b']],
          stdin: 'y',
          shell: 'bash',
          writes: ['/x/*'],
          reconnect: true,
          unless: 'a',
          onlyIf: 'b',
          planned: 'runs',
          become: { method: 'sudo', user: 'root' },
        },
        { reads: { exists: [], contents: 'anything' } },
      ),
      held('what it creates is there', { creates: ['/x'] }),
      puts(
        [
          made('/a', { type: 'link', after: { target: 'b' } }),
          made('/b', {
            change: 'replaced',
            before: { target: 'x' },
            diff: { kind: 'none', because: 'binary' },
          }),
          made('/c', { before: { size: 1, mode: '0644', owner: 'a', group: '0' } }),
        ],
        {
          missing: ['/x'],
          unlessMade: FAILURE,
          note: 'byte by byte',
          sketch: putSketch('/a', '/s/', { mode: '0600', owner: 'a', group: 'b', planned: 'x' }),
        },
      ),
      { ...unknown('x', WAIT), finding: { kind: 'unseen', failure: FAILURE } },
      gets('web1', {}, { outlook: 'fails', failure: FAILURE }),
      unknown('x', WRONG),
      {
        ...ran(''),
        result: { ...ran('').result!, outcome: 'failed', signal: 'TERM', note: 'x', failure: FAILURE },
      },
    ] as const
    const steps = Object.fromEntries(nodes.map((_, at) => [`s${at}`, { on: ['web1'] }]))
    const preview = samplePreview(
      richPlan(['web1'], steps),
      Object.fromEntries(nodes.map((node, at) => [`s${at}`, node])),
    )
    const document = json(preview, {
      git: { commit: 'abc', dirty: ['a'], dirtyCount: 1, remote: { name: 'origin', url: 'x' } },
    })
    expect(document.git).toEqual({
      commit: 'abc',
      dirty: ['a'],
      dirty_count: 1,
      remote: { name: 'origin', url: 'x' },
    })
    expect(document.steps[2].groups[0].finding).toMatchObject({ unless_made: FAILURE, note: 'byte by byte' })
  })

  test('is the same each time, whatever time things took', () => {
    const at = (durationMs: number) =>
      renderVerdictsJson(
        samplePreview(richPlan(['web1'], { a: { on: ['web1'] } }), { a: ran('', { durationMs }) }),
      )
    expect(at(1)).toBe(at(2))
  })

  test('without diffs texts of files are left out, and why there is no diff is not', () => {
    const node = puts([
      edited('/a', '@@ -1 +1 @@\n-x\n+y\n'),
      made('/b', { diff: { kind: 'none', because: 'size' } }),
    ])
    const { changes } = json(samplePreview(richPlan(['web1'], { a: { on: ['web1'] } }), { a: node }), {
      diff: false,
    }).steps[0].groups[0].finding
    expect(changes.map(({ diff }: { diff?: unknown }) => diff)).toEqual([
      undefined,
      { kind: 'none', because: 'size' },
    ])
  })

  test('no secret is in it, and a terminal that shows it obeys nothing', () => {
    const nasty = 'run\x1b[2J\x9b\u202e\u2028'
    const preview = samplePreview(
      richPlan(['web1', 'web2'], { a: { on: HOSTS, title: '\u202e' } }),
      { a: runs(`s3cret ${nasty}`, { env: [['kind', 's3cret']] }, { note: nasty }) },
      { web2: { code: 'connect_failed', message: `s3cret ${nasty}` } },
    )
    const masked = (text: string) => text.replaceAll('s3cret', '***').replaceAll('change', '###')
    const text = renderVerdictsJson(preview, { masked })
    expect(text).not.toMatch(/s3cret|[\x1b\x9b\u202e\u2028]/)
    const [group] = valid(text).steps[0].groups
    expect(group.verdict).toBe('change')
    expect(group.action).toMatchObject({ script: `*** ${nasty}`, env: { kind: '***' } })
  })
})

test('an offline preview fits the schema too', () => {
  const sketches: Readonly<Record<string, Sketch>> = { check: CHECK, wait: WAIT, save: WRONG }
  const text = renderPreviewJson(plan, step => sketches[plan.steps[step]?.id ?? ''] ?? runSketch())
  expect(valid(text)).toMatchObject({ v: 1, connected: false, nodes: 18 })
})

test('a document of another kind does not fit', () => {
  const document = JSON.parse(renderPreviewJson(plan, () => runSketch()))
  expect(isPreview({ ...document, connected: true })).toBe(false)
  expect(isPreview({ ...document, other: 1 })).toBe(false)
})
