import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { refusal, settle } from '../settle.ts'

const KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFH6Qs+/fXgqU== ann's "$(touch pwned)" \`key\` \\n`

describeWith(['root', 'sshd', 'useradd', 'crontab'], 'users, keys and crontabs of the library', () => {
  const user = `drvlib${process.pid}`
  const group = `${user}g`
  let server: TestServer
  let folder: string
  let home: string
  beforeAll(async () => {
    server = await startSshd()
    folder = mkdtempSync(join(tmpdir(), 'drover-people-'))
    execFileSync('chmod', ['755', folder])
    home = join(folder, 'a home')
  })
  afterAll(async () => {
    spawnSync('userdel', ['-f', '-r', user])
    for (const name of [user, group]) spawnSync('groupdel', [name])
    rmSync(folder, { recursive: true, force: true })
    await server.stop()
  })

  const ask = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).trim()
  const keys = () => readFileSync(join(home, '.ssh/authorized_keys'), 'utf8')
  const use = (name: string, params: object) => settle(server, name, { ...params })

  test('user: is made as described, changed, and put into groups', async () => {
    const given = { name: user, groups: [group, 'adm'], shell: '/bin/bash', home }
    expect(await use('user', given)).toEqual(['groups', 'account'])
    expect(ask('getent', 'passwd', user)).toMatch(`:${home}:/bin/bash`)
    expect(ask('id', '-Gn', user).split(' ').toSorted()).toEqual(['adm', user, group].toSorted())
    expect(statSync(home).uid).toBe(Number(ask('id', '-u', user)))
    const uid = 50_000 + (process.pid % 10_000)
    expect(await use('user', { name: user, uid, shell: '/bin/sh' })).toEqual(['attributes'])
    expect(ask('id', '-u', user)).toBe(`${uid}`)
    expect(await use('user', { name: user, groups: ['adm', 'daemon'] })).toEqual(['membership'])
    expect(ask('id', '-Gn', user)).toMatch(group)
  })

  test('user: what is no name is refused before anything is sent', async () => {
    for (const name of ['-r', 'a b', 'x;id', '', 'a:b'])
      expect(await refusal(server, 'user', { name, state: 'absent' })).toMatch(/name/)
  })

  test('authorized_key: is added once, its comment and options are set right, and other keys stay', async () => {
    expect(await use('authorized_key', { user, key: KEY })).toEqual(['key'])
    expect(keys()).toBe(`${KEY}\n`)
    expect(ask('stat', '-c', '%U %a', join(home, '.ssh'), join(home, '.ssh/authorized_keys'))).toBe(
      `${user} 700\n${user} 600`,
    )
    const blob = KEY.split(' ')[1]
    appendFileSync(
      join(home, '.ssh/authorized_keys'),
      `# ${KEY}\nssh-rsa BBBB ben\nrestrict ssh-ed25519 ${blob} old`,
    )
    const options = 'from="10.0.0.0/8",command="echo \\"a b\\""'
    expect(await use('authorized_key', { user, key: KEY, options })).toEqual(['key'])
    expect(keys()).toBe(`${options} ${KEY}\n# ${KEY}\nssh-rsa BBBB ben\n`)
    expect(await use('authorized_key', { user, key: KEY, state: 'absent' })).toEqual(['key'])
    expect(keys()).toBe(`# ${KEY}\nssh-rsa BBBB ben\n`)
    expect(existsSync(join(home, 'pwned'))).toBe(false)
  })

  test('authorized_key: root is not led astray by a link, and a key is one line', async () => {
    rmSync(join(home, '.ssh'), { recursive: true })
    symlinkSync(folder, join(home, '.ssh'))
    expect(await refusal(server, 'authorized_key', { user, key: KEY })).toMatch(/symbolic link/)
    expect(existsSync(join(folder, 'authorized_keys'))).toBe(false)
    rmSync(join(home, '.ssh'))
    expect(await refusal(server, 'authorized_key', { user, key: `${KEY}\nssh-rsa CCCC` })).toMatch(/key/)
    expect(await refusal(server, 'authorized_key', { user: 'nobody-has-this', key: KEY })).toMatch(
      /no user nobody-has-this/,
    )
  })

  test('cron: a job is added, changed and removed under its name; other lines stay', async () => {
    // crontab knows its tables only as long as the user is there.
    onTestFinished(() => void spawnSync('crontab', ['-u', user, '-r']))
    execFileSync('crontab', ['-u', user, '-'], { input: '# mine\n0 1 * * * true\n' })
    const table = () => ask('crontab', '-u', user, '-l')
    const name = `it's "odd" $(touch pwned) *`
    const job = `cd '/tmp' && echo "a  b" \\% \\\\ > /dev/null # $(date)`
    expect(await use('cron', { name, user, job, schedule: '1 2 * * 1-5' })).toEqual(['crontab'])
    expect(await use('cron', { name: 'other', user, job: 'true' })).toEqual(['crontab'])
    expect(await use('cron', { name, user, job, schedule: '1 3 * * 1-5' })).toEqual(['crontab'])
    expect(table()).toBe(
      `# mine\n0 1 * * * true\n# drover: other\n@daily true\n# drover: ${name}\n1 3 * * 1-5 ${job}`,
    )
    for (const gone of [name, 'other'])
      expect(await use('cron', { name: gone, user, state: 'absent' })).toEqual(['crontab'])
    expect(table()).toBe('# mine\n0 1 * * * true')
    expect(await refusal(server, 'cron', { name, user, job, schedule: '99 2 * * *' })).toMatch(
      /minute|errors in crontab/,
    )
    expect(await refusal(server, 'cron', { name, user })).toMatch(/give the "job"/)
    expect(await refusal(server, 'cron', { name: 'two\nlines', user, job: 'true' })).toMatch(/name/)
  })

  test('user: goes, with the home folder where that is wanted', async () => {
    expect(await use('user', { name: user, state: 'absent', remove_home: true })).toEqual(['removed'])
    expect(spawnSync('id', [user]).status).toBe(1)
    expect(existsSync(home)).toBe(false)
  })
})
