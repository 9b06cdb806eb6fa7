import { describe, expect, test } from 'vitest'
import { formatPlaybook } from '../../src/load/format.ts'

const format = (text: string) => formatPlaybook('play.yml', text).text

test('a step reads from what it is called, where and when it happens, over what it does, to how', () => {
  const text = `steps:
  - retry: { attempts: 3 }
    timeout: 5s
    run: x
    creates: /x
    env: { B: 1, A: 2 }
    when: vars.a
    unheard: 1
    needs: []
    hosts: web
    name: X
    id: x
name: Play
`
  expect(format(text)).toBe(`name: Play
steps:
  - id: x
    name: X
    hosts: web
    when: vars.a
    needs: []
    run: x
    env: { B: 1, A: 2 }
    creates: /x
    retry: { attempts: 3 }
    timeout: 5s
    unheard: 1
`)
})

test("a group's steps come last; vars and what a module takes keep their order", () => {
  const text =
    'steps:\n- steps: [{run: a, id: b}]\n  rolling: {batch: 1}\n  id: g\nvars: {steps: [{run: 1, id: 2}], id: 1}\n'
  expect(format(text)).toBe(`vars: { steps: [{ run: 1, id: 2 }], id: 1 }
steps:
  - id: g
    rolling: { batch: 1 }
    steps: [{ id: b, run: a }]
`)
})

test('anchors keep the order in which they are', () => {
  const text = 'steps:\n  - env: &e\n      A: 1\n    id: a\n  - env: *e\n    id: b\n'
  expect(format(text)).toBe(text)
})

describe('quotes', () => {
  test.each([
    ['"web"', 'web'],
    ["'two words'", 'two words'],
    ['"0644"', '"0644"'],
    ["'0644'", '"0644"'],
    ["'1.4.2'", '"1.4.2"'],
    ['"yes"', '"yes"'],
    ["'~'", '"~"'],
    ["''", '""'],
    ['"12:30"', '"12:30"'],
    ["'a: b'", '"a: b"'],
    ["'a # b'", '"a # b"'],
    ['\'say "x"\'', 'say "x"'],
    ['\'"x"\'', '\'"x"\''],
    ['"it\'s"', "it's"],
    ['"a\\tb"', '"a\\tb"'],
    ['"${{ vars.a }}"', '"${{ vars.a }}"'],
    ["'${{ vars.a }}'", "'${{ vars.a }}'"],
    ['"{{.Names}}"', '"{{.Names}}"'],
    ['"http://x:80/y"', 'http://x:80/y'],
    ['["a", "b c", "d, e", "f:g"]', '[a, b c, "d, e", "f:g"]'],
  ])('%s', (from, to) => {
    expect(format(`vars:\n  x: ${from}\n`)).toBe(`vars:\n  x: ${to}\n`)
  })
})

test('block text stays byte for byte, moved sideways', () => {
  const text = `steps:
      - id: a
        run: |
              if x; then
                y   
              fi

              # no comment

      - id: b
        run: >-
           one
             two

           three
      - id: c
        stdin: |+
          kept

      - id: d
        stdin: |2
            two more
`
  expect(format(text)).toBe(`steps:
  - id: a
    run: |
      if x; then
        y   
      fi

      # no comment

  - id: b
    run: >-
      one
        two

      three
  - id: c
    stdin: |+
      kept

  - id: d
    stdin: |2
        two more
`)
})

test('short maps stay in one line, long ones and those with comments do not', () => {
  const long = Array.from({ length: 12 }, (_, index) => `key_${index}: value`)
  expect(format(`vars: {a: {b: [1,2]}, c: {}}\n`)).toBe('vars: { a: { b: [1, 2] }, c: {} }\n')
  expect(format(`vars: { ${long.join(', ')} }\n`)).toBe(`vars:\n${long.map(line => `  ${line}\n`).join('')}`)
  expect(format('vars: [a, # first\n  b]\n')).toBe('vars:\n  - a # first\n  - b\n')
})

test('comments stay where they belong, blank lines above what they stood above', () => {
  const text = `# yaml-language-server: $schema=x


# About.
steps: # all of them
  # first
- id: a   # trail
  run: x
  # at the end of a


# above b

- # in the dash
  run: y # does y
  # its name
  id: b
# at the end
`
  expect(format(text)).toBe(`# yaml-language-server: $schema=x

# About.
steps: # all of them
  # first
  - id: a # trail
    run: x
    # at the end of a

  # above b

  # in the dash
  # its name
  - id: b
    run: y # does y
# at the end
`)
})

test('CRLF, tabs behind text, a document marker and missing final newlines go', () => {
  expect(format('---\r\nname: x\t\r\nsteps: []')).toBe('name: x\nsteps: []\n')
})

test('a file that is empty, or no map, stays', () => {
  expect(format('')).toBe('')
  expect(format('# only this\n\n')).toBe('# only this\n')
  expect(format('- a\n')).toBe('- a\n')
})

test('what is no sound YAML is refused', () => {
  expect(formatPlaybook('play.yml', 'a: [1\nb: !x 2\n')).toMatchObject({
    problems: [{ severity: 'error' }, ...[expect.anything()]],
  })
  expect(format('a: 1\na: 2\n')).toBeUndefined()
})
