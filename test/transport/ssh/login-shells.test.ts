import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import type { Session } from '../../../src/transport/transport.ts'
import { startDropbear } from '../../sshd/dropbear.ts'
import { findProgram } from '../../sshd/programs.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { OK, runExec, sessionOf, startExec, targetOf } from '../run-exec.ts'
import { uniqueSeconds, untilGone } from '../step-processes.ts'

/** What an account's start-up files print; each shell reads one of them, if any, for a command. */
const START_UP = ['.bashrc', '.zshenv', '.cshrc', '.tcshrc']

const NASTY = `it's "ü" $HOME \`id\` \\ !! #{} ~ * %s \n\t end`

const SERVERS: readonly (readonly [name: string, needs: string, start: () => Promise<TestServer>])[] = [
  ...['sh', 'bash', 'dash', 'zsh', 'fish', 'csh', 'tcsh'].map(
    name => [name, name, () => startSshd({ account: { shell: findProgram(name) ?? name } })] as const,
  ),
  ['dropbear', 'dropbear', () => startDropbear()],
  ['dropbear with fish', 'fish', () => startDropbear({ shell: findProgram('fish') ?? 'fish' })],
]

for (const [name, needs, start] of SERVERS) {
  describeWith(['root', 'sshd', 'dropbear', needs], `login shell: ${name}`, () => {
    let server: TestServer
    let session: Session
    beforeAll(async () => {
      server = await start()
      for (const file of START_UP) {
        writeFileSync(join(server.home, file), 'echo WELCOME; echo BEWARE > /dev/stderr\n')
      }
      const transport = createSshTransport({
        policy: 'strict',
        knownHosts: server.knownHosts,
        home: '/nonexistent',
      })
      session = sessionOf(await transport.connect(targetOf(server), new AbortController().signal))
    })
    afterAll(async () => {
      session.end()
      await server.stop()
    })

    test('a step is run by /bin/sh, with its text and environment as they are, and no banner in its output', async () => {
      const script = `printf '%s|%s|' "$0" "$VALUE"; cat; echo oops >&2`
      for (let i = 0; i < 5; i++) {
        const ran = await runExec(session, script, {
          env: [['VALUE', NASTY]],
          stdin: { kind: 'text', text: NASTY },
        })
        expect([ran.stdout.toString(), ran.stderr.toString()]).toEqual([
          `/bin/sh|${NASTY}|${NASTY}`,
          'oops\n',
        ])
      }
    })

    test('many steps at once', async () => {
      const done = await Promise.all(Array.from({ length: 20 }, () => runExec(session, 'sleep 0.05')))
      expect(done.map(ran => ran.end)).toEqual(done.map(() => OK))
    })

    test.each(['empty', 'stream'] as const)('a stopped step leaves no process (%s input)', async kind => {
      const seconds = uniqueSeconds()
      const exec = await startExec(session, `echo started; sleep ${seconds} & sleep ${seconds}`, {
        stdin: { kind },
      })
      exec.stop('timeout')
      expect((await exec.done).kind).toBe('stopped')
      await untilGone(seconds)
    })

    test('steps leave nothing behind', async () => {
      await runExec(session, 'true')
      session.end()
      for (const end = Date.now() + 20_000; server.processes().length > 0; ) {
        if (Date.now() > end) throw new Error(`still running: ${server.processes().join(' ')}`)
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    })
  })
}
