import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import { ProblemsError } from '../../src/model/problem.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'

const folder = mkdtempSync(join(tmpdir(), 'drover-explain-'))
afterAll(() => rmSync(folder, { recursive: true }))

writeFileSync(
  join(folder, 'play.yml'),
  'name: Release\nhosts: web\nvars: { release: null }\nsteps:\n  - { id: look, run: "echo ${{ vars.release }}" }\n  - { id: restart, run: service app restart }\n',
)
writeFileSync(join(folder, 'bad.yml'), 'hosts: web\nsteps:\n  - { id: a, run: "echo ${{ vars.nix }}" }\n')

async function explain(...args: readonly string[]): Promise<string> {
  const stdout = new PassThrough({ highWaterMark: 1 << 20 })
  const context = {
    ...({
      program: 'drover',
      cwd: folder,
      env: {},
      stdin: process.stdin,
      secrets: new KnownSecrets(),
      stderr: process.stderr,
    } as const),
    stdout: stdout as unknown as CliContext['stdout'],
    exit: () => {},
  }
  await runProgram(context, ['explain', ...args])
  stdout.end()
  return readAll(stdout)
}

async function problemsOf(...args: readonly string[]): Promise<string[]> {
  try {
    return [await explain(...args)]
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    return error.problems.map(({ message, hint }) => (hint === undefined ? message : `${message}; ${hint}`))
  }
}

test('without an inventory hosts are patterns, and what -e must give is told', async () => {
  const text = await explain('play.yml')
  expect(text).toContain('2 steps, on the hosts of web unless they say otherwise.\nIt needs -e release=….\n')
  expect(text).toContain('\nrestart\n   Runs `service app restart`. It starts after look.\n')
})

test('with an inventory they have names', async () => {
  writeFileSync(join(folder, 'prod.ini'), '[web]\nweb[1:3]\n')
  const text = await explain('play.yml', 'restart', '-i', 'prod.ini', '-e', 'release=1')
  expect(text).toContain('\nWhere         web[1-3]\n')
  const limited = await explain('-l', 'web2', '-i', 'prod.ini', '-e', 'release=1', 'play.yml')
  expect(limited).toContain('2 steps, on web2 unless they say otherwise.')
})

describe('the library', () => {
  test('is known by name', async () => {
    const text = await explain('package')
    expect(text).toContain('\nIt takes\n  names ')
    expect(text).toContain('\nTo use it\n  - use: package\n    with:\n      names: ')
  })

  test('a mistyped name gets a suggestion', async () => {
    expect(await problemsOf('pakage')).toEqual(['drover\'s library has no "pakage"; did you mean "package"?'])
  })
})

describe('what is wrong', () => {
  test('a step that is not there', async () => {
    expect(await problemsOf('play.yml', 'restrat')).toEqual([
      'the playbook has no step "restrat"; did you mean "restart"?',
    ])
  })

  test('a playbook with a mistake', async () => {
    expect((await problemsOf('bad.yml'))[0]).toContain('"nix"')
  })

  test('an inventory that was asked for', async () => {
    expect((await problemsOf('play.yml', '-i', 'gone.ini'))[0]).toContain('gone.ini')
  })
})
