import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadPlaybook, parsePlaybook } from '../../src/load/playbook.ts'
import type { Playbook, Step, Text } from '../../src/model/playbook.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-playbook-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function good(text: string): Playbook {
  const { playbook, problems } = parsePlaybook('play.yml', '/work', text)
  expect(problems).toEqual([])
  return playbook as Playbook
}

function onlyStep(text: string): Step {
  return good(`hosts: all\nsteps:\n${text}`).steps[0] as Step
}

const valueIn = (text: Text | undefined) => text?.value

test('a playbook with every key becomes a model with every field', () => {
  const playbook = good(`
name: Deploy
hosts: web,db
inventory: hosts.ini
vars: { release: 1.10, empty: null, list: [a, "\${{ vars.release }}"] }
defaults: { cwd: /srv, env: { LANG: C }, timeout: 5m, throttle: 10, on_failure: stop }
max_failures: 25%
steps:
  - id: build
    name: Build it
    hosts: web
    needs: []
    run: make
    cwd: /opt/app
    env: { JOBS: 4, VERBOSE: true }
    stdin: "yes"
    timeout: 90
    once: true
    read_only: true
    creates: [a, b]
    removes: c
    throttle: 2
    on_failure: continue
    max_failures: 3
`)
  expect(playbook).toMatchObject({ file: 'play.yml', folder: '/work', name: 'Deploy' })
  expect([valueIn(playbook.hosts), valueIn(playbook.inventory)]).toEqual(['web,db', 'hosts.ini'])
  expect(playbook.maxFailures).toEqual({ kind: 'percent', n: 25 })
  expect(playbook.defaults).toMatchObject({ timeoutMs: 300_000, throttle: 10, onFailure: 'stop' })
  const [step] = playbook.steps
  expect(step).toMatchObject({
    ...{ id: 'build', title: 'Build it', needs: [], once: true, throttle: 2, timeoutMs: 90_000 },
    ...{ onFailure: 'continue', maxFailures: { kind: 'count', n: 3 } },
    where: { file: 'play.yml', line: 9, col: 9, length: 5, source: '  - id: build' },
  })
  expect(step?.env?.map(([name, text]) => [name, text.value])).toEqual([
    ['JOBS', '4'],
    ['VERBOSE', 'true'],
  ])
  const spec = step?.spec.kind === 'run' ? step.spec : undefined
  expect(spec?.readOnly).toBe(true)
  expect(
    [spec?.script, spec?.stdin, ...(spec?.creates ?? []), ...(spec?.removes ?? [])].map(valueIn),
  ).toEqual([...['make', 'yes', 'a', 'b', 'c']])
})

test('put and get', () => {
  const { steps } = good(`
hosts: all
steps:
  - put: { src: a.tgz, dest: /opt/, mode: "0640", owner: 1000, group: www, parents: true }
  - put: { content: 007, dest: /etc/agent }
  - get: { src: /var/log/*.log, dest: logs/ }
`)
  const [file, content, get] = steps.map(({ spec }) => spec)
  expect(file).toMatchObject({
    ...{ kind: 'put', parents: true, source: { kind: 'src', text: { value: 'a.tgz' } } },
    ...{
      dest: { value: '/opt/' },
      mode: { value: '0640' },
      owner: { value: '1000' },
      group: { value: 'www' },
    },
  })
  expect(content).toMatchObject({ source: { kind: 'content', text: { value: '007' } }, parents: false })
  expect(get).toMatchObject({ kind: 'get', src: { value: '/var/log/*.log' }, dest: { value: 'logs/' } })
})

test('variables keep numbers as they are written, and __proto__ is a key like any other inside of them', () => {
  const { vars } = good(`
hosts: all
vars:
  version: 1.10
  agent: 007
  big: 12345678901234567890
  day: 2024-01-01
  yes_text: yes
  flag: true
  none:
  quoted: "1.10"
  odd: { __proto__: 1, toString: x }
steps: [{ run: a }]
`)
  expect(vars.map(({ name, value }) => [name, value])).toEqual([
    ['version', { kind: 'number', text: '1.10' }],
    ['agent', { kind: 'number', text: '007' }],
    ['big', { kind: 'number', text: '12345678901234567890' }],
    ['day', '2024-01-01'],
    ['yes_text', 'yes'],
    ['flag', true],
    ['none', null],
    ['quoted', '1.10'],
    ['odd', expect.anything()],
  ])
  const [last] = vars.slice(-1)
  expect(Object.keys(last?.value as object)).toEqual(['__proto__', 'toString'])
  expect(Object.getPrototypeOf(last?.value)).toBeNull()
  expect([...(last?.texts.keys() ?? [])]).toEqual(['/toString'])
})

