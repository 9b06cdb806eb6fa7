import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover } from './drover.ts'

describeWith(['sshd', 'ssh-keygen'], 'hosts that only the SSH configuration knows', () => {
  let jump: TestServer
  let end: TestServer
  let cwd: string
  beforeAll(async () => {
    ;[jump, end] = await Promise.all([startSshd(), startSshd({ addresses: ['127.0.0.3'] })])
  })
  afterAll(async () => {
    await Promise.all([jump.stop(), end.stop()])
  })
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'drover-own-config-'))
    mkdirSync(join(cwd, '.ssh'), { mode: 0o700 })
    const known = readFileSync(jump.knownHosts, 'utf8') + readFileSync(end.knownHosts, 'utf8')
    writeFileSync(join(cwd, '.ssh/known_hosts'), known)
    const config = [
      `Host end\n  HostName ${end.host}\n  Port ${end.port}\n  IdentityFile ${end.privateKey}\n  ProxyJump gate`,
      `Host gate\n  HostName ${jump.host}\n  Port ${jump.port}\n  IdentityFile ${jump.privateKey}`,
    ]
    writeFileSync(join(cwd, '.ssh/config'), config.join('\n'), { mode: 0o600 })
    writeFileSync(join(cwd, 'hosts.ini'), 'end\n')
    return () => rmSync(cwd, { recursive: true })
  })

  const logins = () => jump.log().split('Accepted publickey').length - 1

  test('are reached by their names, and with -F none they are not', async () => {
    const before = logins()
    const run = await drover(['run', '-H', 'end', 'echo here'], { cwd })
    expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining('here') })
    expect(logins()).toBe(before + 1)
    const none = await drover(['run', '-F', 'none', '-H', 'end', 'true'], { cwd })
    expect(none.status).toBe(1)
  })

  test('a saved plan remembers which file it was, and a way that is another one is drift', async () => {
    const config = readFileSync(join(cwd, '.ssh/config'), 'utf8')
    writeFileSync(join(cwd, 'fleet_config'), `${config}\nHost *\n  UserKnownHostsFile ~/.ssh/known_hosts`)
    rmSync(join(cwd, '.ssh/config'))
    writeFileSync(
      join(cwd, 'play.yml'),
      'hosts: end\nsteps:\n  - { id: a, run: echo done, read_only: true }\n',
    )
    const plan = await drover(['plan', 'play.yml', '-F', 'fleet_config', '--out', 'plan.json'], { cwd })
    expect(plan, plan.stderr).toMatchObject({ status: 0 })
    const applied = await drover(['apply', 'plan.json'], { cwd })
    expect(applied, applied.stderr).toMatchObject({ status: 0 })
    writeFileSync(join(cwd, 'fleet_config'), config.replace('ProxyJump gate', ''))
    const drifted = await drover(['apply', 'plan.json', '--again'], { cwd })
    expect(drifted).toMatchObject({ status: 4 })
  })
})
