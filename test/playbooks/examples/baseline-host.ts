import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Finished } from '../../e2e/drover.ts'
import { workFolder } from '../../e2e/work-folder.ts'
import type { TestServer } from '../../sshd/server.ts'
import { type HostOptions, runExample, startHost } from '../example.ts'
import { type StandIns, standIns } from '../stand-ins.ts'

export const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFH6QsFUfXgqU1pFqfmtSt6CLnqPkNvO3s9MJ5PuDqkx somebody'

/** A host that the example of a system baseline can be applied to. */
export interface BaselineHost {
  readonly server: TestServer
  readonly host: StandIns
  /** Accounts that it makes, and one that is there and that it removes. */
  readonly admins: readonly string[]
  readonly leaver: string
  readonly group: string
  baseline(verb: 'apply' | 'plan', more?: object): Promise<Finished>
  stop(): Promise<void>
}

export async function startBaselineHost(options: HostOptions = {}): Promise<BaselineHost> {
  const name = `drvbase${process.pid}${randomBytes(2).toString('hex')}`
  const admins = [`${name}a`, `${name}b`]
  const leaver = `${name}z`
  const group = `${name}g`
  const host = standIns('apt-get', 'dpkg-query', 'touch', 'touch-really', 'systemctl', 'crontab')
  const server = await startHost(host, options)
  execFileSync('useradd', ['--system', leaver])
  return {
    ...{ server, host, admins, leaver, group },
    baseline(verb, more = {}) {
      const vars = {
        packages: ['curl', 'rsync'],
        admins: admins.map(name => ({ name, key: KEY })),
        leavers: [leaver],
        admin_group: group,
        sshd_config: join(server.home, 'sshd.conf'),
        reports: join(server.home, 'reports'),
        ...more,
      }
      return runExample(verb, { cwd: workFolder(), file: 'baseline.yml', hosts: { h1: server }, vars })
    },
    async stop() {
      for (const user of [...admins, leaver]) spawnSync('userdel', ['-f', '-r', user])
      for (const name of [...admins, leaver, group]) spawnSync('groupdel', [name])
      host.remove()
      await server.stop()
    },
  }
}
