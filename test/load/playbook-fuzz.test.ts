import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { parsePlaybook } from '../../src/load/playbook.ts'
import type { Step } from '../../src/model/playbook.ts'

const KEYS = [
  ...[
    'id',
    'name',
    'hosts',
    'needs',
    'when',
    'for_each',
    'parallel',
    'run',
    'put',
    'get',
    'assert',
    'pause',
    'use',
  ],
  ...[
    'steps',
    'with',
    'rolling',
    'retry',
    'timeout',
    'tags',
    'become',
    'semaphores',
    'env',
    'cwd',
    'once',
    'shell',
  ],
  ...[
    'creates',
    'writes',
    'max_failures',
    'throttle',
    'delegate_to',
    'vars',
    'params',
    'defaults',
    'type',
    'default',
  ],
  ...[
    'batch',
    'attempts',
    'delay',
    'until',
    'that',
    'message',
    'step',
    'on',
    'if',
    'src',
    'dest',
    'template',
    'mode',
  ],
]

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    '',
    'a',
    'yes',
    '25%',
    '5m',
    '${{ vars.x }}',
    '${{',
    '* x',
  ),
  fc.constantFrom<unknown>(
    [],
    {},
    [[]],
    [null],
    { a: 1 },
    'package',
    'nope.yml',
    '../x.yml',
    '\u0000',
    '%',
    '- a',
  ),
  fc.string({ maxLength: 8, unit: 'binary' }),
)

const { tree } = fc.letrec<{ tree: unknown; map: unknown; list: unknown }>(tie => ({
  tree: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, odd, tie('map'), tie('list')),
  map: fc.dictionary(fc.constantFrom(...KEYS), tie('tree'), { maxKeys: 6 }),
  list: fc.array(tie('tree'), { maxLength: 4 }),
}))

/** Every number in a step is one that can be worked with. */
function checkNumbers(step: Step): void {
  const { timeoutMs = 1, throttle = 1, parallel, retry } = step
  for (const n of [
    timeoutMs,
    throttle,
    parallel,
    retry?.attempts ?? 1,
    retry?.delayMs ?? 1,
    retry?.backoff ?? 1,
  ])
    expect(Number.isFinite(n)).toBe(true)
  if (step.spec.kind === 'group') step.spec.steps.forEach(checkNumbers)
}

test('whatever stands in a playbook, problems are told at places in it, or it is sound', () => {
  const playbook = fc.record(
    {
      hosts: fc.constant('all'),
      params: tree,
      vars: tree,
      defaults: tree,
      steps: fc.array(tree, { maxLength: 4 }),
    },
    { requiredKeys: ['steps'] },
  )
  fc.assert(
    fc.property(playbook, data => {
      const text = stringify(data)
      const lines = text.split('\n')
      const { playbook, problems } = parsePlaybook('play.yml', '/nowhere', text)
      for (const { where, message } of problems) {
        expect(message).not.toMatch(/undefined|\[object|NaN/)
        if (where?.file !== 'play.yml') continue
        expect(where.line).toBeLessThanOrEqual(lines.length)
        expect(where.source?.length ?? 0).toBeGreaterThanOrEqual(where.col - 1)
      }
      if (problems.length === 0) playbook?.steps.forEach(checkNumbers)
    }),
    { numRuns: 1000 },
  )
})
