import { describe, expect, test } from 'vitest'
import { checkWithoutHosts } from '../../src/cli/inputs/check-playbook.ts'
import { parsePlaybook } from '../../src/load/playbook.ts'
import { Secret } from '../../src/model/secret.ts'
import { revealed } from '../../src/secrets/reveal.ts'
import { inventoryOf, planOf } from './compiled.ts'

const HEAD = 'hosts: all\nvars: { v: x }\nsecrets: { db: { env: DB }, api: { env: API } }\nsteps:\n'

/** What is wrong with steps that may use the secrets `db` and `api`. */
function wrong(steps: string): readonly string[] {
  const { playbook, problems } = parsePlaybook('play.yml', '/nowhere', HEAD + steps)
  const found = playbook === undefined ? problems : [...problems, ...checkWithoutHosts(playbook)]
  return found.map(({ code, message }) => `${code}: ${message}`)
}

describe('a secret', () => {
  test.each([
    '- { run: a, env: { A: "${{ secrets.db }}", B: "x ${{secrets.api}} y ${{ secrets[\\"db\\"] }}" } }',
    '- { run: a, stdin: "${{ secrets.db }}" }',
    '- { put: { content: "a=${{ secrets.db }}", dest: b } }',
    '- { steps: [{ run: a }], env: { A: "${{ secrets.db }}" } }',
  ])('may stand in %s', steps => {
    expect(wrong(`  ${steps}\n`)).toEqual([])
  })

  test.each([
    '- { run: "a ${{ secrets.db }}" }',
    '- { run: "a ${{ raw(secrets.db) }}" }',
    '- { run: a, unless: "b ${{ secrets.db }}" }',
  ])('cannot stand in shell text: %s', steps => {
    expect(wrong(`  ${steps}\n`)).toContain(
      'secret_place: a secret cannot stand in shell text: the process lists of hosts would show it',
    )
  })

  test.each([
    '- { run: a, cwd: "${{ secrets.db }}" }',
    '- { run: a, creates: "${{ secrets.db }}" }',
    '- { run: a, when: secrets.db == "x" }',
    '- { run: a, changed_when: secrets.db == "x" }',
    '- { run: a, become: "${{ secrets.db }}" }',
    '- { run: a, delegate_to: "${{ secrets.db }}" }',
    '- { run: a, for_each: ["${{ secrets.db }}"] }',
    '- { put: { src: "${{ secrets.db }}", dest: b } }',
    '- { put: { content: a, dest: "${{ secrets.db }}" } }',
    '- { put: { content: a, dest: b, mode: "${{ secrets.db }}" } }',
    '- { get: { src: "${{ secrets.db }}", dest: b } }',
    '- { assert: { that: [secrets.db == "x"] } }',
    '- { assert: { that: ["true"], message: "${{ secrets.db }}" } }',
  ])('cannot stand in %s', steps => {
    expect(wrong(`  ${steps}\n`)).toContain('secret_place: a secret cannot stand here')
  })

  test.each([
    'secrets.db + "x"',
    'secrets.db == "x" ? "a" : "b"',
    'default(secrets.db, "x")',
    'json(secrets.db)',
    'vars.v + secrets.db',
    'string(size(secrets.db))',
  ])('is alone in its expression, unlike in %s', expression => {
    const steps = `  - run: a\n    stdin: |\n      \${{ ${expression} }}\n`
    expect(wrong(steps)).toContain(
      'secret_place: a secret stands alone in its ${{ }}: nothing can be computed from it',
    )
  })

  test('that there is not is told with the one that may be meant', () => {
    expect(wrong('  - { run: a, stdin: "${{ secrets.bd }}" }\n')).toEqual([
      'expression_name: there is no secret "bd"',
    ])
    expect(wrong('  - { run: a, stdin: "${{ secrets }}" }\n')[0]).toBe(
      'expression_name: secrets needs the name of a secret',
    )
  })

  test('is no default of a variable', () => {
    const { playbook } = parsePlaybook(
      'play.yml',
      '/nowhere',
      'hosts: all\nvars: { v: "${{ secrets.db }}" }\nsecrets: { db: { env: DB } }\nsteps: [{ run: a }]\n',
    )
    expect(playbook && checkWithoutHosts(playbook).map(({ code }) => code)).toEqual(['secret_place'])
  })
})

test('where a secret comes from holds no expression', () => {
  const sources =
    '{ a: { command: [echo, "${{ secrets.b }}"] }, b: { file: "${{ vars.v }}.yml", key: "${{ vars.v }}" } }'
  const text = `hosts: all\nvars: { v: x }\nsecrets: ${sources}\nsteps:\n  - { run: a }\n`
  const { problems } = parsePlaybook('play.yml', '/nowhere', text)
  expect(problems.map(({ message, where }) => `${where?.col} ${message}`)).toEqual([
    '33 an expression is not possible in "command"',
    '67 an expression is not possible in "file"',
    '93 an expression is not possible in "key"',
  ])
})

test('an action refers to secrets, and has their values only when it is sent', () => {
  const text = `${HEAD}  - run: a
    env: { A: "x \${{ secrets.db }} y \${{ secrets.api }}", B: b }
    stdin: "\${{ secrets.db }}\\n"
`
  const { program } = planOf(text, { inventory: inventoryOf({ h1: {} }) })
  const rendered = program.render(0, 0)
  if (rendered.kind !== 'action' || rendered.action.kind !== 'run') throw new Error('it is a run')
  const { action } = rendered
  expect([action.env, action.stdin]).toEqual([
    [
      ['A', 'x ${{ secrets.db }} y ${{ secrets.api }}'],
      ['B', 'b'],
    ],
    '${{ secrets.db }}\n',
  ])
  const values = new Map([
    ['db', new Secret('${{ secrets.api }}')],
    ['api', new Secret('$&')],
  ])
  expect(revealed(action, values)).toMatchObject({
    env: [
      ['A', 'x ${{ secrets.api }} y $&'],
      ['B', 'b'],
    ],
    stdin: '${{ secrets.api }}\n',
  })
})
