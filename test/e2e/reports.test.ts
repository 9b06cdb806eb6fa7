import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { githubCommands } from '../render/ci-parsers.ts'
import { randomBytes } from '../render/random-text.ts'
import { expatSays, parseStrictXml } from '../render/strict-xml.ts'
import { drover, eventsOf, startDrover, untilPrinted } from './drover.ts'
import { writeLocalHosts } from './local-hosts.ts'
import { workFolder, writePlaybook } from './work-folder.ts'

const schema = JSON.parse(readFileSync(new URL('../../schema/event.schema.json', import.meta.url), 'utf8'))
const isEvent = new Ajv({ strictTypes: false, strictRequired: false, ownProperties: true }).compile(schema)

const OBEYED = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]--[\t\n\uFE00-\uFE0F]]/v

const STEPS = `
  - { id: first, run: echo one; echo two }
  - { id: again, run: exit 4, retry: { attempts: 2, delay: 10ms }, on_failure: continue }
  - { id: skipped, run: echo no, when: "false", needs: [] }
  - { id: broken, run: "echo out; echo err >&2; exit 3" }
  - { id: after, run: echo never }
`

function project(steps: string, names: readonly string[] = ['h1', 'h2']) {
  const cwd = workFolder()
  return { cwd, args: [writePlaybook(cwd, steps, "vars: { dest: '' }\n"), ...writeLocalHosts(cwd, names)] }
}

describe('reports of a run', () => {
  test('JSON, JUnit and a log of the same run', async () => {
    const { cwd, args } = project(STEPS)
    const files = ['--junit', 'r.xml', '--log', 'run.log']
    const run = await drover(['apply', ...args, '--format', 'json', ...files], { cwd })
    expect(run.status).toBe(1)
    for (const event of eventsOf(run))
      expect(isEvent(event), JSON.stringify([event, isEvent.errors])).toBe(true)
    const xml = readFileSync(join(cwd, 'r.xml'), 'utf8')
    expect(expatSays(xml) ?? 'well-formed').toBe('well-formed')
    const { attributes, children } = parseStrictXml(xml)
    const ends = eventsOf(run).filter(({ event }) => event === 'node_finished')
    expect(Number(attributes.tests)).toBe(ends.length)
    expect(children.map(({ attributes: { name } }) => name)).toEqual([
      'first',
      'again',
      'skipped',
      'broken',
      'after',
    ])
    const log = readFileSync(join(cwd, 'run.log'), 'utf8')
    expect(log).toMatch(/^\S+Z ── run \S+: Test \(\S*play\.yml\) ──\n/)
    expect(log).toMatch(/^\S+Z h2 │ first\s+│ two$/m)
    expect(log).toMatch(/^\S+Z h1 │ broken\s+│ ✖ failed · exit status 3/m)
    for (const file of ['r.xml', 'run.log']) expect(statSync(join(cwd, file)).mode & 0o777).toBe(0o600)
  })

  test('a file that cannot be written: nothing runs', async () => {
    const { cwd, args } = project('  - { id: a, run: touch ran }\n')
    for (const file of ['--junit', '--log']) {
      const run = await drover(['apply', ...args, file, 'missing/x'], { cwd })
      expect(run.status).toBe(3)
      expect(run.stderr).toContain(`${file} missing/x cannot be written: there is no such folder`)
    }
    expect(() => statSync(join(cwd, 'ran'))).toThrow()
  })

  test('after Ctrl-C the report is there, with what was under way', async () => {
    const { cwd, args } = project(
      '  - { id: long, run: "echo begun; sleep 60" }\n  - { id: next, run: echo }\n',
      ['h1'],
    )
    const running = startDrover(['apply', ...args, '--format', 'json', '--junit', 'r.xml'], { cwd })
    await untilPrinted(running, 'h1')
    running.child.kill('SIGINT')
    expect((await running.finished).status).toBe(130)
    const { attributes, children } = parseStrictXml(readFileSync(join(cwd, 'r.xml'), 'utf8'))
    expect(attributes).toMatchObject({ skipped: '2', errors: '1' })
    expect(children.at(-1)?.children[0]?.children[0]?.attributes.message).toBe('the run was interrupted')
  })

  test('a command on many hosts, folded', async () => {
    const { cwd, args } = project(STEPS, ['web1', 'web2', 'web3'])
    const run = await drover(
      [
        'run',
        ...args.slice(1),
        '-g',
        'all',
        '--fold',
        '--',
        'if [ $${{ host.name }} = web2 ]; then echo b; else echo a; fi'.replace('$$', '$'),
      ],
      { cwd },
    )
    expect(run.stdout).toBe(
      '---------------\nweb[1,3] (2)\n---------------\na\n---------------\nweb2\n---------------\nb\n',
    )
    const wrong = await drover(
      ['run', ...args.slice(1), '-g', 'all', '--fold', '--format', 'json', '--', 'true'],
      { cwd },
    )
    expect(wrong.status).toBe(3)
  })
})

test('10 MB of random bytes: nothing of it is obeyed in any file, in a CI’s log or told again', {
  timeout: 120_000,
}, async () => {
  const { cwd, args } = project('  - { id: noise, run: "cat noise; exit 3" }\n', ['h1'])
  writeFileSync(join(cwd, 'noise'), randomBytes(99, 10 << 20))
  const env = { GITHUB_ACTIONS: 'true' }
  const files = ['--junit', 'r.xml', '--log', 'run.log']
  const run = await drover(['apply', ...args, '-v', '--format', 'lines', ...files], {
    cwd,
    env,
    keep: 64 << 20,
  })
  expect(run.status).toBe(1)
  const told = await drover(['show', 'last', '--output'], { cwd, env, keep: 64 << 20 })
  const json = await drover(['show', 'last', '--format', 'json'], { cwd, keep: 64 << 20 })
  const list = await drover(['history'], { cwd })
  const log = readFileSync(join(cwd, 'run.log'), 'utf8')
  const xml = readFileSync(join(cwd, 'r.xml'), 'utf8')
  expect(run.stdout.length).toBeGreaterThan(10 << 20)
  expect(log.length).toBeGreaterThan(10 << 20)
  expect(told.stdout.length).toBeGreaterThan(10 << 10)
  for (const text of [run.stdout, run.stderr, told.stdout, told.stderr, json.stdout, list.stdout, log, xml]) {
    const at = text.search(OBEYED)
    expect(at === -1 ? '' : JSON.stringify(text.slice(at, at + 40))).toBe('')
  }
  const names = githubCommands(run.stdout).map(({ name }) => name)
  expect(new Set(names)).toEqual(new Set(['group', 'endgroup', 'error']))
  expect(names.filter(name => name === 'error')).toHaveLength(1)
  for (const text of [told.stdout, log, xml, json.stdout]) expect(githubCommands(text)).toEqual([])
})

test('a file on a host forges no command of a CI where a preview shows it', async () => {
  const forged = ['::stop-commands::x', '  ::error::x', '##[group]x'].map(line => `${line}\n`).join('')
  const { cwd, args } = project('  - { id: conf, put: { src: new, dest: "${{ vars.dest }}" } }\n', ['h1'])
  writeFileSync(join(cwd, 'new'), `${forged}new\n`)
  writeFileSync(join(cwd, 'old'), `${forged}old\n`)
  const env = { GITHUB_ACTIONS: 'true' }
  const plan = await drover(['plan', ...args, '-e', `dest=${join(cwd, 'old')}`], { cwd, env })
  expect(plan.stdout).toContain('stop-commands')
  expect(plan.stdout).toContain('##\\x5bgroup]x')
  expect(githubCommands(plan.stdout)).toEqual([])
})
