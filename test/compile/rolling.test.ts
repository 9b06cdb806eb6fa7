import { describe, expect, test } from 'vitest'
import { NO_BATCH } from '../../src/model/plan.ts'
import { inventoryOf, planOf, problemsOf } from './compiled.ts'
import { edgesOf, hostsOf } from './nodes.ts'

const WEB = Array.from({ length: 10 }, (_, n) => `web${n}`)
const INVENTORY = inventoryOf(Object.fromEntries([...WEB, 'db1'].map(name => [name, {}])), {
  web: WEB,
  db: ['db1'],
})
const rolling = (spec: string, members: string, before = '', after = '') =>
  `hosts: web\nsteps:\n${before}  - id: roll\n    rolling: ${spec}\n    steps:\n${members}${after}`
const TWO = '      - { id: a, run: "true" }\n      - { id: b, run: "true" }\n'
const made = (text: string, options = {}) => planOf(text, { inventory: INVENTORY, ...options }).plan
const wrong = (text: string) => problemsOf(text, { inventory: INVENTORY })

describe('a rolling group', () => {
  test.each([
    ['{ batch: 4 }', [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]],
    ['{ batch: 25% }', [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]],
    ['{ batch: [1, 30%, 50%] }', [0, 1, 1, 1, 2, 2, 2, 2, 2, 3]],
    ['{ batch: [1%, 100%] }', [0, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ])('%s', (spec, batches) => {
    const plan = made(rolling(spec, TWO))
    expect([...(plan.rollings[0]?.batchOf ?? [])]).toEqual(batches)
    expect(plan.rollings[0]).toMatchObject({ batches: (batches.at(-1) ?? 0) + 1, steps: [0, 1] })
    expect(plan.steps.map(step => step.rolling)).toEqual([0, 0])
  })

  test('tolerates failures, pauses, and leaves other hosts alone', () => {
    const plan = made(
      rolling(
        '{ batch: 5, max_failures: 25%, pause: 30s }',
        TWO,
        '',
        '  - { id: c, hosts: db, run: "true" }\n',
      ),
    )
    expect(plan.rollings[0]).toMatchObject({ tolerated: 2, pauseMs: 30_000 })
    expect(plan.rollings[0]?.batchOf[10]).toBe(NO_BATCH)
    expect(plan.steps.map(({ tolerated }) => tolerated)).toEqual([2, 2, 0])
  })

  test('a once step waits for its own host only', () => {
    expect(
      edgesOf(made(rolling('{ batch: 2 }', `${TWO}      - { id: o, once: true, run: "true" }\n`))),
    ).toEqual({ a: '', b: 'a', o: 'b' })
  })

  test('--limit makes the batches of what is left', () => {
    const plan = made(rolling('{ batch: 1 }', TWO), { limit: 'web3,web7' })
    expect(hostsOf(plan).a).toBe('web3 web7')
    expect([...(plan.rollings[0]?.batchOf ?? [])]).toEqual([0, 1])
  })
})

describe('what batches do not allow', () => {
  test.each([
    [
      'other hosts',
      rolling('{ batch: 1 }', `${TWO}      - { id: c, hosts: db, run: "true" }\n`),
      '"c" has other hosts than its rolling group "roll"',
    ],
    [
      'a barrier',
      rolling(
        '{ batch: 1 }',
        '      - { id: a, run: "true" }\n      - { id: b, run: "true", needs: [{ step: a, on: all }] }\n',
      ),
      '"b" cannot wait for all hosts of "a"',
    ],
    [
      'results of other hosts',
      rolling(
        '{ batch: 1 }',
        '      - { id: a, run: "true" }\n      - { id: b, run: \'echo ${{ steps.a.on["web1"].stdout }}\' }\n',
      ),
      '"b" cannot use the results of all hosts of "a"',
    ],
    [
      'a step between',
      rolling(
        '{ batch: 1 }',
        '      - { id: a, run: "true" }\n      - { id: b, run: "true", needs: [a, x] }\n',
        '',
        '  - { id: x, needs: [a], run: "true" }\n',
      ),
      'put "x" into the group',
    ],
  ])('%s', (_, text, problem) => {
    expect(wrong(text).join()).toContain(problem)
  })
})
