import { expect, test } from 'vitest'
import { parsePlaybook } from '../../src/load/playbook.ts'
import type { Playbook, Setting, Step, Text } from '../../src/model/playbook.ts'

function good(text: string): Playbook {
  const { playbook, problems } = parsePlaybook('play.yml', '/work', text)
  expect(problems).toEqual([])
  return playbook as Playbook
}

function onlyStep(text: string): Step {
  return good(`hosts: all\nsteps:\n${text}`).steps[0] as Step
}

/** Texts as their values, places left out: what a file says. */
function said(value: unknown): unknown {
  if (value instanceof Map) return said(Object.fromEntries(value))
  if (Array.isArray(value)) return value.map(said)
  if (typeof value !== 'object' || value === null) return value
  if ('at' in value) return (value as Text).value
  if ('texts' in value) return said((value as Setting).value)
  const entries = Object.entries(value).filter(
    ([key, item]) => key !== 'where' && key !== 'key' && item !== undefined,
  )
  return Object.fromEntries(entries.map(([key, item]) => [key, said(item)]))
}

test('a run step with all its options', () => {
  const step = onlyStep(`
  - run: make
    shell: bash
    unless: test -e a
    only_if: test -e b
    changed_when: result.stdout != ""
    failed_when: false
    writes: [/srv/**, /etc/app]
    idempotent: true
    detach: false
    reconnect: true
    stdin: 007
`)
  expect(said(step.spec)).toEqual({
    kind: 'run',
    script: 'make',
    shell: 'bash',
    unless: 'test -e a',
    onlyIf: 'test -e b',
    changedWhen: 'result.stdout != ""',
    failedWhen: 'false',
    writes: ['/srv/**', '/etc/app'],
    idempotent: true,
    detach: false,
    reconnect: true,
    readOnly: false,
    creates: [],
    removes: [],
    stdin: '007',
  })
})

test('what bears on when, where and how often a step runs', () => {
  const step = onlyStep(
    `
  - run: a
    when: true
    for_each: { a: 1.10, b: "\${{ vars.x }}" }
    parallel: 4
    retry: { attempts: 5, delay: 500ms, backoff: 1.5, until: result.exit_code == 0 }
    delegate_to: localhost
    once: true
    max_failures: 10%
    needs: { step: x, if: always }
    become: postgres
    become_method: su
    tags: [a, b]
`,
  )
  expect(said(step)).toMatchObject({
    when: 'true',
    forEach: { a: { kind: 'number', text: '1.10' }, b: '${{ vars.x }}' },
    parallel: 4,
    retry: { attempts: 5, delayMs: 500, backoff: 1.5, until: 'result.exit_code == 0' },
    delegateTo: 'localhost',
    once: true,
    maxFailures: { kind: 'percent', n: 10 },
    needs: [{ step: 'x', on: 'host', if: 'always' }],
    become: 'postgres',
    becomeMethod: 'su',
    tags: [{ name: 'a' }, { name: 'b' }],
  })
  expect([...(step.forEach?.texts.keys() ?? [])]).toEqual(['/b'])
})

test('what is not said is not there', () => {
  const step = onlyStep('  - run: a\n')
  expect(Object.keys(step).toSorted()).toEqual(
    ['id', 'mayOverlap', 'once', 'parallel', 'semaphores', 'spec', 'title', 'where'].toSorted(),
  )
  expect(Object.keys(step.spec).toSorted()).toEqual(
    ['creates', 'detach', 'idempotent', 'kind', 'readOnly', 'reconnect', 'removes', 'script'].toSorted(),
  )
})

test.each([
  ['retry: {}', { attempts: 3, delayMs: 1000, backoff: 1 }],
  ['retry: { delay: 0 }', { attempts: 3, delayMs: 0, backoff: 1 }],
  ['retry: { attempts: 1, delay: 2m }', { attempts: 1, delayMs: 120_000, backoff: 1 }],
])('%s', (text, retry) => {
  expect(onlyStep(`  - { run: a, ${text} }\n`).retry).toEqual(retry)
})

test.each([
  ['batch: 1', { batches: [{ kind: 'count', n: 1 }], pauseMs: 0 }],
  ['batch: 25%', { batches: [{ kind: 'percent', n: 25 }], pauseMs: 0 }],
  [
    'batch: [1, 10%, 50%], max_failures: 2, pause: 30s',
    {
      batches: [
        { kind: 'count', n: 1 },
        { kind: 'percent', n: 10 },
        { kind: 'percent', n: 50 },
      ],
      maxFailures: { kind: 'count', n: 2 },
      pauseMs: 30_000,
    },
  ],
])('rolling: { %s }', (text, rolling) => {
  expect(said(onlyStep(`  - { steps: [{ run: a }], rolling: { ${text} } }\n`).rolling)).toEqual(rolling)
})

