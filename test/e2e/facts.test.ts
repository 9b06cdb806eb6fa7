import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDropbear } from '../sshd/dropbear.ts'
import { findProgram } from '../sshd/programs.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import { drover, eventsOf, outcomesOf, startDrover } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

/** Login shells with a start-up file each, and what stands in it. */
const SHELLS: Readonly<Record<string, readonly [shell: string, file: string, text: string]>> = {
  noisy: [
    'bash',
    '.bashrc',
    'echo drover_facts=1; echo os.id=hurd; echo cpus=9999; printf "\\0\\377\\n" >&2',
  ],
  fish: ['fish', '.config/fish/config.fish', 'echo hello from fish'],
  tcsh: ['tcsh', '.cshrc', 'echo hello from csh'],
}

/** Programs that a host may have of its own, first in its PATH. */
const FAKES: Readonly<Record<string, readonly [program: string, script: string]>> = {
  hangs: ['uname', 'exec sleep 1000'],
  lies: ['uname', `printf '%s\\n' 'Linux $(touch\${IFS}~/evil);\${{1}}' 1.0 x86; exit 3`],
  dns: ['hostname', 'exec sleep 1000'],
}

describeWith(['root', 'sshd', 'dropbear', 'fish', 'tcsh', 'bash'], 'facts over SSH', () => {
  const servers: Record<string, TestServer> = {}
  beforeAll(async () => {
    const add = async (name: string, starting: Promise<TestServer>) => {
      servers[name] = await starting
    }
    const shell = (name: string) => startSshd({ account: { shell: findProgram(name) ?? '' } })
    await Promise.all([
      add('plain', startSshd({ account: {}, maxSessions: 1 })),
      add('dropbear', startDropbear()),
      ...Object.entries(SHELLS).map(([name, [program]]) => add(name, shell(program))),
      ...Object.keys(FAKES).map(name => add(name, shell('bash'))),
    ])
    for (const [name, [, file, text]] of Object.entries(SHELLS)) place(name, file, `${text}\n`)
    for (const [name, [program, script]] of Object.entries(FAKES)) {
      place(name, '.bashrc', 'PATH=$HOME/fake:$PATH\n')
      place(name, `fake/${program}`, `#!/bin/sh\n${script}\n`)
    }
  })
  afterAll(async () => {
    await Promise.all(Object.values(servers).map(server => server.stop()))
  })

  function place(name: string, file: string, text: string): void {
    const path = join((servers[name] as TestServer).home, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    chmodSync(path, 0o755)
  }

  const STEPS = `  - { id: free, needs: [], run: "true" }
  - { id: use, needs: [], run: "printf %s \${{ facts.hostname }}/\${{ facts.os.family }}/\${{ facts.cpus }}" }
`

  test('hosts are known whatever their shells print, and what one makes up is never run', async () => {
    const cwd = workFolder()
    const { hangs: _, ...others } = servers
    const options = [...writeHosts(cwd, others), '--format', 'json']
    const finished = await drover(['apply', writePlaybook(cwd, STEPS), ...options], { cwd })
    for (const name of Object.keys(others)) {
      expect(outcomesOf(finished)[`${name} free`], name).toBe('changed')
      expect(outcomesOf(finished)[`${name} use`], name).toBe('changed')
    }
    const said = (name: string) =>
      eventsOf(finished).find(
        ({ event, host, step }) => event === 'node_output' && host === name && step === 'use',
      )?.text
    for (const name of ['plain', 'dropbear', ...Object.keys(SHELLS), 'dns'])
      expect(said(name), name).toBe(`${hostname()}/debian/${availableParallelism()}`)
    // What cannot be a name is no fact.
    expect(said('lies')).toBe(`/debian/${availableParallelism()}`)
    expect(existsSync(join((servers.lies as TestServer).home, 'evil'))).toBe(false)
    expect(finished.peakMb).toBeLessThan(450)
  })

  test('Ctrl-C while they are gathered leaves nothing behind', async () => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    place('hangs', 'fake/uname', `#!/bin/sh\ntouch $HOME/asked; exec sleep ${seconds}\n`)
    const { hangs } = servers
    const options = [...writeHosts(cwd, { hangs: hangs as TestServer }), '--format', 'json']
    const running = startDrover(['apply', writePlaybook(cwd, STEPS), ...options], { cwd })
    await expect.poll(() => running.stdout().includes('"free"'), { timeout: 20_000 }).toBe(true)
    process.kill(running.pid, 'SIGINT')
    const finished = await running.finished
    expect(finished.status).toBe(130)
    expect(outcomesOf(finished)['hangs use']).toBe('cancelled')
    await untilGone(seconds)
  })
})
