import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/model/secret.ts'
import { inventoryOf, problemsOf, scriptsOf, type TestOptions } from '../compile/compiled.ts'

/** What `printf %s` would be given for an expression, without the quotes around it. */
function interpolate(vars: string, expression: string, options: TestOptions = {}): string[] {
  const text = `hosts: all\nvars: ${vars}\nsteps:\n  - run: |\n      ${expression}\n`
  return scriptsOf(text, options).map(script => script.replace(/\n$/, '').replace(/^'(.*)'$/s, '$1'))
}

function wrong(vars: string, expression: string, options: TestOptions = {}): string[] {
  return problemsOf(`hosts: all\nvars: ${vars}\nsteps:\n  - run: |\n      ${expression}\n`, options)
}

const ONE_HOST = inventoryOf(
  { web1: { color: 'red', 'my-key': 'v', count: '7', word: new Secret('hush') } },
  { web: ['web1'] },
)

describe('an expression in shell text', () => {
  test.each([
    ['{ v: 1.10 }', '1.10'],
    ['{ v: 007 }', '007'],
    ['{ v: 2024-01-01 }', '2024-01-01'],
    ['{ v: 12345678901234567890 }', '12345678901234567890'],
    ['{ v: 0x1F }', '0x1F'],
    ['{ v: 1e3 }', '1e3'],
    ['{ v: -5 }', '-5'],
    ['{ v: true }', 'true'],
    ['{ v: "yes" }', 'yes'],
    ['{ v: "" }', ''],
  ])('%s stands as it was written', (vars, shown) => {
    expect(interpolate(vars, '${{ vars.v }}', { inventory: ONE_HOST })).toEqual([shown])
  })

  test.each([
    ['vars.n + 1', '81'],
    ['vars.d * 2.0', '3'],
    ['vars.n > 9 ? "many" : "few"', 'many'],
    ['vars.n > 9 ? vars.d : 1.5', '1.50'],
    ['vars.odd + "!"', '007!'],
    ['"a" + vars.s', 'ab c'],
    ['vars.list[1]', '2.0'],
    ['vars.list.size()', '3'],
    ['vars.names.join("-")', 'x-y'],
    ['vars.names.exists(n, n == "y")', 'true'],
    ['vars.map.port', '8080'],
    ['vars.map["a key"]', 'z'],
    ['vars.s.split(" ")[1]', 'c'],
    ['host.name', 'web1'],
    ['host.address', 'web1.example'],
    ['host.port', '2222'],
    ['host.port + 1', '2223'],
    ['host.user', 'ops'],
    ['"web" in host.groups', 'true'],
    ['host.vars.color', 'red'],
    ['host.vars["my-key"]', 'v'],
    ['int(host.vars.count) + 1', '8'],
    ['default(host.vars.absent, vars.d)', '1.50'],
    ['default(host.vars.color, "none")', 'red'],
    ['has(host.vars.absent) ? "yes" : "no"', 'no'],
    ['default(host.vars.absent + "x", "none")', 'none'],
    ['default(host.vars.absent, 1 - (2 - 3))', '2'],
    ['vars.n - (vars.n - 1)', '1'],
    ['(vars.d)', '1.50'],
    ['(default((host.vars.absent), (vars.d)))', '1.50'],
    ['default(host.vars.absent, "a,b)")', 'a,b)'],
    ['default(host.vars.absent, vars.n > 9 ? "😀?:" : "y")', '😀?:'],
    ['vars.n > 9 ? (false ? 2.5 : vars.d) : 3.5', '1.50'],
    ['vars.n > 9 ? true ? vars.d : 2.5 : 3.5', '1.50'],
    ['(vars.n > 9) == (vars.n > 8) ? "same" : "other"', 'same'],
    ['{"?": "a"}["?"] == "a" ? "yes" : "no"', 'yes'],
    ['vars.names.map(vars, vars + "!")[0]', 'x!'],
    ['"}}"', '}}'],
    ['{"a": {"b": "c"}}["a"]["b"]', 'c'],
    ['"it\'s"', "it'\\''s"],
    ['r"\\d"', '\\d'],
    ['raw("a b")', 'a b'],
    ['raw(vars.d)', '1.50'],
  ])('${{ %s }} gives %j', (expression, shown) => {
    const vars =
      '{ n: 80, d: 1.50, odd: 007, s: "b c", list: [1, 2.0, a], names: [x, y], map: { port: 8080, a key: z } }'
    expect(interpolate(vars, `\${{ ${expression} }}`, { inventory: ONE_HOST })).toEqual([shown])
  })

  test('a literal ${{ is written $${{', () => {
    expect(interpolate('{}', "echo '$${{ github.sha }}' $$$${{ x", { inventory: ONE_HOST })).toEqual([
      "echo '${{ github.sha }}' $$${{ x",
    ])
  })

  test('what a value holds is never an expression again', () => {
    const inventory = inventoryOf({ web1: { v: '${{ vars.secret }}' } })
    expect(interpolate('{ v: x, secret: s }', '${{ vars.v }}', { inventory })).toEqual(['${{ vars.secret }}'])
    expect(
      interpolate('{ v: x }', '${{ vars.v }}', { inventory: ONE_HOST, vars: { v: '${{ 1 }}' } }),
    ).toEqual(['${{ 1 }}'])
  })

  test('docker, Jinja and the shell keep their braces', () => {
    const text = "docker ps --format '{{.Names}}' ${X:-y} {{ item }} ${{}"
    expect(wrong('{}', text)).toEqual([
      '5:58 this ${{ is not closed by }} (close it, quote the whole value if YAML cut it, or write $${{ for a literal ${{)',
    ])
    expect(interpolate('{}', text.slice(0, -5), { inventory: ONE_HOST })).toEqual([text.slice(0, -5)])
  })
})

