import { describe, expect, test } from 'vitest'
import type { Inventory } from '../../src/model/host.ts'
import { inventoryOf, planOf, problemsOf, type TestOptions } from './compiled.ts'

const INVENTORY = inventoryOf(
  { db1: {}, web2: {}, web1: {}, db2: {} },
  { web: ['web1', 'web2'], db: ['db1', 'db2'], empty: [] },
)

/** The hosts of the plan and those of each step, by name. */
function targets(text: string, options: TestOptions = {}) {
  const { plan } = planOf(text, { inventory: INVENTORY, ...options })
  const names = (indexes: Uint32Array) => [...indexes].map(index => plan.hosts[index]?.name).join(' ')
  return {
    hosts: plan.hosts.map(host => host.name).join(' '),
    steps: plan.steps.map(step => names(step.targets)),
  }
}

const wrong = (text: string, options: TestOptions = {}) =>
  problemsOf(text, { inventory: INVENTORY, ...options })

const STEPS = 'steps:\n  - { run: "true" }\n  - { run: "true", hosts: "db" }\n'

describe('the hosts of a plan', () => {
  test('are those that its steps run on, in the order of the inventory', () => {
    expect(targets(`hosts: web\n${STEPS}`)).toEqual({
      hosts: 'db1 web2 web1 db2',
      steps: ['web2 web1', 'db1 db2'],
    })
    expect(targets('hosts: web1\nsteps: [{ run: "true" }]')).toEqual({ hosts: 'web1', steps: ['web1'] })
  })

  test('a once step runs on the first of them', () => {
    expect(targets('hosts: web\nsteps: [{ run: "true", once: true }]').steps).toEqual(['web2'])
    expect(targets('hosts: web\nsteps: [{ run: "true", once: true }]', { limit: 'web1' }).steps).toEqual([
      'web1',
    ])
  })

  test('--limit narrows every step, and leaves out those without a host', () => {
    expect(targets(`hosts: web\n${STEPS}`, { limit: 'web1,db1' })).toEqual({
      hosts: 'db1 web1',
      steps: ['web1', 'db1'],
    })
    expect(targets(`hosts: web\n${STEPS}`, { limit: 'db' })).toEqual({
      hosts: 'db1 db2',
      steps: ['', 'db1 db2'],
    })
  })
})

describe('nothing is done where nothing is meant', () => {
  test.each([
    ['hosts: wbe\nsteps: [{ run: "true" }]', {}, /^1:8 .*"wbe".*did you mean "web"/],
    ['hosts: web:!web\nsteps: [{ run: "true" }]', {}, /^1:8 the pattern "web:!web" leaves no host/],
    ['hosts: empty\nsteps: [{ run: "true" }]', {}, /^1:8 the pattern "empty" leaves no host/],
    [
      'steps: [{ id: a, run: "true" }]',
      {},
      /^1:\d+ the step "a" has no hosts \(give hosts: to the step or to the playbook\)/,
    ],
    ['hosts: web\nsteps: [{ run: "true" }]', { limit: 'nope' }, /"nope"/],
    [
      'hosts: web\nsteps: [{ run: "true" }]',
      { limit: 'db' },
      /^--limit "db" leaves no host of this playbook$/,
    ],
    [
      'hosts: "${{ vars.x }}"\nvars: { x: web }\nsteps: [{ run: "true" }]',
      {},
      /^1:9 a host pattern cannot hold expressions/,
    ],
  ])('%j', (text, options, problem) => {
    const problems = wrong(text, options)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(problem)
  })

  test('a host that can only be listed is refused as a target, with its reason', () => {
    const host = INVENTORY.hosts.get('web1')
    if (host === undefined) throw new Error('no web1')
    const unusable = { code: 'inventory_value', severity: 'error', message: 'web1 needs a plugin' } as const
    const inventory: Inventory = {
      ...INVENTORY,
      hosts: new Map([...INVENTORY.hosts, ['web1', { ...host, unusable }]]),
    }
    expect(wrong('hosts: web\nsteps: [{ run: "true" }]', { inventory })).toEqual([
      "web1 needs a plugin (this is about web1: -l '!web1' goes without)",
    ])
    expect(wrong('hosts: web1\nsteps: [{ run: "true" }]', { inventory })).toEqual(['web1 needs a plugin'])
    expect(wrong('hosts: db\nsteps: [{ run: "true" }]', { inventory })).toEqual([])
  })
})
