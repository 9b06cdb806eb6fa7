import { describe, expect, test } from 'vitest'
import type { Judgement } from '../../src/model/program.ts'
import { inventoryOf, planOf, type TestOptions } from './compiled.ts'
import { ended, stepIndex } from './nodes.ts'

const HOSTS = inventoryOf({ web1: { on: 'yes' }, web2: { on: 'no' } })
const made = (steps: string, options: TestOptions = {}) =>
  planOf(`hosts: all\nsteps:\n${steps}`, { inventory: HOSTS, ...options })

describe('conditions', () => {
  test('one that is false skips the node, and is named', () => {
    const { program } = made('  - { id: a, when: \'host.vars.on == "yes"\', run: "true" }\n')
    expect(program.render(0, 0).kind).toBe('action')
    expect(program.render(0, 1)).toMatchObject({
      kind: 'result',
      result: { outcome: 'skipped', note: 'host.vars.on == "yes" is false' },
    })
  })

  test.each([
    ['false', 'its when is false'],
    ['size(host.name) > 9', 'size(host.name) > 9 is false'],
    ['host.name == "web1" && host.vars.on == "no"', '(host.name == "web1" && host.vars.on == "no") is false'],
    ['host.name == "x" ? true : false', '(host.name == "x" ? true : false) is false'],
  ])('%s: all of it is said to be false', (when, note) => {
    const { program } = made(`  - { id: a, when: '${when}', run: "true" }\n`)
    expect(program.render(0, 0)).toMatchObject({ result: { outcome: 'skipped', note } })
  })

  test('one without a value fails the node', () => {
    const { program, plan } = made(
      '  - { id: a, run: "true" }\n  - { id: b, when: steps.a.json.ready, run: "true" }\n',
    )
    program.ended(0, 0, 'changed', ended('changed', 'no json'))
    expect(program.render(stepIndex(plan, 'b'), 0)).toMatchObject({
      kind: 'result',
      result: { outcome: 'failed', failure: { code: 'step_condition' } },
    })
  })
})

describe('assert and pause', () => {
  test('an assertion holds or fails with its message', () => {
    const { program } = made(
      '  - assert: { that: [host.port > 1, \'host.vars.on == "yes"\'], message: "${{ host.name }} is off" }\n  - pause: 3s\n',
    )
    expect(program.render(0, 0)).toMatchObject({ kind: 'result', result: { outcome: 'ok' } })
    expect(program.render(0, 1)).toMatchObject({
      result: { outcome: 'failed', failure: { code: 'step_assert', message: 'web2 is off' } },
    })
    expect(program.render(1, 0)).toEqual({ kind: 'pause', ms: 3000 })
  })
})

function judged(step: string, ...result: Parameters<typeof ended>): (attempt?: number) => Judgement {
  const { program } = made(`  - ${step}\n`)
  return (attempt = 1) => program.judge(0, 0, ended(...result), attempt)
}

const outcomeOf = (judgement: Judgement) =>
  judgement.kind === 'stands' ? judgement.result.outcome : `again in ${judgement.ms}`

describe('judging results', () => {
  test.each([
    ['{ run: x, changed_when: \'result.stdout == "new"\' }', 'new', 'changed'],
    ['{ run: x, changed_when: \'result.stdout == "new"\' }', 'old', 'ok'],
    ['{ run: x, changed_when: false }', '', 'ok'],
    ['{ run: x, failed_when: \'result.stdout.contains("error")\' }', 'an error', 'failed'],
    ['{ run: x, failed_when: \'result.stdout.contains("error")\' }', 'fine', 'changed'],
    ['{ run: x, failed_when: result.json.bad }', 'no json', 'failed'],
  ])('%s after %j: %s', (step, stdout, outcome) => {
    expect(outcomeOf(judged(step, 'changed', stdout)())).toBe(outcome)
  })

  test('a status that failed_when allows is no failure', () => {
    const failure = judged('{ run: x, failed_when: result.exit_code > 1 }', 'failed', '', 1)()
    expect(failure).toMatchObject({ result: { outcome: 'changed' } })
    expect(failure).not.toHaveProperty('result.failure')
    expect(outcomeOf(judged('{ run: x, failed_when: result.exit_code > 1 }', 'failed', '', 2)())).toBe(
      'failed',
    )
  })

  test('a satisfied guard is not judged', () => {
    const { program } = made('  - { run: x, creates: /x, changed_when: true }\n')
    const { exitCode: _, ...guarded } = ended('ok')
    expect(program.judge(0, 0, guarded, 1)).toEqual({ kind: 'stands', result: guarded })
  })
})

