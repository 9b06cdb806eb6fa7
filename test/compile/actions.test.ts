import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/model/limits.ts'
import { inventoryOf, planOf, problemsOf, type TestOptions } from './compiled.ts'

const HOST = inventoryOf({ web1: { mode: '0750', owner: 'www-data' } })

function actionOf(step: string, options: TestOptions = {}) {
  return planOf(`hosts: all\nsteps:\n  - ${step}\n`, { inventory: HOST, ...options }).render(0, 0)
}

function wrong(step: string, vars = '{}', options: TestOptions = {}) {
  return problemsOf(`hosts: all\nvars: ${vars}\nsteps:\n  - ${step}\n`, { inventory: HOST, ...options })
}

describe('a rendered action', () => {
  test('of a run has everything that the step says', () => {
    expect(
      actionOf(
        'run: "echo ${{ host.name }}"\n    cwd: "/srv/${{ host.name }}"\n    env: { WHO: "${{ host.name }} & co" }\n    stdin: "in ${{ host.name }}"\n    creates: "/run/${{ host.name }}"\n    removes: [a, "b ${{ host.port }}"]\n    read_only: true\n    timeout: 5s',
      ),
    ).toEqual({
      kind: 'run',
      script: "echo 'web1'",
      cwd: '/srv/web1',
      env: [['WHO', 'web1 & co']],
      stdin: 'in web1',
      creates: ['/run/web1'],
      removes: ['a', 'b 2222'],
      readOnly: true,
      timeoutMs: 5_000,
    })
  })

  test('local paths are relative to the playbook, remote ones stay as they are', () => {
    expect(
      actionOf('put: { src: "dist/${{ host.name }}.tgz", dest: up/, mode: "${{ host.vars.mode }}" }'),
    ).toEqual({
      kind: 'put',
      source: { kind: 'src', text: '/play/dist/web1.tgz' },
      dest: 'up/',
      mode: '0750',
      parents: false,
      timeoutMs: LIMITS.stepMs,
    })
    expect(actionOf('put: { src: /abs/x, dest: "~/y" }')).toMatchObject({
      source: { text: '/abs/x' },
      dest: '~/y',
    })
    expect(actionOf('put: { src: site/, dest: y }')).toMatchObject({ source: { text: '/play/site/' } })
  })

  test('content and owners are no shell text: nothing is quoted', () => {
    expect(
      actionOf(
        'put: { content: "a \'${{ host.name }}\' `b`", dest: /x, owner: "${{ host.vars.owner }}", group: adm }',
      ),
    ).toMatchObject({ source: { kind: 'content', text: "a 'web1' `b`" }, owner: 'www-data', group: 'adm' })
  })

  test('a get lands in a folder of its host', () => {
    expect(actionOf('get: { src: /etc/hostname, dest: out/ }')).toMatchObject({ dest: '/play/out/web1' })
    expect(actionOf('get: { src: x, dest: . }')).toMatchObject({ dest: '/play/web1' })
  })

  test('is made once where it is the same on all hosts', () => {
    const inventory = inventoryOf({ web1: {}, web2: {} })
    const { render } = planOf('hosts: all\nvars: { v: 1 }\nsteps: [{ run: "echo ${{ vars.v }}" }]', {
      inventory,
    })
    expect(render(0, 0)).toBe(render(0, 1))
  })
})

describe('a value that does not fit is told before anything is touched', () => {
  test.each([
    [
      'put: { src: x, dest: y, mode: "${{ vars.m }}" }',
      '{ m: "rw" }',
      'mode is "rw", and it must be octal digits, as "0644"',
    ],
    ['put: { src: x, dest: y, mode: "${{ vars.m }}" }', '{ m: "99" }', 'mode is "99"'],
    [
      'put: { src: x, dest: y, owner: "${{ vars.o }}" }',
      '{ o: "-R" }',
      'owner is "-R", which is no name of an account',
    ],
    [
      'put: { src: x, dest: y, group: "${{ vars.o }}" }',
      '{ o: "a:b" }',
      'group is "a:b", which is no name of an account',
    ],
    ['put: { src: x, dest: "${{ vars.d }}" }', '{ d: "" }', 'dest is empty'],
    ['put: { src: "${{ vars.d }}", dest: x }', '{ d: "" }', 'src is empty'],
    ['get: { src: "${{ vars.d }}", dest: x }', '{ d: "" }', 'src is empty'],
    ['{ run: "true", cwd: "${{ vars.d }}" }', '{ d: "" }', 'cwd is empty'],
    ['{ run: "true", creates: "${{ vars.d }}" }', '{ d: "" }', 'creates is empty'],
  ])('%s with %s', (step, vars, problem) => {
    expect(wrong(step, vars).join()).toContain(problem)
  })

  test.each([
    ['run: "echo ${{ vars.v }}"', LIMITS.scriptBytes, 'the script is longer than 120 KiB'],
    ['{ run: cat, stdin: "${{ vars.v }}" }', LIMITS.stdinBytes, 'stdin is longer than 4096 KiB'],
    ['{ run: cat, env: { A: "${{ vars.v }}" } }', LIMITS.scriptBytes, 'env is longer than 120 KiB'],
    ['put: { content: "${{ vars.v }}", dest: x }', LIMITS.contentBytes, 'content is longer than 16384 KiB'],
  ])('%s is bounded, in bytes', (step, bytes, problem) => {
    const longest = 'é'.repeat(bytes / 2 - 10)
    expect(wrong(step, '{ v: "" }', { vars: { v: longest } })).toEqual([])
    expect(wrong(step, '{ v: "" }', { vars: { v: `${longest}${'é'.repeat(11)}` } }).join()).toContain(problem)
  })

  test('NUL and half a character have no place in a text', () => {
    for (const [v, problem] of [
      ['a\0b', 'the value holds a NUL character'],
      ['a\ud800b', 'the value is no well-formed text'],
    ] as const)
      expect(
        wrong('put: { content: "${{ vars.v }}", dest: x }', '{ v: "" }', { vars: { v } }).join(),
      ).toContain(problem)
  })

  test('equal problems of many hosts are one', () => {
    const inventory = inventoryOf(
      Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`h${n}`, { m: 'x' }])),
    )
    expect(wrong('put: { src: x, dest: y, mode: "${{ host.vars.m }}" }', '{}', { inventory })).toEqual([
      '4:5 mode is "x", and it must be octal digits, as "0644" (on h0, h1, h2 and 6 more)',
    ])
  })

  test('all texts of a step tell all that is wrong with them', () => {
    const step = 'run: "${{ env.NO }} ${{ groups.none[0] }}"\n    cwd: "${{ env.NOPE }}"'
    expect(wrong(step)).toEqual([
      expect.stringContaining('4:15 env.NO has no value'),
      expect.stringContaining('4:29 groups.none.0 has no value'),
      expect.stringContaining('5:15 env.NOPE has no value'),
    ])
  })

  test('no name of a host leads a get out of its folder', () => {
    for (const name of ['..', '.', 'a/../../b'])
      expect(
        wrong('get: { src: x, dest: out }', '{}', { inventory: inventoryOf({ [name]: {} }) }).join(),
      ).toContain('cannot be the name of a folder')
  })

  test('raw() outside shell text is refused', () => {
    expect(wrong('put: { content: "${{ raw(host.name) }}", dest: x }').join()).toContain(
      'raw() only means something in shell text',
    )
  })
})
