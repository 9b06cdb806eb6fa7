import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDropbear } from '../sshd/dropbear.ts'
import { findProgram } from '../sshd/programs.ts'
import { describeWith } from '../sshd/requirements.ts'
import { setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, endsOf, outcomesOf } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

const PASSWORD = `pw-roll-${process.pid}`

describeWith(['root', 'sshd', 'dropbear', 'sudo', 'fish', 'tcsh'], 'becoming root in a roll-out', () => {
  const servers: Record<string, TestServer> = {}
  beforeAll(async () => {
    const add = async (name: string, starting: Promise<TestServer>) => {
      const server = await starting
      servers[name] = server
      setSudoers(server.user, [`${server.user} ALL=(ALL) ALL`])
    }
    const shell = (name: string) => ({ account: { password: PASSWORD, shell: findProgram(name) ?? '' } })
    await Promise.all([
      add('lb', startSshd({ ...shell('sh'), maxSessions: 1 })),
      add('fish', startSshd(shell('fish'))),
      add('tcsh', startSshd({ ...shell('tcsh'), maxSessions: 1 })),
      add('bear', startDropbear({ password: PASSWORD })),
      add('typo', startSshd(shell('sh'))),
      add('last', startSshd(shell('sh'))),
    ])
  })
  afterAll(async () => {
    await Promise.all(Object.values(servers).map(server => server.stop()))
  })

  function hosts(folder: string): string[] {
    const options = writeHosts(folder, servers)
    const file = join(folder, 'hosts.ini')
    const lines = readFileSync(file, 'utf8').replaceAll(/ ansible_password='[^']*'/g, '')
    const password = (name: string) => (name === 'typo' ? 'not-it' : PASSWORD)
    const whole = lines.replaceAll(
      /^(\w+) .*$/gm,
      (line, name) => `${line} become_password=${password(name)}`,
    )
    writeFileSync(file, whole, { mode: 0o600 })
    return options
  }

  const STEPS = `  - id: roll
    hosts: all:!lb
    become: true
    rolling: { batch: 2, max_failures: 1 }
    steps:
      - { id: drain, delegate_to: lb, run: 'test "$(id -u)" = 0' }
      - { id: send, put: { src: big, dest: "\${{ env.FAR }}/\${{ host.name }}", mode: "0600" } }
      - { id: fetch, get: { src: "\${{ env.FAR }}/\${{ host.name }}", dest: back/ } }
      - { id: undrain, delegate_to: lb, run: 'test "$(id -u)" = 0', needs: [{ step: fetch, if: always }] }
`

  test('whatever the login shell, with large files, and with a password that is wrong on one host', async () => {
    const cwd = workFolder()
    const far = workFolder()
    const big = Buffer.alloc(20_000_000, 'drover')
    writeFileSync(join(cwd, 'big'), big)
    const args = ['apply', writePlaybook(cwd, STEPS), ...hosts(cwd), '--format', 'json']
    const finished = await drover(args, { cwd, env: { FAR: far } })
    const outcomes = outcomesOf(finished)
    for (const name of ['fish', 'tcsh', 'bear', 'last']) {
      expect(outcomes[`${name} undrain`], name).toBe('changed')
      expect(readFileSync(join(cwd, 'back', name, name)).equals(big), name).toBe(true)
      expect(statSync(join(far, name))).toMatchObject({ uid: 0, mode: 0o100600 })
    }
    expect(outcomes).toMatchObject({
      'typo drain': 'changed',
      'typo send': 'failed',
      'typo fetch': 'blocked',
      'typo undrain': 'changed',
    })
    expect(endsOf(finished)['typo send']?.failure?.message).toMatch(/password/)
    expect(finished.stdout + finished.stderr).not.toContain(PASSWORD)
    expect(finished.status).toBe(1)
    expect(finished.peakMb).toBeLessThan(450)
  })
})

describeWith(['root', 'sshd'], 'hosts that restart in a roll-out', () => {
  test('go down and come back one at a time', async () => {
    const restarting = Object.fromEntries(
      await Promise.all([1, 2, 3].map(async n => [`h${n}`, await startSshd()] as const)),
    )
    const cwd = workFolder()
    const log = join(cwd, 'log')
    // All connections end; sshd itself stops answering for a while.
    const boot = (pid: number) =>
      `echo down >> ${log}; (sleep 0.5; kill -STOP ${pid}; sleep 1; kill -CONT ${pid}) </dev/null >/dev/null 2>&1 & kill -9 $(ps -o ppid= -p $PPID | tr -d ' ' | grep -vx ${pid}) $PPID; sleep 30`
    const cases = Object.entries(restarting).map(([name, { pid }]) => `${name}) ${boot(pid)};;`)
    const steps = `  - id: roll
    rolling: { batch: [1, 2] }
    throttle: 1
    steps:
      - id: boot
        reconnect: true
        timeout: 1m
        run: |
          case \${{ host.name }} in
${cases.map(line => `          ${line}`).join('\n')}
          esac
      - { id: up, read_only: true, run: "echo up" }
`
    const args = ['apply', writePlaybook(cwd, steps), ...writeHosts(cwd, restarting), '--format', 'json']
    const finished = await drover(args, { cwd })
    await Promise.all(Object.values(restarting).map(server => server.stop()))
    expect(outcomesOf(finished)).toEqual(
      Object.fromEntries(
        Object.keys(restarting).flatMap(name => [
          [`${name} boot`, 'changed'],
          [`${name} up`, 'ok'],
        ]),
      ),
    )
    expect(readFileSync(log, 'utf8')).toBe('down\n'.repeat(3))
    expect(finished.status).toBe(0)
  })
})
