import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type AdhocPlay, type AdhocStep, adhocPlaybook } from '../../../src/cli/adhoc/playbook.ts'
import { playText, savePlay } from '../../../src/cli/adhoc/save-as.ts'
import type { CliContext } from '../../../src/cli/context.ts'
import { UsageError } from '../../../src/cli/usage.ts'
import { parsePlaybook } from '../../../src/load/playbook.ts'
import type { Playbook } from '../../../src/model/playbook.ts'
import { ProblemsError } from '../../../src/model/problem.ts'
import { capture } from '../../render/capture.ts'

/** What a playbook means, without the places where it is written and the names it gives. */
function meaning({ hosts, defaults, steps }: Playbook): unknown {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
  const parts = steps.map(({ spec, cwd, env, needs }) => ({ spec, cwd, env, needs: needs ?? [] }))
  return withoutPlaces(plain({ hosts, timeout: defaults.timeoutMs, parts }))
}

function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'where')
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutPlaces(inner)]))
}

function reloaded(play: AdhocPlay): Playbook {
  const { playbook, problems } = parsePlaybook(
    'play.yml',
    '/here',
    playText(play, '/here', '/here', undefined),
  )
  expect(problems).toEqual([])
  if (playbook === undefined) throw new Error('not a playbook')
  return playbook
}

const run = (script: string, more: Partial<AdhocStep & { kind: 'run' }> = {}): AdhocPlay => ({
  name: 'Run it',
  hosts: 'web,db1',
  steps: [{ kind: 'run', script, env: [], ...more }],
})

test('a saved command is a playbook that reads well', () => {
  const play = run('df -h', { cwd: '/var', env: [['LEVEL', '1.10']] })
  const text = playText({ ...play, timeout: { text: '30s', ms: 30_000 } }, '/here', '/here/plays', [
    'hosts.ini',
  ])
  expect(text.replace(/schema=\S+/, 'schema=SCHEMA')).toBe(`# yaml-language-server: $schema=SCHEMA

name: Run it
hosts: web,db1
inventory: ../hosts.ini
defaults:
  timeout: 30s
steps:
  - run: df -h
    cwd: /var
    env:
      LEVEL: "1.10"
`)
})

test('a saved copy keeps its local paths, seen from the playbook', () => {
  const put: AdhocStep = { kind: 'put', src: 'dist/', dest: '/opt/app/', mode: '0644', parents: true }
  const get: AdhocStep = { kind: 'get', src: '/etc/hosts', dest: 'got' }
  const text = playText({ name: 'x', hosts: 'all', steps: [put, get] }, '/here', '/here/plays', undefined)
  expect(text).toContain('src: ../dist/\n')
  expect(text).toContain('dest: ../got\n')
  expect(text).toContain('mode: "0644"\n')
})

test.each([
  'echo "a: b" # c',
  '! grep -q x f',
  'printf \'%s\\n\' "$X"',
  'a\nb\n',
  '  indented\n\ttab\n',
  '- x',
  'true',
  '0123',
  '{ echo; }',
  'echo ${{ host.name }}',
  '[ -f x ] && y',
  '@x',
  '`id`',
  '%',
  'a\\',
  'x\n\n',
  'é 東京 😀',
])('the saved playbook means the same: %j', script => {
  const play = run(script, {
    env: [
      ['A', script],
      ['B', 'yes'],
    ],
  })
  expect(meaning(reloaded(play))).toEqual(meaning(adhocPlaybook(play, '/here')))
})

test('the saved playbook means the same, whatever the command', () => {
  const word = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).filter(text => text.trim() !== '')
  const script = fc.array(word, { minLength: 1 }).map(words => words.join('\n').replaceAll('${{', ''))
  fc.assert(
    fc.property(script, word, (text, value) => {
      const play = run(text, { env: [['A', value.replaceAll('${{', '')]] })
      expect(meaning(reloaded(play))).toEqual(meaning(adhocPlaybook(play, '/here')))
    }),
  )
})

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'drover-save-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

function contextIn(cwd: string) {
  const stderr = capture()
  return { context: { cwd, stderr } as unknown as CliContext, stderr }
}

test('it says so, keeps the file to its owner, and replaces nothing without --force', () => {
  const cwd = folder()
  const { context, stderr } = contextIn(cwd)
  const file = join(cwd, 'play.yml')
  savePlay(context, run('uptime'), { saveAs: 'play.yml', isLiteral: false })
  expect(stderr.text()).toBe('Saved as play.yml: drover apply play.yml does the same again.\n')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const again = () => savePlay(context, run('id'), { saveAs: 'play.yml', isLiteral: false })
  expect(again).toThrow(ProblemsError)
  expect(readFileSync(file, 'utf8')).toContain('uptime')
  savePlay(context, run('id'), { saveAs: 'play.yml', isLiteral: false, force: true })
  expect(readFileSync(file, 'utf8')).toContain('run: id')
})

test('a folder that is not there is an error, and so are hosts that no inventory names', () => {
  const { context } = contextIn(folder())
  const save = (isLiteral: boolean) => () =>
    savePlay(context, run('id'), { saveAs: 'no/play.yml', isLiteral })
  expect(save(false)).toThrow(ProblemsError)
  expect(save(true)).toThrow(UsageError)
})
