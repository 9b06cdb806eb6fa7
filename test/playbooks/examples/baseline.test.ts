import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import { nodesThat } from '../example.ts'
import { told } from '../settle.ts'
import { type BaselineHost, KEY, startBaselineHost } from './baseline-host.ts'

describeWith(['root', 'sshd', 'sudo', 'useradd'], 'the example of a system baseline', () => {
  let one: BaselineHost
  beforeAll(async () => {
    one = await startBaselineHost()
  })
  afterAll(() => one.stop())

  test('makes a host what it should be, and changes nothing when applied again', async () => {
    expect((await one.baseline('plan')).status).toBe(0)
    const first = await one.baseline('apply')
    expect(first.status, told(first)).toBe(0)
    // Whether the lists of apt are old is the machine's affair.
    expect(one.host.calls().filter(call => !/apt-get update|touch/.test(call))).toEqual([
      'apt-get install curl rsync',
      'apt-get install cron',
      'reload-or-restart ssh',
      'enable cron',
      'start cron',
    ])
    for (const user of one.admins) {
      expect(execFileSync('id', ['-Gn', user], { encoding: 'utf8' })).toMatch(one.group)
      expect(readFileSync(`/home/${user}/.ssh/authorized_keys`, 'utf8')).toBe(`${KEY}\n`)
    }
    expect(spawnSync('id', [one.leaver]).status).toBe(1)
    expect(readFileSync(join(one.server.home, 'sshd.conf'), 'utf8')).toMatch(
      /^# Written by drover on h1;.*\n[\s\S]*MaxAuthTries 4\n\nMatch Address 10\.0\.0\.0\/8\n {4}PasswordAuthentication yes\n$/,
    )
    expect((statSync(join(one.server.home, 'reports')).mode & 0o7777).toString(8)).toBe('2770')
    expect(readFileSync(join(`${one.host.env.STAND_INS}`, 'crontab'), 'utf8')).toMatch(
      /^# drover: large folders\n30 4 \* \* 1 du /,
    )

    const second = await one.baseline('apply')
    expect(second.status, told(second)).toBe(0)
    expect(nodesThat('changed', second)).toEqual([])
    expect(one.host.calls()).toEqual([])
  })

  test('sshd reads its settings again when they change, and only then', async () => {
    const changed = await one.baseline('apply', { password_networks: [] })
    expect(changed.status, told(changed)).toBe(0)
    expect(nodesThat('changed', changed)).toEqual(['h1 config', 'h1 reload.reloaded'])
    expect(readFileSync(join(one.server.home, 'sshd.conf'), 'utf8')).not.toMatch(/Match/)
    expect(existsSync(join(one.server.home, 'pwned'))).toBe(false)
  })
})
