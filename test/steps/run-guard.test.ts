import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunAction } from '../../src/model/action.ts'
import { applyRun } from '../../src/steps/run.ts'
import { quoteWord } from '../../src/steps/shell-words.ts'
import type { Session } from '../../src/transport/transport.ts'
import { testContext } from './context.ts'
import { applyWith, run } from './run-action.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guard-'))
  await writeFile(join(folder, 'there'), '')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const OK = { outcome: 'ok' }
const RAN = { outcome: 'changed' }

describe.each(SHELLS)('guards under %s', (_name, shell) => {
  const apply = (script: string, more: Partial<RunAction>) => applyWith(shell, run(script, more))
  const outcome = async (more: Partial<RunAction>) => (await apply('echo ran', more)).result

  test('unless: success means that there is nothing to do', async () => {
    expect(await outcome({ unless: 'true' })).toMatchObject({ ...OK, note: 'its unless holds' })
    expect(await outcome({ unless: 'false' })).toMatchObject({ ...RAN, stdout: { head: 'ran\n' } })
    expect(await outcome({ unless: 'exit 125' })).toMatchObject(RAN)
  })

  test('only_if: anything but success means that there is nothing to do', async () => {
    expect(await outcome({ onlyIf: 'true' })).toMatchObject(RAN)
    expect(await outcome({ onlyIf: 'echo "no such user" >&2; exit 3' })).toMatchObject({
      ...OK,
      note: 'its only_if does not hold: exit status 3: no such user',
    })
  })

  test('both: each must let the step run; creates and removes come first', async () => {
    expect(await outcome({ unless: 'false', onlyIf: 'true' })).toMatchObject(RAN)
    expect(await outcome({ unless: 'true', onlyIf: 'true' })).toMatchObject(OK)
    expect(await outcome({ unless: 'false', onlyIf: 'false' })).toMatchObject(OK)
    const trace = join(folder, 'trace')
    const guards = { unless: `echo unless >>${trace}; false`, onlyIf: `echo only_if >>${trace}; false` }
    await outcome({ creates: [join(folder, 'there')], ...guards })
    await expect(readFile(trace, 'utf8')).rejects.toThrow('ENOENT')
    await outcome({ creates: [trace], removes: [folder], ...guards })
    expect(await readFile(trace, 'utf8')).toBe('unless\nonly_if\n')
    await rm(trace)
  })

  test('what a guard prints is not shown', async () => {
    const loud = 'echo out; echo err >&2; printf "no newline"; false'
    const { shown, result } = await apply('printf ran; echo ran >&2', {
      unless: loud,
      onlyIf: 'echo x; true',
    })
    expect(shown).toEqual({ stdout: 'ran', stderr: 'ran\n' })
    expect(result.stdout.head).toBe('ran')
  })

  test('nothing of a guard leaks into the script', async () => {
    const guard = 'cd /; x=leaked; ls() { echo leaked; }; set -x; umask 0; export Y=leaked; exec 4>&1; exit 1'
    const script =
      'pwd; echo "[$x$Y]"; ls there; [ $((0$(umask))) = 0 ] || echo kept; (echo open >&4) 2>/dev/null || echo closed; set'
    const { shown } = await apply(script, { unless: guard, cwd: folder })
    expect(shown.stdout.split('\n').slice(0, 5)).toEqual([folder, '[]', 'there', 'kept', 'closed'])
    expect(shown.stdout).not.toMatch(/^(drover_guard|__[ns]=)/m)
    expect(shown.stderr).toBe('')
  })

  test('the first command that fails decides, as in a run', async () => {
    expect(await outcome({ unless: 'false\ntrue' })).toMatchObject(RAN)
    expect(await outcome({ onlyIf: 'cd /nowhere/at/all\ntrue' })).toMatchObject(OK)
  })

  test('a guard has the cwd and the environment, and no standard input', async () => {
    const env = [['WORD', "it's"]] as const
    expect(await outcome({ unless: `[ -e there ] && [ "$WORD" = "it's" ]`, env, cwd: folder })).toMatchObject(
      OK,
    )
    const { shown } = await apply('cat', { unless: 'read -r line', stdin: 'from stdin\n' })
    expect(shown.stdout).toBe('from stdin\n')
  })

  test('a guard that cannot run is a failure, not an answer', async () => {
    for (const guard of ['no-such-program-at-all', '/etc', "kill -9 $(sh -c 'echo $PPID')"]) {
      const unless = await outcome({ unless: guard })
      expect(unless.failure?.code).toBe('step_condition')
      expect(unless.failure?.message).toMatch(/^unless could not run: exit status 1(2[67]|37)/)
      expect((await outcome({ onlyIf: guard })).failure?.message).toMatch(/^only_if could not run/)
    }
  })

  test.each(['if true', 'echo "', "echo '", '}', 'test -e x)', 'case', 'x=$(', '<<'])(
    'bad syntax is a failure: %s',
    async guard => {
      for (const result of [await outcome({ unless: guard }), await outcome({ onlyIf: guard })]) {
        expect(result.failure?.message).toMatch(/^(unless|only_if) is not valid shell text/)
        expect(result.stdout.head).toBe('')
      }
    },
  )

  test.each([
    ['a comment', 'true # done'],
    ['only a comment', '# nothing'],
    ['a blank line', '\n\ntrue\n\n'],
    ['a here document', 'cat <<EOF | grep -q b\na\nb\nEOF\n'],
    ['quotes', `[ "a'b" = 'a'"'"'b' ] && [ '"' = '"' ] && [ "$(echo '$x\\y')" = '$x\\y' ]`],
    ['backquotes', '[ `echo a` = a ]'],
    ['several lines', 'if false\nthen exit 1\nfi\n[ "a\nb" = "a\nb" ]'],
    ['no ASCII', '[ "ü𝄞" = "ü𝄞" ]'],
    ['a loop', 'for i in 1 2 3; do :; done'],
    ['a function', 'f() { return 0; }; f'],
  ])('shell text of any form: %s', async (_form, guard) => {
    expect(await outcome({ unless: guard })).toMatchObject(OK)
  })

  test('a blank guard is none', async () => {
    expect(await outcome({ unless: '', onlyIf: ' \n' })).toMatchObject(RAN)
  })

  test('any text stays one word', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 }).filter(value => !value.includes('\0'))
    await fc.assert(
      fc.asyncProperty(text, async value => {
        const env = [['V', value]] as const
        expect(await outcome({ unless: `[ x"$V" = x${quoteWord(value)} ]`, env })).toMatchObject(OK)
      }),
      { numRuns: 15 },
    )
  })

  test('a flood from a guard is not kept', async () => {
    const { result } = await apply('echo ran', { unless: 'yes flood | head -c 5000000; echo last; false' })
    expect(result).toMatchObject({ ...RAN, stdout: { head: 'ran\n' } })
  })

  test("the shell's messages count the lines of the script", async () => {
    const at = async (more: Partial<RunAction>) => (await apply('\n\n${x?unset}', more)).shown.stderr
    expect(await at({ unless: 'false\n\n', onlyIf: 'true\n\n\n' })).toBe(await at({}))
  })
})

test('a guard that does not end says so', async () => {
  const result = await applyRun(run('true', { unless: 'sleep 30', timeoutMs: 300 }), testContext())
  expect(result.failure?.message).toBe('timed out after 300 ms, in its unless')
})

test('guards are one round trip, and a step without them is sent as it is', async () => {
  const sent: string[] = []
  const real = shellSession()
  const session: Session = {
    ...real,
    exec: (request, handlers) => {
      sent.push(request.script)
      return real.exec(request, handlers)
    },
  }
  await applyRun(run('echo', { unless: 'true', onlyIf: 'true', creates: ['x'] }), testContext(session))
  await applyRun(run('echo'), testContext(session))
  expect(sent).toHaveLength(2)
  expect(sent[1]).toBe('set -e; echo')
})