describe('attempts', () => {
  test('follow a failure until there are no more', () => {
    const after = judged('{ run: x, retry: { attempts: 3, delay: 2s, backoff: 2 } }', 'failed', '', 1)
    expect([1, 2, 3].map(attempt => outcomeOf(after(attempt)))).toEqual([
      'again in 2000',
      'again in 4000',
      'failed',
    ])
  })
  test('go on until the condition holds', () => {
    const retry = 'retry: { attempts: 2, until: \'result.stdout == "up"\' }'
    expect(outcomeOf(judged(`{ run: x, ${retry} }`, 'changed', 'down')())).toBe('again in 1000')
    expect(outcomeOf(judged(`{ run: x, ${retry} }`, 'changed', 'up')())).toBe('changed')
    expect(judged(`{ run: x, ${retry} }`, 'changed', 'down')(2)).toMatchObject({
      result: {
        outcome: 'failed',
        failure: {
          code: 'step_condition',
          message: 'until is still false: result.stdout == "up"',
        },
      },
    })
  })
  test('are not made of what may have run, unless it does no harm twice', () => {
    expect(outcomeOf(judged('{ run: x, retry: { attempts: 3 } }', 'unknown')())).toBe('unknown')
    expect(outcomeOf(judged('{ run: x, read_only: true, retry: { attempts: 3 } }', 'unknown')())).toBe(
      'again in 1000',
    )
    expect(outcomeOf(judged('{ run: x, read_only: true, retry: { attempts: 3 } }', 'unreachable')())).toBe(
      'unreachable',
    )
    expect(outcomeOf(judged('{ run: x, read_only: true, retry: { attempts: 3 } }', 'cancelled')())).toBe(
      'cancelled',
    )
  })

  test.each([
    'run: x, idempotent: true',
    'run: x, read_only: true',
    'run: x, creates: /x',
    'run: x, removes: /x',
    'run: x, unless: y',
    'run: x, only_if: y',
    'put: { content: x, dest: /x }',
    'get: { src: /x, dest: x }',
  ])('{ %s } is repeated twice where the link or the worker was lost', step => {
    const { program } = made(`  - { ${step} }\n`)
    for (const code of ['link_lost', 'worker_died'] as const) {
      const lost = { ...ended('unknown'), failure: { code, message: 'gone' } }
      const after = [1, 2, 3].map(attempt => outcomeOf(program.judge(0, 0, lost, attempt)))
      expect(after).toEqual(['again in 1000', 'again in 2000', 'unknown'])
    }
    for (const code of ['step_timeout', 'interrupted', 'bug'] as const) {
      const lost = { ...ended('unknown'), failure: { code, message: 'silent' } }
      expect(outcomeOf(program.judge(0, 0, lost, 1))).toBe('unknown')
    }
  })

  test.each(['run: x', 'run: x, idempotent: true, retry: { attempts: 1 }'])(
    '{ %s } is not repeated by itself',
    step => {
      const { program } = made(`  - { ${step} }\n`)
      const lost = { ...ended('unknown'), failure: { code: 'link_lost', message: 'gone' } as const }
      expect(outcomeOf(program.judge(0, 0, lost, 1))).toBe('unknown')
    },
  )
})

describe('become', () => {
  const inventory = inventoryOf({ a: {}, b: {} })
  const withBecome = {
    ...inventory,
    hosts: new Map(
      [...inventory.hosts].map(([name, host]) => [
        name,
        name === 'a'
          ? {
              ...host,
              connection: {
                ...host.connection,
                become: { always: true, user: 'app', method: 'doas' as const },
              },
            }
          : host,
      ]),
    ),
  }
  const becomes = (step: string) => {
    const { render } = planOf(`hosts: all\nsteps: [{ run: x, ${step} }]`, { inventory: withBecome })
    return [0, 1].map(host => {
      const action = render(0, host)
      return 'kind' in action ? action.become : action
    })
  }
  test('comes from the step, else from the inventory', () => {
    expect(becomes('cwd: /')).toEqual([{ method: 'doas', user: 'app' }, undefined])
    expect(becomes('become: false')).toEqual([undefined, undefined])
    expect(becomes('become: true')).toEqual([
      { method: 'doas', user: 'app' },
      { method: 'sudo', user: 'root' },
    ])
    expect(becomes('become: postgres, become_method: su')).toEqual([
      { method: 'su', user: 'postgres' },
      { method: 'su', user: 'postgres' },
    ])
  })
})

describe('delegation', () => {
  test('to a host, to one for each, and to this machine', () => {
    const inventory = inventoryOf(
      { lb1: {}, web1: { lb: 'lb1' }, lb2: {}, web2: { lb: 'lb2' } },
      { web: ['web1', 'web2'] },
    )
    const { plan } = planOf(
      'hosts: web\nsteps:\n  - { id: a, run: "true", delegate_to: lb2 }\n  - { id: b, run: "true", delegate_to: "${{ host.vars.lb }}" }\n  - { id: c, run: "true", delegate_to: localhost }\n',
      { inventory },
    )
    const names = plan.hosts.map(({ name }) => name)
    expect(names).toEqual(['lb1', 'web1', 'lb2', 'web2', 'localhost'])
    const carriers = plan.steps.map(step =>
      Array.from(step.targets, host => names[step.delegates?.[host] ?? -1]).join(' '),
    )
    expect(carriers).toEqual(['lb2 lb2', 'lb1 lb2', 'localhost localhost'])
    expect(plan.hosts[4]?.connection.transport).toBe('local')
  })
})

describe('a sketch', () => {
  test('leaves what only the run knows as it is written', () => {
    const { sketch, plan } = made(
      '  - { id: a, run: "true" }\n  - { id: b, when: steps.a.changed, run: "echo ${{ host.name }} ${{ steps.a.stdout }}" }\n  - { id: c, when: \'host.vars.on == "yes"\', run: "true" }\n',
    )
    expect(sketch(stepIndex(plan, 'b'), 0)).toMatchObject({
      kind: 'action',
      action: { script: "echo 'web1' ${{ steps.a.stdout }}" },
      conditions: ['steps.a.changed'],
    })
    expect(sketch(stepIndex(plan, 'c'), 1)).toEqual({
      kind: 'skipped',
      note: 'host.vars.on == "yes" is false',
    })
    expect(sketch(0, 0)).toBe(sketch(0, 1))
  })
})
