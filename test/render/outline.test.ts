import { describe, expect, test } from 'vitest'
import { parsePlaybook } from '../../src/load/playbook.ts'
import { everyStep, hostsOf, optionOf, outlineOf } from '../../src/render/outline/outline.ts'
import { expressionsOf, referencesIn } from '../../src/render/outline/texts.ts'

function outline(text: string) {
  const { playbook, problems } = parsePlaybook('play.yml', '/play', text)
  if (playbook === undefined || problems.length > 0) throw new Error(problems.map(p => p.message).join('\n'))
  return outlineOf(playbook)
}

const needs = (text: string) =>
  Object.fromEntries(
    [...everyStep(outline(text).steps)].map(({ id, needs }) => [
      id,
      needs.map(({ of, on, if: how, why }) => `${of.id} ${on} ${how} ${why}`),
    ]),
  )

describe('what a step waits for', () => {
  test('the one before it in its list, or what it names, or nothing', () => {
    expect(
      needs(`
hosts: web
steps:
  - { id: a, run: "true" }
  - id: g
    steps:
      - { id: b, run: "true" }
      - { id: c, run: "true" }
  - { id: d, run: "true", needs: [] }
  - { id: e, run: "true", needs: [c, { step: d, on: all, if: always }] }
`),
    ).toEqual({
      a: [],
      g: ['a host success before'],
      b: [],
      c: ['b host success before'],
      d: [],
      e: ['c host success named', 'd all always named'],
    })
  })

  test('those whose results it uses, wherever it says so', () => {
    const use = (step: string) =>
      needs(`
hosts: web
steps:
  - { id: a, run: "true", needs: [] }
  - { id: b, run: "true", needs: [], once: true }
  - { id: x, needs: [], ${step} }
`).x
    const a = ['a host success reference']
    expect(use('run: "echo ${{ steps.a.stdout }}"')).toEqual(a)
    expect(use('run: "true", when: steps.a.changed')).toEqual(a)
    expect(use('run: "true", env: { X: "${{ steps.a.stdout }}" }')).toEqual(a)
    expect(use('assert: "steps[\'a\'].exit_code == 0"')).toEqual(a)
    expect(use('put: { content: "${{ steps.a.json.x }}", dest: /x }')).toEqual(a)
    expect(use('run: "${{ raw(steps.a.on[\\"web1\\"].stdout) }}"')).toEqual(['a all success reference'])
    expect(use('run: "echo ${{ steps.b.stdout }}"')).toEqual(['b all success reference'])
    expect(use('run: "echo steps.a.stdout"')).toEqual([])
    expect(use('run: "echo $${{ steps.a.stdout }}"')).toEqual([])
  })
})

test('names inside of texts are no references', () => {
  expect(referencesIn('"steps.a.stdout" + x.steps.b + steps.c.stdout + steps["d"].changed')).toEqual([
    { step: 'c', field: 'stdout', elsewhere: false },
    { step: 'd', field: 'changed', elsewhere: false },
  ])
})

test('an expression ends at its own braces', () => {
  const [step] = outline(
    'hosts: web\nsteps:\n  - run: \'echo ${{ {"a": "}}"}["a"] }} ${{ host.name }}\'\n',
  ).steps
  expect(step === undefined ? [] : expressionsOf(step.step)).toEqual(['{"a": "}}"}["a"]', 'host.name'])
})

test('options come from the nearest that sets them', () => {
  const found = outline(`
hosts: web
defaults: { timeout: 5s, become: true }
steps:
  - id: g
    hosts: db
    become: app
    steps:
      - { id: a, run: "true" }
      - { id: b, run: "true", become: false, hosts: lb }
`)
  const [, a, b] = [...everyStep(found.steps)]
  if (a === undefined || b === undefined) throw new Error('there are three')
  expect([hostsOf(a, found)?.value, hostsOf(b, found)?.value]).toEqual(['db', 'lb'])
  expect(optionOf(a, 'timeoutMs')).toBe(5000)
  expect(optionOf(a, 'become')).toMatchObject({ value: 'app' })
  expect(optionOf(b, 'become')).toBe(false)
})