test.each([
  ['assert: a', { kind: 'assert', that: ['a'] }],
  ['assert: true', { kind: 'assert', that: ['true'] }],
  ['assert: [a, false]', { kind: 'assert', that: ['a', 'false'] }],
  ['assert: { that: a, message: "m ${{ b }}" }', { kind: 'assert', that: ['a'], message: 'm ${{ b }}' }],
  ['assert: { that: [a, b] }', { kind: 'assert', that: ['a', 'b'] }],
  ['pause: 30', { kind: 'pause', ms: 30_000 }],
  ['pause: 500ms', { kind: 'pause', ms: 500 }],
  [
    'put: { template: a.tmpl, dest: /b }',
    { kind: 'put', source: { kind: 'template', text: 'a.tmpl' }, dest: '/b', parents: false },
  ],
])('%s', (text, spec) => {
  expect(said(onlyStep(`  - ${text}\n`).spec)).toEqual(spec)
})

test.each([
  ['true', true],
  ['false', false],
  ['root', 'root'],
  ['"${{ vars.user }}"', '${{ vars.user }}'],
])('become: %s', (text, become) => {
  expect(said(onlyStep(`  - { run: a, become: ${text} }\n`).become)).toBe(become)
})

test('groups hold steps, which may be groups; ids are those of one file', () => {
  const { steps } = good(`
hosts: all
steps:
  - id: outer
    become: true
    steps:
      - run: uptime
      - { name: Inner, steps: [{ run: uptime }, { id: run_uptime_2, run: b }] }
  - run: uptime
`)
  const ids = (list: readonly Step[]): unknown[] =>
    list.map(({ id, spec }) => (spec.kind === 'group' ? [id, ids(spec.steps)] : id))
  expect(ids(steps)).toEqual([
    ['outer', ['run_uptime', ['inner', ['run_uptime_3', 'run_uptime_2']]]],
    'run_uptime_4',
  ])
})

test.each([
  ['- { steps: [{ run: a }] }', 'group'],
  ['- { assert: x }', 'assert'],
  ['- { pause: 1 }', 'pause'],
  ['- { put: { template: a/nginx.conf.tmpl, dest: b } }', 'put_nginx_conf_tmpl'],
  ['- { name: Facts, run: a }', 'step_facts'],
])('the id of %s is %s', (text, id) => {
  expect(onlyStep(`  ${text}\n`).id).toBe(id)
})

test('at the top: params, semaphores, defaults', () => {
  const playbook = good(`
description: What it is for
params:
  name: { type: string, description: The name }
  port: { type: integer, default: 80, minimum: 1 }
  file: { type: string, format: path, default: a.conf }
  users: { type: array, items: { type: object, properties: { uid: { type: integer } } }, default: [] }
  env: { type: object, default: {} }
  any: { default: "\${{ host.name }}" }
  ratio: { type: number, default: 1.5 }
  on: { type: boolean, default: true }
semaphores: { mirror: 5 }
defaults: { become: true, become_method: doas, tags: base }
steps: [{ run: a, semaphores: mirror }]
`)
  expect(playbook.params.map(({ name, type, fallback }) => [name, said(type), said(fallback)])).toEqual([
    ['name', { kind: 'string' }, undefined],
    ['port', { kind: 'integer' }, { kind: 'number', text: '80' }],
    ['file', { kind: 'path' }, 'a.conf'],
    ['users', { kind: 'list', items: { kind: 'map', properties: { uid: { kind: 'integer' } } } }, []],
    ['env', { kind: 'map', properties: {} }, {}],
    ['any', { kind: 'any' }, '${{ host.name }}'],
    ['ratio', { kind: 'number' }, { kind: 'number', text: '1.5' }],
    ['on', { kind: 'boolean' }, true],
  ])
  expect(playbook.params[0]?.description).toBe('The name')
  expect(playbook.semaphores).toEqual(new Map([['mirror', 5]]))
  expect(said(playbook.defaults)).toEqual({ become: true, becomeMethod: 'doas', tags: [{ name: 'base' }] })
  expect(said(playbook.steps[0]?.semaphores)).toEqual([{ name: 'mirror' }])
})