test('texts inside variables are found by their paths', () => {
  const [decl] = good('hosts: all\nvars: { a: [x, { b: y }, 1] }\nsteps: [{ run: a }]\n').vars
  expect([...(decl?.texts ?? [])].map(([path, { value }]) => [path, value])).toEqual([
    ['/0', 'x'],
    ['/1/b', 'y'],
  ])
})

test.each([
  ['90', 90_000],
  ['500ms', 500],
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['2d', 172_800_000],
])('timeout: %s', (written, ms) => {
  expect(onlyStep(`  - {run: a, timeout: ${written}}\n`).timeoutMs).toBe(ms)
})

test.each([
  ['a', [['a', 'host']]],
  ['[]', []],
  [
    '[a, {step: a, on: all}]',
    [
      ['a', 'host'],
      ['a', 'all'],
    ],
  ],
  ['{step: a, on: all}', [['a', 'all']]],
  ['[{step: a}]', [['a', 'host']]],
])('needs: %s', (written, wanted) => {
  const { needs } = onlyStep(`  - {run: b, needs: ${written}}\n  - {id: a, run: a}\n`)
  expect(needs?.map(({ step, on }) => [step, on])).toEqual(wanted)
})

test('an anchor may be used again', () => {
  const { steps } = good(`
hosts: all
steps:
  - run: a
    env: &env { A: 1 }
  - run: b
    env: *env
`)
  expect(steps[1]?.env?.map(([name, { value }]) => [name, value])).toEqual([['A', '1']])
})

test('a BOM and CRLF are accepted, and local paths belong to the folder of the file', () => {
  mkdirSync(join(folder, 'deep'))
  const path = join(folder, 'deep', 'crlf.yml')
  writeFileSync(path, '\ufeffhosts: all\r\nsteps:\r\n  - run: |\r\n      one\r\n      two\r\n')
  const { playbook, problems } = loadPlaybook(path, 'deep/crlf.yml')
  expect(problems).toEqual([])
  expect(playbook).toMatchObject({ file: 'deep/crlf.yml', folder: join(folder, 'deep'), name: 'crlf.yml' })
  expect(playbook?.steps[0]?.spec).toMatchObject({
    script: { value: 'one\ntwo\n', where: { line: 3, col: 10 } },
  })
})

test.each([
  ['a missing file', 'none.yml', undefined, 'file_unreadable'],
  ['a folder', '.', undefined, 'file_unreadable'],
  ['Latin-1', 'latin.yml', Buffer.from('steps: [{run: \xe9}]', 'latin1'), 'file_encoding'],
  ['UTF-16', 'wide.yml', Buffer.from('\ufeffsteps: []', 'utf16le'), 'file_encoding'],
  ['a NUL', 'nul.yml', Buffer.from('steps: [{run: a\0}]'), 'file_encoding'],
  ['more than 4 MiB', 'big.yml', Buffer.alloc((4 << 20) + 1, '#'), 'file_unreadable'],
])('%s is one problem at the file', (_, name, bytes, code) => {
  const path = join(folder, name)
  if (bytes !== undefined) writeFileSync(path, bytes)
  const { playbook, problems } = loadPlaybook(path, name)
  expect(playbook).toBeUndefined()
  expect(problems).toMatchObject([{ code, where: { file: name, line: 1 } }])
})

test('places inside a text are found through quotes, escapes and folds', () => {
  const text = `hosts: all
steps:
  - run: "a\\t\${{ x }}"
  - run: >
      folded
      \${{ y }}
`
  const [escaped, folded] = good(text).steps.map(({ spec }) =>
    spec.kind === 'run' ? spec.script : undefined,
  )
  const place = (script: Text | undefined, wanted: string) => {
    const { line, col, length } = script?.at(script.value.indexOf(wanted), wanted.length) ?? {}
    return [line, col, length]
  }
  expect(place(escaped, '${{ x }}')).toEqual([3, 14, 8])
  expect(place(folded, '${{ y }}')).toEqual([6, 7, 8])
})

