import { expect, test } from 'vitest'
import type { Inventory } from '../../src/model/host.ts'
import { preview } from '../../src/preview/preview.ts'
import { inventoryOf, planOf } from '../compile/compiled.ts'
import { MemoryFleet, previewOn, verdictsOf } from './memory-fleet.ts'
import { MemoryHost } from './memory-host.ts'

const ONE = inventoryOf({ h0: {} })

function hostWith(files: Readonly<Record<string, string>> = {}): MemoryHost {
  const host = new MemoryHost()
  for (const [path, text] of Object.entries(files)) host.files.set(path, text)
  return host
}

async function verdicts(
  steps: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const text = `name: t\nhosts: all\nsteps:\n${steps}`
  const { preview } = await previewOn(planOf(text, { inventory: ONE }), [hostWith(files)])
  return verdictsOf(preview)
}

async function sentFor(text: string, inventory: Inventory, hosts: (MemoryHost | undefined)[]) {
  return previewOn(planOf(text, { inventory }), hosts)
}

test('a put is compared, a guard looked at, and anything else that runs is a change', async () => {
  expect(
    await verdicts(
      `  - { id: same, put: { content: one, dest: /a } }
  - { id: other, put: { content: two, dest: /b } }
  - { id: held, run: "echo x >/a", creates: /a }
  - { id: goes, run: "echo x >/c", creates: /c, writes: [/c] }
  - { id: plain, run: "echo x >/d" }`,
      { '/a': 'one', '/b': 'one' },
    ),
  ).toEqual({ same: 'no change', other: 'change', held: 'no change', goes: 'change', plain: 'change' })
})

test('what comes after a command that may change anything is unknown, but for commands that run anyway', async () => {
  expect(
    await verdicts(
      `  - { id: first, run: "echo x >/c" }
  - { id: put, put: { content: one, dest: /a } }
  - { id: guarded, run: "echo x >/c", creates: /a }
  - { id: reads, run: cat /a, read_only: true }
  - { id: plain, run: "echo y >/c" }`,
      { '/a': 'one' },
    ),
  ).toEqual({
    first: 'change',
    put: 'unknown: steps.first would change first',
    guarded: 'unknown: steps.first would change first',
    reads: 'unknown: steps.first would change first',
    plain: 'change',
  })
})

test('a command that says what it writes leaves the rest known', async () => {
  expect(
    await verdicts(
      `  - { id: first, run: "echo x >/c", writes: [/c, "/etc/app/**"] }
  - { id: put, put: { content: one, dest: /a } }
  - { id: touched, put: { content: one, dest: /c } }
  - { id: guarded, run: "echo x >/b", creates: /etc/app/conf }
  - { id: other, run: "echo x >/b", creates: /a, writes: [/b] }`,
      { '/a': 'one' },
    ),
  ).toEqual({
    first: 'change',
    put: 'no change',
    touched: 'unknown: steps.first would change first',
    guarded: 'unknown: steps.first would change first',
    other: 'unknown: steps.guarded is unknown and comes first',
  })
})

test('a folder that a command may close counts with all below it, however it is named', async () => {
  for (const glob of ['/d', '/d/', '/d/.', '/./d', '//d/./']) {
    const found = await verdicts(
      `  - { id: first, run: "echo x >/c", writes: ["${glob}"] }
  - { id: guarded, run: "echo x >/b", creates: /d/a, writes: [/b] }
  - { id: asks, run: "echo x >/b", unless: grep -qx one /d/a, writes: [/b] }
  - { id: put, put: { content: one, dest: /d/a } }
  - { id: apart, run: "echo x >/b", creates: /a, writes: [/b] }`,
      { '/a': 'one', '/d/a': 'one' },
    )
    const changed = 'unknown: steps.first would change first'
    expect(found, glob).toMatchObject({ guarded: changed, asks: changed, put: changed, apart: 'no change' })
  }
})

test('a put touches its own paths only', async () => {
  expect(
    await verdicts(
      `  - { id: conf, put: { content: new, dest: /conf } }
  - { id: again, put: { content: newer, dest: /conf } }
  - { id: other, put: { content: one, dest: /a } }
  - { id: made, run: "echo x >/b", creates: /conf, writes: [/b] }
  - { id: apart, run: "echo x >/b", creates: /a, writes: [/b] }
  - { id: asks, run: "echo x >/b", unless: grep -qx one /a, writes: [/b] }
  - { id: asks_it, run: "echo x >/b", unless: grep -qx new /conf, writes: [/b] }`,
      { '/a': 'one' },
    ),
  ).toEqual({
    conf: 'change',
    again: 'unknown: steps.conf would change first',
    other: 'no change',
    made: 'unknown: steps.conf would change first',
    apart: 'no change',
    asks: 'no change',
    asks_it: 'unknown: steps.conf would change first',
  })
})

