import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workFolder } from '../../e2e/work-folder.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { nodesThat, runExample, startHost } from '../example.ts'
import { told } from '../settle.ts'
import { type StandIns, standIns } from '../stand-ins.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFH6QsFUfXgqU1pFqfmtSt6CLnqPkNvO3s9MJ5PuDqkx somebody'

describeWith(['root', 'sshd', 'sudo', 'useradd'], 'the example of a system baseline', () => {
  const [ann, ben, zoe] = ['a', 'b', 'z'].map(letter => `drvbase${process.pid}${letter}`)
  const group = `drvbase${process.pid}g`
  let server: TestServer
  let host: StandIns
  beforeAll(async () => {
    host = standIns('apt-get', 'dpkg-query', 'touch', 'touch-really', 'systemctl', 'crontab')
    server = await startHost(host)
    execFileSync('useradd', ['--system', `${zoe}`])
  })
  afterAll(async () => {
    for (const user of [ann, ben, zoe]) spawnSync('userdel', ['-f', '-r', `${user}`])
    for (const name of [ann, ben, zoe, group]) spawnSync('groupdel', [`${name}`])
    host.remove()
    await server.stop()
  })

  function baseline(verb: 'apply' | 'plan', more: object = {}) {
    const vars = {
      packages: ['curl', 'rsync'],
      admins: [
        { name: ann, key: KEY },
        { name: ben, key: KEY },
      ],
      leavers: [zoe],
      admin_group: group,
      sshd_config: join(server.home, 'sshd.conf'),
      reports: join(server.home, 'reports'),
      ...more,
    }
    return runExample(verb, { cwd: workFolder(), file: 'baseline.yml', hosts: { h1: server }, vars })
  }

  test('makes a host what it should be, and changes nothing when applied again', async () => {
    expect((await baseline('plan')).status).toBe(0)
    const first = await baseline('apply')
    expect(first.status, told(first)).toBe(0)
    // Whether the lists of apt are old is the machine's affair.
    expect(host.calls().filter(call => !/apt-get update|touch/.test(call))).toEqual([
      'apt-get install curl rsync',
      'apt-get install cron',
      'reload-or-restart ssh',
      'enable cron',
      'start cron',
    ])
    for (const user of [`${ann}`, `${ben}`]) {
      expect(execFileSync('id', ['-Gn', user], { encoding: 'utf8' })).toMatch(group)
      expect(readFileSync(`/home/${user}/.ssh/authorized_keys`, 'utf8')).toBe(`${KEY}\n`)
    }
    expect(spawnSync('id', [`${zoe}`]).status).toBe(1)
    expect(readFileSync(join(server.home, 'sshd.conf'), 'utf8')).toMatch(
      /^# Written by drover on h1;.*\n[\s\S]*MaxAuthTries 4\n\nMatch Address 10\.0\.0\.0\/8\n {4}PasswordAuthentication yes\n$/,
    )
    expect((statSync(join(server.home, 'reports')).mode & 0o7777).toString(8)).toBe('2770')
    expect(readFileSync(join(`${host.env.STAND_INS}`, 'crontab'), 'utf8')).toMatch(
      /^# drover: large folders\n30 4 \* \* 1 du /,
    )

    const second = await baseline('apply')
    expect(second.status, told(second)).toBe(0)
    expect(nodesThat('changed', second)).toEqual([])
    expect(host.calls()).toEqual([])
  })

  test('sshd reads its settings again when they change, and only then', async () => {
    const changed = await baseline('apply', { password_networks: [] })
    expect(changed.status, told(changed)).toBe(0)
    expect(nodesThat('changed', changed)).toEqual(['h1 config', 'h1 reload.reloaded'])
    expect(readFileSync(join(server.home, 'sshd.conf'), 'utf8')).not.toMatch(/Match/)
    expect(existsSync(join(server.home, 'pwned'))).toBe(false)
  })
})