test('a problem in one step does not hide those of others, and leaves a model to find more', () => {
  const { playbook, problems } = parsePlaybook(
    'p.yml',
    '/',
    'hosts: all\nsteps:\n  - rnu: a\n  - {run: b, oops: 1}\n',
  )
  expect(problems).toHaveLength(2)
  expect(playbook?.steps.map(({ id }) => id)).toEqual(['run', 'run_b'])
})

test('very many problems are counted, not listed', () => {
  const text = `hosts: all\nsteps:\n${'  - {run: a, oops: 1}\n'.repeat(300)}`
  const { problems } = parsePlaybook('p.yml', '/', text)
  expect(problems).toHaveLength(201)
  expect(problems.at(-1)?.message).toBe('from here on there are 100 more problems')
})

/** `a` holds ten values, `b` ten times `a`, and so on: a million million values in a few lines. */
function laughs(): string {
  const names = [...'abcdefghijkl']
  const lines = names.map((name, index) => {
    const inside = index === 0 ? 'x' : `*${names[index - 1]}`
    return `  ${name}: &${name} [${Array.from({ length: 8 }, () => inside).join(', ')}]`
  })
  return `vars:\n${lines.join('\n')}\nhosts: all\nsteps: [{run: a}]\n`
}

test.each([
  ['aliases that explode', laughs(), 'aliases repeat more than 500000 values'],
  ['very many aliases', `a: &a x\nb: [${'*a, '.repeat(101)}]\n`, 'more than 100 aliases (*name)'],
  ['brackets without end', '['.repeat(100_000), 'maps and lists are nested more than 64 deep'],
  ['braces without end', '{a: '.repeat(50_000), 'maps and lists are nested more than 64 deep'],
  ['dashes without end', '- '.repeat(50_000), 'maps and lists are nested more than 64 deep'],
  ['too many steps', `hosts: all\nsteps:\n${'- run: a\n'.repeat(10_001)}`, 'more than 10000 steps'],
])('%s: one problem, at its place', (_, text, message) => {
  expect(parsePlaybook('p.yml', '/', text).problems).toMatchObject([
    { code: 'yaml_limit', message, where: { file: 'p.yml' } },
  ])
})

const WORDS = [
  ...[
    'hosts:',
    'steps:',
    'run:',
    'put:',
    'needs:',
    'vars:',
    'env:',
    '- ',
    '  ',
    '    ',
    '\n',
    '\n  - ',
    '\n    ',
  ],
  ...[
    'a',
    '1.10',
    'true',
    '~',
    '"',
    "'",
    '|',
    '>',
    '[',
    ']',
    '{',
    '}',
    ',',
    ': ',
    ' #',
    '&x ',
    '*x',
    '!',
    '%',
    '@',
  ],
  ...[
    '${{',
    '}}',
    ' vars.x ',
    '\t',
    '\r\n',
    '\0',
    '\x1b',
    '\u2028',
    '😀',
    '\ud800',
    '<<: ',
    '---\n',
    '...\n',
    '? ',
  ],
]

test('no text makes it throw', () => {
  const wordy = fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map(words => words.join(''))
  fc.assert(
    fc.property(
      fc.oneof(
        wordy,
        fc.string(),
        wordy.map(text => `hosts: all\nsteps:\n  - run: ${text}`),
      ),
      text => {
        const { playbook, problems } = parsePlaybook('p.yml', '/', text)
        if (playbook === undefined) expect(problems.length).toBeGreaterThan(0)
        for (const { where, message } of problems) {
          expect(message).not.toBe('')
          const line = text.split('\n')[(where?.line ?? 1) - 1]
          expect(line).toBeDefined()
          expect(where?.col ?? 1).toBeLessThanOrEqual((line?.length ?? 0) + 1)
        }
      },
    ),
    { numRuns: 3000 },
  )
})

test('no bytes make it throw', () => {
  const path = join(folder, 'bytes.yml')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      writeFileSync(path, bytes)
      loadPlaybook(path)
    }),
  )
})