test('a folder that is made before is there for a put', async () => {
  expect(
    await verdicts(
      `  - { id: alone, put: { content: x, dest: /new/a }, on_failure: continue }
  - { id: makes, put: { content: x, dest: /d/a, parents: true } }
  - { id: inside, put: { content: x, dest: /d/b } }`,
    ),
  ).toEqual({
    alone: 'unknown: its folder does not exist',
    makes: 'change',
    inside: 'change',
  })
})

test('a folder that another user makes is not sure to be open', async () => {
  expect(
    await verdicts(
      `  - { id: makes, put: { content: x, dest: /d/a, parents: true }, become: true }
  - { id: same, put: { content: x, dest: /d/b }, become: true }
  - { id: login, put: { content: x, dest: /d/c } }
  - { id: other, put: { content: x, dest: /d/d }, become: app }
  - { id: own, put: { content: x, dest: /e/a, parents: true } }
  - { id: root, put: { content: x, dest: /e/b }, become: true }`,
    ),
  ).toEqual({
    makes: 'change',
    same: 'change',
    login: 'unknown: it is not known whether its folder /d will be there',
    other: 'unknown: it is not known whether its folder /d will be there',
    own: 'change',
    root: 'change',
  })
})

test('a verdict decides conditions, and what is not known stays out of them where logic allows it', async () => {
  expect(
    await verdicts(
      `  - { id: conf, put: { content: new, dest: /conf } }
  - { id: same, put: { content: one, dest: /a } }
  - { id: go, when: steps.conf.changed, run: "echo x >/z", writes: [/z] }
  - { id: stay, when: steps.same.changed, run: "echo x >/z", writes: [/z] }
  - { id: out, when: 'steps.go.stdout == "x"', run: "echo x >/z", writes: [/z] }
  - { id: no, when: 'steps.go.stdout == "x" && steps.same.changed', run: "echo x >/z", writes: [/z] }
  - { id: yes, when: 'steps.go.stdout == "x" || steps.conf.changed', run: "echo x >/z", writes: [/z] }
  - { id: on, when: steps.out.changed, run: "echo x >/z", writes: [/z] }`,
      { '/a': 'one' },
    ),
  ).toEqual({
    conf: 'change',
    same: 'no change',
    go: 'change',
    stay: 'skip: steps.same.changed is false',
    out: 'unknown: steps.go would change first',
    no: 'skip: (steps.go.stdout == "x" && steps.same.changed) is false',
    yes: 'change',
    on: 'unknown: steps.out is unknown',
  })
})

test('an error beside something unknown is as unknown', async () => {
  expect(
    await verdicts(`  - { id: go, run: "echo x >/z" }
  - { id: odd, when: 'steps.go.stdout == "x" || 1 / 0 == 1', run: "echo x >/z" }`),
  ).toEqual({ go: 'change', odd: 'unknown: steps.go would change first' })
})

test('what only reads really runs, and later steps see what it printed', async () => {
  const text = `name: t
hosts: all
steps:
  - { id: version, run: cat /v, read_only: true }
  - { id: put, put: { content: "v \${{ steps.version.stdout }}", dest: /a } }
  - { id: old, when: 'steps.version.stdout == "2"', run: "echo x >/b" }
  - { id: late, run: cat /v, read_only: true }`
  const { preview, sent } = await sentFor(text, ONE, [hostWith({ '/v': '1', '/a': 'v 1' })])
  expect(verdictsOf(preview)).toEqual({
    version: 'no change',
    put: 'no change',
    old: 'skip: steps.version.stdout == "2" is false',
    late: 'no change',
  })
  expect(sent).toEqual(['0@0', 'probe 0: 1', '3@0'])
})