describe('a wrong expression is told at its place', () => {
  test.each([
    ['${{ vars.realease }}', '5:16 there is no variable "realease" (did you mean "release"?)'],
    ['a ${{ release }}', '5:13 there is no name "release" (did you mean "vars.release"?)'],
    ['${{ hots.name }}', '5:11 there is no name "hots" (did you mean "host"?)'],
    [
      '${{ host.nam }}',
      '5:16 host has no field "nam" (did you mean "name"? a variable of the inventory is host.vars.nam)',
    ],
    ['${{ steps.a.stdout }}', '5:17 there is no step "a" in this file (it has run)'],
    [
      '${{ secrets.x }}',
      '5:11 a secret cannot stand in shell text: the process lists of hosts would show it (pass it by env: { NAME: "${{ secrets.x }}" } and use "$NAME", or by stdin:)',
    ],
    ['${{ }}', '5:10 the expression is empty'],
    ['${{ vars. }}', '5:16 the expression does not parse: expected a name, got the end'],
    ['${{ (1 }}', '5:13 the expression does not parse: expected ), got the end'],
    [
      '${{ 1 + "a" }}',
      '5:11 these types do not go together: int + string (string(x) makes a text of the number; int(x) makes a number of the text)',
    ],
    [
      '${{ vars.release + 1 }}',
      '5:11 these types do not go together: string + int (string(x) makes a text of the number; int(x) makes a number of the text)',
    ],
    ['${{ vars.m.prot }}', '5:18 there is no key "prot" in this variable\'s default (did you mean "port"?)'],
    ['${{ vars }}', '5:11 vars needs the name of a variable (it has release, m, l)'],
    [
      '${{ vars["rel" + "ease"] }}',
      '5:11 a field of vars cannot be computed (names must be written out, so that they can be checked)',
    ],
    [
      'x${{ host.groups }}',
      '5:12 a list stands for several words, and this one touches what is beside it (put it bare between blanks, where it is a word for each item; or join them: x.join(" "); or use for_each)',
    ],
    ['${{ sise("a") }}', '5:11 there is no function "sise" (did you mean "size"?)'],
    ['${{ "a".matches("(a") }}', '5:23 the regular expression is wrong: missing closing ): `(a`'],
    ['${{ "x" + raw("y") }}', '5:17 raw() can only stand around a whole expression'],
    [
      '${{ host.vars.nope }}',
      '5:11 the inventory has no variable "nope" for web1, web2 (set it there, or give another value: default(host.vars.nope, "…"))',
    ],
    [
      '`${{ vars.release }}`',
      '5:12 a value cannot be quoted safely here: inside `…` (int(x), if it is a whole number; or pass it by env: and use "$NAME"; or raw(x) inserts it unquoted, if you trust it)',
    ],
    ['${{ 1 / 0 }}', '5:11 division by zero'],
    ['${{ vars.l[5] }}', '5:11 vars.l.5 has no value (give another value for that case: default(x, "…"))'],
  ])('%s: %s', (expression, problem) => {
    const [first] = wrong('{ release: "1", m: { port: 1 }, l: [a] }', expression)
    expect(first).toBe(problem)
  })

  test('more than a thousand expressions in one text are refused', () => {
    expect(wrong('{}', '${{ x }} '.repeat(100_000))).toEqual([
      '4:10 this text has more than 1000 expressions',
    ])
  })

  test('every problem of a text at once', () => {
    expect(wrong('{}', '${{ a }} ${{ b }} ${{ c }}')).toHaveLength(3)
  })

  test('secrets of the inventory are refused by name, and never come out by another way', () => {
    expect(wrong('{}', '${{ host.vars.word }}', { inventory: ONE_HOST })).toEqual([
      '5:11 host.vars.word is a secret on web1, and no expression can use secrets of the inventory',
    ])
    const computed = wrong('{}', '${{ host.vars["wo" + "rd"] }}', { inventory: ONE_HOST })
    expect(computed.join()).toContain('host.vars["wo" + "rd"] has no value')
    expect(computed.join()).not.toContain('hush')
  })

  test.each([
    '('.repeat(3_000),
    `${'!'.repeat(3_000)}true`,
    `${'1+'.repeat(1_500)}1`,
    '['.repeat(3_000),
    'a'.repeat(5_000),
  ])('an expression without end is refused, not followed', source => {
    const [first] = wrong('{}', `\${{ ${source} }}`)
    expect(first).toMatch(/too large or too deeply nested|longer than/)
  })
})
