import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Action, PutAction } from '../../src/model/action.ts'
import { createSteps } from '../../src/steps/index.ts'
import type { Session } from '../../src/transport/transport.ts'
import { describeWith } from '../sshd/requirements.ts'
import { startSshd } from '../sshd/sshd.ts'
import { testContext } from './context.ts'
import { HOSTS, type Host, overSsh } from './hosts.ts'
import { findingsOf, probe, snapshot } from './probing.ts'
import { run } from './run-action.ts'
import { shellSession } from './shell-session.ts'
import { SHELLS } from './shells.ts'
import { tempFolder } from './temp.ts'

const AWKWARD = ['-n', "it's", '$(id)', 'a\nb', '\\', '*', '"', ' ', 'ü€𝄞', '!x', '`y`', '%s']

function put(text: string, dest: string): PutAction {
  return { kind: 'put', source: { kind: 'content', text }, dest, parents: false, timeoutMs: 20_000 }
}

/** Gives all that a test made to the login. */
function own({ server, folder }: Host): void {
  if (server !== undefined && server.user !== 'root') execFileSync('chown', ['-R', `${server.user}:`, folder])
}

for (const [name, requirements, start] of HOSTS) {
  describeWith(requirements, `a look over ${name}`, () => {
    let host: Host
    let local: string
    beforeAll(async () => {
      host = await start()
      local = mkdtempSync(join(tmpdir(), 'drover-local-'))
    })
    afterAll(async () => {
      await host?.end()
      rmSync(local, { recursive: true, force: true })
    })

    test('finds what there is, whatever it is called, and changes nothing', async () => {
      const at = (...names: string[]) => join(host.folder, ...names)
      for (const name of AWKWARD) {
        mkdirSync(at(name))
        writeFileSync(at(name, name), `${name}\n`)
      }
      own(host)
      const before = snapshot(host.folder)
      const items = AWKWARD.flatMap((name): Action[] => [
        run('touch ran', { cwd: at(name), creates: [name] }),
        run('touch ran', {
          unless: 'cat "$FILE" | grep -qF -e "$NAME"',
          env: [
            ['FILE', at(name, name)],
            ['NAME', name],
          ],
        }),
        put(`${name}\n`, at(name, name)),
        put('other\n', at(name, name)),
        { kind: 'get', src: at(name), dest: join(local, 'web1'), timeoutMs: 20_000 },
      ])
      const findings = await findingsOf(host.session, items)
      expect(snapshot(host.folder)).toEqual(before)
      expect(findings).toMatchObject(
        AWKWARD.flatMap(name => [
          {
            kind: 'run',
            outlook: 'held',
            note: 'what it creates is there',
            reads: { exists: [at(name), at(name, name)] },
          },
          { kind: 'run', outlook: name.includes('\n') ? expect.any(String) : 'held' },
          { kind: 'put', outlook: 'same', targets: [at(name, name)] },
          { kind: 'put', outlook: 'writes', changes: [{ diff: { kind: 'text' } }] },
          { kind: 'get', outlook: 'fetches', files: 1, bytes: Buffer.byteLength(name) + 1 },
        ]),
      )
    })
  })
}

describeWith(['root', 'sshd', 'sudo'], 'a look as another user', () => {
  test('each user is asked once, and a refused one leaves the others their answers', async () => {
    const host = await overSsh(startSshd({ account: {} }))
    try {
      writeFileSync(join(host.folder, 'secret'), 'x')
      chmodSync(join(host.folder, 'secret'), 0)
      own(host)
      const items = [
        run('x', { unless: 'true' }),
        run('x', { unless: 'true', become: { method: 'sudo', user: 'root' } }),
        put('x', join(host.folder, 'secret')),
      ]
      const findings = await findingsOf(host.session, items)
      expect(findings).toMatchObject([{ outlook: 'held' }, { kind: 'unseen' }, { outlook: 'writes' }])
      expect(findings[1]).toMatchObject({ failure: { code: expect.stringMatching(/^become_/) } })
    } finally {
      await host.end()
    }
  })
})