test('what only reads does not run after something that would change what it reads', async () => {
  const text = `name: t
hosts: all
steps:
  - { id: put, put: { content: new, dest: /a } }
  - { id: other, run: cat /b, read_only: true }
  - { id: reads, run: cat /a, read_only: true }
  - { id: odd, run: my-tool --check, read_only: true }`
  const { preview, sent } = await sentFor(text, ONE, [hostWith({ '/b': '1' })])
  expect(verdictsOf(preview)).toEqual({
    put: 'change',
    other: 'no change',
    reads: 'unknown: steps.put would change first',
    odd: 'unknown: steps.put would change first',
  })
  expect(sent.filter(task => !task.startsWith('probe'))).toEqual(['1@0'])
})

test('steps beside each other may change what the other one rests on', async () => {
  expect(
    await verdicts(`  - { id: a, run: "echo x >/c", needs: [] }
  - { id: b, put: { content: one, dest: /a }, needs: [] }
  - { id: c, run: "echo x >/q", creates: /q, writes: [/q], needs: [] }`),
  ).toEqual({
    a: 'change',
    b: 'unknown: steps.a would change first',
    c: 'unknown: steps.a would change first',
  })
})

test('one round trip asks a host about all of its puts', async () => {
  const puts = Array.from({ length: 10 }, (_, n) => `  - put: { content: x, dest: /f${n} }`).join('\n')
  const two = inventoryOf({ h0: {}, h1: {} })
  const { sent } = await sentFor(`name: t\nhosts: all\nsteps:\n${puts}`, two, [hostWith(), hostWith()])
  expect(sent).toEqual(['probe 0: 10', 'probe 1: 10'])
})

test('a host that cannot be reached is one of the answers', async () => {
  const text = `name: t
hosts: all
steps:
  - { id: a, put: { content: x, dest: /a } }
  - { id: b, put: { content: x, dest: /b }, needs: [{ step: a, on: all }] }
  - { id: c, put: { content: x, dest: /c }, needs: [] }`
  const two = inventoryOf({ h0: {}, h1: {} })
  const { preview } = await sentFor(text, two, [hostWith(), undefined])
  expect(verdictsOf(preview, 0)).toEqual({
    a: 'change',
    b: 'unknown: h1 is unreachable',
    c: 'change',
  })
  expect(verdictsOf(preview, 1)).toEqual({
    a: 'unknown: h1 is unreachable',
    b: 'unknown: h1 is unreachable',
    c: 'unknown: h1 is unreachable',
  })
  expect(preview.counts).toEqual({
    change: 2,
    unchanged: 0,
    skipped: 0,
    unknown: 1,
    failing: 0,
    unreachable: 1,
  })
})

test('cleanup after a failure is skipped, unless something would fail', async () => {
  expect(
    await verdicts(`  - { id: work, run: "echo x >/z", writes: [/z] }
  - { id: mend, run: "echo x >/y", writes: [/y], needs: [{ step: work, if: failed }] }
  - { id: always, run: "echo x >/x", writes: [/x], needs: [{ step: work, if: always }] }`),
  ).toEqual({ work: 'change', mend: 'skip: nothing before it would fail', always: 'change' })
  expect(
    await verdicts(`  - { id: work, put: { content: x, dest: /no/a } }
  - { id: next, run: "echo x >/y", writes: [/y] }
  - { id: mend, run: "echo x >/y", writes: [/y], needs: [{ step: work, if: failed }] }`),
  ).toEqual({
    work: 'unknown: its folder does not exist',
    next: 'unknown: steps.work would fail',
    mend: 'change',
  })
})

test('what a delegate carries out counts for the delegate', async () => {
  const text = `name: t
hosts: h1
steps:
  - { id: a, run: "echo x >/z", delegate_to: h0 }
  - { id: own, put: { content: one, dest: /a } }
  - { id: there, put: { content: one, dest: /a }, delegate_to: h0 }`
  const two = inventoryOf({ h0: {}, h1: {} })
  const { preview } = await sentFor(text, two, [hostWith({ '/a': 'one' }), hostWith({ '/a': 'one' })])
  expect(verdictsOf(preview, 1)).toEqual({
    a: 'change',
    own: 'no change',
    there: 'unknown: steps.a (for h1) would change first',
  })
})

test('what may ask other hosts is unknown after a change there that it needs', async () => {
  const text = `name: t
hosts: all
steps:
  - { id: deploy, run: "echo x >/z", hosts: h1 }
  - { id: check, run: curl h1, read_only: true, hosts: h0 }
  - { id: apart, run: cat /a, read_only: true, hosts: h0, needs: [{ step: deploy, on: all }] }`
  const two = inventoryOf({ h0: {}, h1: {} })
  const { preview } = await sentFor(text, two, [hostWith({ '/a': 'one', '/y': 'x' }), hostWith()])
  expect(verdictsOf(preview, 0)).toEqual({
    check: 'unknown: steps.deploy may change h1 first',
    apart: 'no change',
  })
})

