import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/model/secret.ts'
import { type Value, WrittenNumber } from '../../src/model/value.ts'
import { inventoryOf, problemsOf, scriptsOf } from '../compile/compiled.ts'

/** A playbook whose only step prints expressions as they are. */
function play(vars: string, ...expressions: readonly string[]): string {
  const shown = expressions.map(expression => `\${{ raw(${expression}) }}`).join(' ')
  return `hosts: all\nvars: ${vars}\nsteps:\n  - run: |\n      ${shown}\n`
}

const printed = (...args: Parameters<typeof scriptsOf>) => scriptsOf(...args).map(script => script.trim())

describe('the layers of variables', () => {
  const inventory = inventoryOf({ web1: { release: '2.0', port: '81' }, web2: {} })
  const text = play('{ release: "1.0", port: 80, app: shop }', 'vars.release', 'vars.port', 'vars.app')

  test('the inventory overrides defaults, host by host', () => {
    expect(printed(text, { inventory })).toEqual(['2.0 81 shop', '1.0 80 shop'])
  })

  test('-e overrides both', () => {
    const vars = { release: '3.0', app: 'blog' }
    expect(printed(text, { inventory, vars })).toEqual(['3.0 81 blog', '3.0 80 blog'])
  })

  test('a value counts as the type of the default', () => {
    const numbers = play(
      '{ port: 80, on: true, ratio: 0.5 }',
      'vars.port + 1',
      '!vars.on',
      'vars.ratio * 2.0',
    )
    const given = inventoryOf({ web1: { port: '90', on: 'no', ratio: '2' } })
    expect(printed(numbers, { inventory: given })).toEqual(['91 true 4'])
  })

  test('lists and maps come from YAML beside the inventory, or as JSON text', () => {
    const lists = play('{ ports: [80], names: { a: x } }', 'vars.ports[1] + 1', 'vars.names["b"]')
    const fromYaml: Record<string, Value> = { ports: [number('1'), number('2')], names: { a: 'x', b: 'y' } }
    const fromText = { ports: '[1, 2]', names: '{"a": "x", "b": "y"}' }
    for (const vars of [fromYaml, fromText]) {
      const inventory = inventoryOf({ web1: vars })
      expect(problemsOf(lists, { inventory })).toEqual([
        '5:56 there is no key "b" in this variable\'s default (it has a)',
      ])
      expect(printed(lists.replace('["b"]', '[string("b")]'), { inventory })).toEqual(['3 y'])
    }
  })

  test.each([
    [
      '{ port: 80 }',
      'eighty',
      'the inventory gives web1 the variable "port" as "eighty", which is not an int like its default',
    ],
    [
      '{ port: 80 }',
      '007',
      'the inventory gives web1 the variable "port" as "007", which is not an int like its default',
    ],
    [
      '{ on: true }',
      '1',
      'the inventory gives web1 the variable "on" as "1", which is not a bool like its default',
    ],
    [
      '{ l: [a] }',
      'a,b',
      'the inventory gives web1 the variable "l" as "a,b", which is not a list like its default',
    ],
    ['{ l: [1] }', '["a"]', 'which is not a list like its default'],
    ['{ m: { a: 1 } }', '[]', 'which is not a map like its default'],
  ])('with the default %s the text %j is refused', (vars, given, problem) => {
    const name = /\w+/.exec(vars)?.[0] ?? ''
    const inventory = inventoryOf({ web1: { [name]: given } })
    expect(problemsOf(play(vars, '"x"'), { inventory }).join()).toContain(problem)
  })

  test('hosts with the same wrong value are named together', () => {
    const inventory = inventoryOf(
      Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map(name => [name, { port: 'x' }])),
    )
    expect(problemsOf(play('{ port: 80 }', '1'), { inventory })).toEqual([
      '2:9 the inventory gives a, b, c and 2 more the variable "port" as "x", which is not an int like its default (the default tells the type: a quoted default takes any text)',
    ])
  })

  test('-e can only set what the playbook declares', () => {
    expect(problemsOf(play('{ release: "1" }', 'vars.release'), { vars: { relaese: '2' } })).toEqual([
      '-e sets "relaese", and the playbook declares no such variable (did you mean "release"?)',
    ])
    expect(problemsOf(play('{ port: 1 }', 'vars.port'), { vars: { port: 'x' } }).join()).toContain(
      '-e gives the variable "port" as "x", which is not an int',
    )
  })

  test('a required variable must have a value on every target', () => {
    const text = play('{ release: null }', 'vars.release')
    const partly = inventoryOf({ web1: { release: '1' }, web2: {} })
    expect(problemsOf(text, { inventory: partly })).toEqual([
      '2:9 the variable "release" is required and has no value on web2 (set it in the inventory, or with -e release=…)',
    ])
    expect(printed(text, { inventory: partly, vars: { release: '1.10' } })).toEqual(['1.10', '1.10'])
  })

  test('a secret of the inventory is no value of a variable', () => {
    const inventory = inventoryOf({ web1: { token: new Secret('hush') } })
    const [problem] = problemsOf(play('{ token: "" }', 'vars.token'), { inventory })
    expect(problem).toContain('the variable "token" is a secret on web1')
  })

  test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    '"%s" is a name like any other',
    name => {
      expect(printed(play(`{ ${name}: x }`, `vars.${name}`, `vars.${name} + "y"`))).toEqual(['x xy', 'x xy'])
      expect(problemsOf(play('{}', `vars.${name}`)).join()).toContain(`there is no variable "${name}"`)
      expect(problemsOf(play('{}', `host.vars.${name}`)).join()).toContain(`no variable "${name}"`)
    },
  )
})

