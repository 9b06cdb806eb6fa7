import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { runProgram, VERBS } from '../../src/cli/program.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import { commandLinesIn, unknownOptions } from '../docs/command-lines.ts'

/** What a command line prints to stdout, in this process. */
async function output(program: CliContext['program'], ...args: readonly string[]): Promise<string> {
  const stdout = new PassThrough({ highWaterMark: 1 << 20 })
  const context = {
    ...{
      program,
      cwd: '/',
      env: {},
      stdin: process.stdin,
      secrets: new KnownSecrets(),
      stderr: process.stderr,
    },
    stdout: stdout as unknown as CliContext['stdout'],
    exit: () => {},
  }
  await runProgram(context, args)
  stdout.end()
  return readAll(stdout)
}

const HELPS = [
  ...VERBS.map(({ name }) => [`drover ${name}`, 'drover', [name, '--help']] as const),
  ['batch_run', 'batch_run', ['--help']] as const,
  ['batch_scp', 'batch_scp', ['--help']] as const,
]

describe.each(HELPS)('%s --help', (call, program, args) => {
  test('has examples of the call itself, and says what the exit status means', async () => {
    const help = await output(program, ...args)
    expect(help.startsWith(`Usage: ${call} `)).toBe(true)
    expect(help).toContain(`\nExamples:\n  ${call}`)
    expect(help.replaceAll('\n', ' ')).toContain('exit status is')
  })

  test('its examples use options that there are', async () => {
    const lines = commandLinesIn(await output(program, ...args))
    expect(lines.length).toBeGreaterThan(1)
    for (const line of lines) expect(await unknownOptions(line), line.text).toEqual([])
  })

  test('fits a terminal of 80 columns', async () => {
    const lines = (await output(program, ...args)).split('\n')
    expect(lines.filter(line => line.length > 80)).toEqual([])
  })
})

test('drover help VERB is drover VERB --help', async () => {
  expect(await output('drover', 'help', 'plan')).toBe(await output('drover', 'plan', '--help'))
})

test('a mistyped option gets a suggestion, on one line', async () => {
  await expect(output('drover', 'apply', 'play.yml', '--limt', 'web')).rejects.toThrow(
    /^unknown option '--limt'; did you mean --limit\?$/,
  )
})

test('nothing at all gets the help, on stderr and with the status of a call that is wrong', async () => {
  const stderr = new PassThrough()
  let status = 0
  const context = {
    ...{
      program: 'drover' as const,
      cwd: '/',
      env: {},
      stdin: process.stdin,
      secrets: new KnownSecrets(),
      stdout: process.stdout,
    },
    stderr: stderr as unknown as CliContext['stderr'],
    exit: (code: number) => {
      status = code
    },
  }
  await runProgram(context, [])
  stderr.end()
  expect(await readAll(stderr)).toBe(await output('drover', '--help'))
  expect(status).toBe(3)
})

test('what is no verb gets a suggestion, a playbook too', async () => {
  await expect(output('drover', 'aply')).rejects.toThrow('there is no verb "aply"; did you mean "apply"?')
  await expect(output('drover', 'web.yml')).rejects.toThrow(
    'there is no verb "web.yml"; to apply a playbook: drover apply web.yml',
  )
})