describeWith(['sshd'], 'a link that breaks', () => {
  test('during a look: it is unknown, without findings', async () => {
    const host = await overSsh(startSshd())
    try {
      const file = join(host.folder, 'begun')
      const looking = createSteps()(
        probe([put('x', join(host.folder, 'f')), run('x', { unless: `touch ${file}; sleep 30` })]),
        testContext(host.session),
      )
      while (snapshot(host.folder).length === 1) await new Promise(resolve => setTimeout(resolve, 5))
      for (const pid of host.server?.sessions() ?? []) process.kill(pid, 'SIGKILL')
      const result = await looking
      expect(result).toMatchObject({ outcome: 'unknown', failure: { code: 'link_lost' } })
      expect(result.findings).toBeUndefined()
    } finally {
      await host.end()
    }
  })
})

describe('a look', () => {
  const temp = tempFolder()
  const at = (...names: string[]) => join(temp.path, ...names)

  test('that is cancelled is cancelled', async () => {
    const context = testContext()
    const looking = createSteps()(probe([run('x', { unless: `touch ${at('begun')}; sleep 30` })]), context)
    while (snapshot(temp.path).length === 1) await new Promise(resolve => setTimeout(resolve, 5))
    context.controller.abort('cancel')
    const { outcome, findings } = await looking
    expect({ outcome, findings }).toEqual({ outcome: 'cancelled', findings: undefined })
  })

  test('at a flood of output gives that one up, and goes on', async () => {
    const findings = await findingsOf(shellSession(), [
      put('x', at('f')),
      run('x', { unless: 'yes flood' }),
      run('x', { unless: 'true' }),
    ])
    expect(findings).toMatchObject([
      { outlook: 'writes' },
      { kind: 'unseen', failure: { message: 'it sends far too much' } },
      { outlook: 'held' },
    ])
  })

  test('is not misled by what a guard leaves behind, or says in its place', async () => {
    const items = [
      run('x', { unless: 'echo; echo "0123 end 0"; false' }),
      run('x', { unless: `(sleep 0.2; echo late; echo) & false` }),
      put('x', at('f')),
      run('x', { onlyIf: 'exec 1>&-; false' }),
      run('x', { unless: 'trap "echo bye" 0; exit 0' }),
      run('x', { onlyIf: 'cd /; PATH=; alias echo=false; false' }),
      run('x', { env: [['PATH', '/nowhere']], unless: 'true' }),
    ]
    const findings = await findingsOf(shellSession(), items)
    expect(findings.map(finding => 'outlook' in finding && finding.outlook)).toEqual([
      ...['runs', 'runs', 'writes', 'held', 'held', 'held', 'held'],
    ])
  })

  test('of very much is asked in parts', async () => {
    const long = 'x'.repeat(50_000)
    const items = Array.from({ length: 30 }, (_, index) =>
      run('x', { unless: `: ${long}; [ ${index} = 7 ]` }),
    )
    const findings = await findingsOf(shellSession(), items)
    expect(findings.map(finding => 'outlook' in finding && finding.outlook)).toEqual(
      items.map((_, index) => (index === 7 ? 'held' : 'runs')),
    )
  })

  test.each(SHELLS)('leaves nothing behind and no process under %s', async (_name, shell) => {
    mkdirSync(at('folder'))
    await findingsOf(shellSession(shell), [put('x', at('folder/f')), run('x', { creates: [at('gone')] })])
    expect(execFileSync('find', [temp.path]).toString()).toBe(`${temp.path}\n${at('folder')}\n`)
  })

  test('of what a host cannot be asked fails as when it is applied', async () => {
    const never: Session = {
      ...shellSession(),
      exec: () => {
        throw new Error('asked')
      },
    }
    const actions = [
      run('x'.repeat(200_000)),
      run('x\0'),
      run('x', { stdin: 'x'.repeat(5 << 20) }),
      run('x', { env: [['a b', 'x']] }),
    ]
    expect(await findingsOf(never, actions)).toMatchObject(
      actions.map(() => ({ outlook: 'fails', failure: { code: 'step_render' } })),
    )
  })
})