test('a roll-out whose first batch would fail goes no further', async () => {
  const text = `name: t
hosts: all
steps:
  - id: roll
    rolling: { batch: 1, pause: 1h }
    steps:
      - { id: conf, put: { content: x, dest: /d/conf } }
      - { id: go, run: "echo x >/z" }
  - { id: after, run: "echo x >/z" }`
  const two = inventoryOf({ h0: {}, h1: {} })
  const good = hostWith()
  good.folders.add('/d')
  const { preview } = await sentFor(text, two, [hostWith(), good])
  expect(verdictsOf(preview, 0)).toEqual({
    conf: 'unknown: its folder does not exist',
    go: 'unknown: steps.conf would fail',
    after: 'unknown: steps.conf would fail',
  })
  expect(verdictsOf(preview, 1)).toEqual({
    conf: 'unknown: steps.conf would fail on h0',
    go: 'unknown: steps.conf would fail on h0',
    after: 'unknown: steps.conf would fail on h0',
  })
  const { preview: fine } = await sentFor(text, two, [good, good])
  expect(verdictsOf(fine, 1)).toEqual({ conf: 'change', go: 'change', after: 'change' })
})

test('what stops the run stops its preview', async () => {
  expect(
    await verdicts(`  - { id: a, put: { content: x, dest: /no/a }, on_failure: stop }
  - { id: b, run: "echo x >/y", needs: [{ step: a, if: always }] }
  - { id: c, run: "echo x >/y", needs: [b] }`),
  ).toEqual({
    a: 'unknown: its folder does not exist',
    b: 'change',
    c: 'unknown: steps.a would fail',
  })
})

test('hosts that have not answered are known while it waits for them', async () => {
  const two = inventoryOf({ h0: {}, h1: {} })
  const text = 'name: t\nhosts: all\nsteps:\n  - { id: a, put: { content: x, dest: /a } }'
  const { plan, sketch, foresee } = planOf(text, { inventory: two })
  const gaveUp = new AbortController()
  const told: { found: number; asked: readonly number[] }[] = []
  const made = await preview({
    ...{ plan, sketch, foresight: foresee(), diffs: false, signal: gaveUp.signal },
    asker: events => {
      const fleet = new MemoryFleet([hostWith(), hostWith()], events)
      const start = fleet.start.bind(fleet)
      return Object.assign(fleet, {
        start: (...task: Parameters<typeof start>) => task[3] === 0 && start(...task),
      })
    },
    progress: (found, asked) => {
      told.push({ found, asked: asked() })
      if (found === 0) return
      setImmediate(() => {
        told.push({ found, asked: asked() })
        gaveUp.abort()
      })
    },
  })
  expect(made).toBe(undefined)
  expect(told[0]).toEqual({ found: 0, asked: [] })
  expect(told.at(-1)).toEqual({ found: 1, asked: [1] })
})

test('a host with nothing but commands to run is asked whether it can be reached', async () => {
  const text =
    'name: t\nhosts: all\nsteps:\n  - { id: a, run: "echo x >/z" }\n  - { id: b, run: "echo x >/z" }'
  const two = inventoryOf({ h0: {}, h1: {} })
  const { preview, sent } = await sentFor(text, two, [hostWith(), undefined])
  expect(sent).toEqual(['probe 0: 0', 'probe 1: 0'])
  expect(verdictsOf(preview, 0)).toEqual({ a: 'change', b: 'change' })
  expect(verdictsOf(preview, 1)).toEqual({ a: 'unknown: h1 is unreachable', b: 'unknown: h1 is unreachable' })
})

test('a host on which nothing is to be done is not asked', async () => {
  const text = `name: t
hosts: all
vars: { on: false }
steps:
  - { id: a, when: vars.on, run: "echo x >/z" }
  - { id: b, assert: "!vars.on" }`
  const { preview, sent } = await sentFor(text, ONE, [undefined])
  expect(sent).toEqual([])
  expect(verdictsOf(preview)).toEqual({ a: 'skip: vars.on is false', b: 'no change' })
})