describe('defaults that refer to other values', () => {
  test('take them as they are for each host, in any order of declaration', () => {
    const inventory = inventoryOf({ web1: { app: 'blog' }, web2: {} })
    const text = play(
      '{ dir: "/srv/${{ vars.app }}/${{ host.name }}", app: shop, list: ["${{ vars.app }}", { a: "${{ vars.dir }}" }] }',
      'vars.dir',
      'vars.list[0]',
      'vars.list[1].a',
    )
    expect(printed(text, { inventory })).toEqual([
      '/srv/blog/web1 blog /srv/blog/web1',
      '/srv/shop/web2 shop /srv/shop/web2',
    ])
  })

  test('give way to what overrides them, which is data', () => {
    const text = play('{ dir: "/srv/${{ vars.app }}", app: shop }', 'vars.dir')
    expect(printed(text, { vars: { dir: '${{ vars.app }}' } })[0]).toBe('${{ vars.app }}')
  })

  test('cannot go round in circles', () => {
    const text = play(
      '{ a: "${{ vars.b }}", b: "x${{ vars.c }}", c: "${{ vars.a }}", d: "${{ vars.a }}" }',
      'vars.d',
    )
    expect(problemsOf(text)).toEqual(['2:9 the variable "a" refers to itself: a → b → c → a'])
    expect(problemsOf(play('{ a: "${{ vars.a }}" }', '1'))).toEqual([
      '2:9 the variable "a" refers to itself: a → a',
    ])
  })

  test('cannot grow without end, and that is told once', () => {
    const doubling = Array.from({ length: 40 }, (_, n) => `v${n + 1}: "\${{ vars.v${n} }}\${{ vars.v${n} }}"`)
    const text = play(`{ v0: abcdefgh, ${doubling.join(', ')} }`, 'vars.v40')
    const problems = problemsOf(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain('the text becomes longer than 16 MiB')
  })

  test('are checked like all expressions', () => {
    expect(problemsOf(play('{ a: "${{ vars.basee }}", base: x }', '1'))).toEqual([
      '2:22 there is no variable "basee" (did you mean "base"?)',
    ])
  })
})

function number(text: string): Value {
  return new WrittenNumber(text)
}
