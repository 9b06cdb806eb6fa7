import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExecRequest } from '../../src/transport/transport.ts'
import { payload, unsendable, WRAPPER_ARGV, wrapperCommand } from '../../src/transport/wrapper.ts'
import { describeWith } from '../sshd/requirements.ts'

const CODE = WRAPPER_ARGV[2]
const MARK = '00ff00ff00ff00ff'
const MANNER = { group: 'own', stderrMarked: true } as const

/** Shells that are /bin/sh somewhere. */
const SHELLS: readonly (readonly [program: string, argv: readonly string[]])[] = [
  ['sh', ['sh']],
  ['dash', ['dash']],
  ['bash', ['bash', '--posix']],
  ['busybox', ['busybox', 'sh']],
  ['zsh', ['zsh', '--emulate', 'sh']],
]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-wrapper-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the wrapper with a shell, sends it bytes, and returns what the step wrote. */
async function wrapped(argv: readonly string[], input: string, path: string | undefined = process.env.PATH) {
  const [program = 'sh', ...args] = argv
  const child = spawn(program, [...args, '-c', CODE], {
    detached: true,
    env: { ...process.env, PATH: path },
    stdio: 'pipe',
  })
  child.stdin.on('error', () => {})
  child.stdin.write(input)
  const closed = new Promise<number | null>(resolve => child.on('close', code => resolve(code)))
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  child.stdin.destroy()
  const at = stdout.indexOf('.')
  return {
    code: await closed,
    started: stdout.startsWith(MARK),
    stdout: stdout.slice(at + 1),
    stderr: stderr.slice(MARK.length),
  }
}

function request(script: string, rest: Partial<ExecRequest> = {}): ExecRequest {
  return { script, env: [], stdin: { kind: 'empty' }, ...rest }
}

test('no login shell finds anything to interpret in the command', () => {
  for (const mode of ['own', 'setsid', 'none'] as const) {
    const [, inner = '', end] = wrapperCommand(mode).split("'")
    expect(end).toBe('')
    expect(inner).toMatch(/^[\x20-\x7e]+$/)
    expect(inner).not.toMatch(/\\|!(?! )/)
  }
})

test('a payload is one line of ASCII, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), script => {
      const sent = payload(request(script, { env: [['A', script]] }), MARK, MANNER)
      expect(sent).toMatch(/^[\t\x20-\x7e]+\n$/)
    }),
  )
})

test('a NUL and names that are none cannot be sent', () => {
  expect(unsendable(request('echo \0'))).toContain('NUL')
  expect(unsendable(request('', { env: [['A', '\0']] }))).toContain('A')
  expect(unsendable(request('', { env: [['A;reboot', 'x']] }))).toContain('A;reboot')
  expect(unsendable(request('', { stdin: { kind: 'text', text: '\0' } }))).toContain('NUL')
  expect(unsendable(request('é', { env: [['_a1', 'é']] }))).toBeUndefined()
})

for (const [name, argv] of SHELLS) {
  describeWith([argv[0] as string], `the wrapper run by ${name}`, () => {
    const run = (script: string, rest?: Partial<ExecRequest>) =>
      wrapped(argv, payload(request(script, rest), MARK, MANNER))

    test('any text arrives as it is: in the script, the environment and standard input', async () => {
      const sample = fc
        .string({ unit: 'binary', minLength: 1, maxLength: 200 })
        .filter(t => !t.includes('\0'))
      await fc.assert(
        fc.asyncProperty(sample, async any => {
          const quoted = any.replaceAll("'", `'\\''`)
          const script = `printf %s "$VALUE"; printf '|%s|' '${quoted}'; cat`
          const ran = await run(script, { env: [['VALUE', any]], stdin: { kind: 'text', text: any } })
          expect(ran).toEqual({ code: 0, started: true, stdout: `${any}|${any}|${any}`, stderr: '' })
        }),
        { numRuns: 25 },
      )
    })

    test('every character up to U+0100, and those that shells use inside', async () => {
      const every = Array.from({ length: 0x100 }, (_, i) => String.fromCodePoint(i + 1)).join('')
      const script = `printf %s '${every.replaceAll("'", `'\\''`)}'`
      expect((await run(script)).stdout).toBe(every)
    })

    test('a script may be longer than an argument can be', async () => {
      const long = 'x'.repeat(300_000)
      expect((await run(`printf %s ${long}`)).stdout.length).toBe(long.length)
    })

    test('nothing runs when the payload is cut off anywhere', async () => {
      const witness = join(folder, `${name}-ran`)
      const whole = payload(
        request(`touch ${witness}`, { stdin: { kind: 'text', text: 'abc' } }),
        MARK,
        MANNER,
      )
      const cuts = [1, 10, whole.length >> 1, whole.indexOf('\n'), whole.length - 1]
      for (const at of cuts) {
        const child = spawn(argv[0] as string, [...argv.slice(1), '-c', CODE], {
          detached: true,
          stdio: ['pipe', 'ignore', 'ignore'],
        })
        child.stdin.on('error', () => {})
        child.stdin.end(whole.slice(0, at))
        await new Promise(resolve => child.on('close', resolve))
      }
      expect(existsSync(witness)).toBe(false)
    })

    test('a step sees nothing of the wrapper', async () => {
      const before = await wrapped(argv, payload(request('set'), MARK, MANNER))
      expect(before.stdout).not.toMatch(/^(__|drover_)/m)
      const ran = await run('echo "$#"; drover_watch; drover_start')
      expect(ran.stdout).toBe('0\n')
      expect(ran.code).toBe(127)
    })

    test('exit codes, set -e, the last line without a newline, comments, here documents', async () => {
      expect((await run('exit 7')).code).toBe(7)
      expect((await run('false\necho no')).stdout).toBe('')
      expect((await run('')).code).toBe(0)
      expect((await run('# nothing')).code).toBe(0)
      expect((await run('cat <<E\na\nb\nE')).stdout).toBe('a\nb\n')
      expect((await run('no_such_command')).code).toBe(127)
      expect((await run('/')).code).toBe(126)
      expect((await run('fi')).code).not.toBe(0)
    })

    test('wait waits for the own children only', async () => {
      expect((await run('true & wait; echo done')).stdout).toBe('done\n')
    })

    test('standard input is empty unless text is given', async () => {
      expect((await run('cat; echo end')).stdout).toBe('end\n')
    })
  })
}

describe('standard input without head -c', () => {
  test('dd reads it instead', async () => {
    const { mkdirSync, symlinkSync, writeFileSync } = await import('node:fs')
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    for (const tool of ['cat', 'dd']) symlinkSync(`/bin/${tool}`, join(bin, tool))
    writeFileSync(join(bin, 'head'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    const sent = payload(request('cat', { stdin: { kind: 'text', text: 'hélas' } }), MARK, MANNER)
    expect((await wrapped(['/bin/sh'], sent, bin)).stdout).toBe('hélas')
  })
})

test('without a process group of its own, the wrapper says so and runs nothing', async () => {
  const sent = payload(request('echo ran'), MARK, MANNER)
  const child = spawn('/bin/sh', ['-c', `/bin/sh -c '${CODE}'; :`], { detached: true, stdio: 'pipe' })
  child.stdin.write(sent)
  expect(await text(child.stdout)).toBe(`${MARK}?`)
})
