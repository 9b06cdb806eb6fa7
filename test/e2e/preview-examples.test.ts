import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runExample } from '../playbooks/example.ts'
import { type BaselineHost, startBaselineHost } from '../playbooks/examples/baseline-host.ts'
import { type RolloutSite, startRolloutSite } from '../playbooks/examples/rollout-site.ts'
import { told } from '../playbooks/settle.ts'
import { describeWith } from '../sshd/requirements.ts'
import { startSshd } from '../sshd/sshd.ts'
import { type TracedHost, tracedHost } from './traced-host.ts'
import { crontabOf, unchangedBy } from './unchanged.ts'
import { previewOf, verdictsOf } from './verdicts.ts'
import { workFolder } from './work-folder.ts'

// An apply that is traced takes its time.
vi.setConfig({ testTimeout: 240_000 })

describeWith(['root', 'sshd', 'strace', 'sudo', 'curl', 'tar', 'useradd'], 'a preview of an example', () => {
  let trace: TracedHost
  beforeAll(() => {
    trace = tracedHost()
  })
  afterAll(() => trace.remove())

  test('rollout: a first release, the one that is there, and the next', async () => {
    const site: RolloutSite = await startRolloutSite({ trace: trace.folder })
    try {
      const { server, host } = site
      const folders = [`${host.env.STAND_INS}`]
      const programs = ['grep', 'curl', 'date', 'socat', 'migrate', 'sudo', 'systemctl']
      const plan = (release: string) =>
        unchangedBy({ server, trace, folders, programs }, () => site.rollOut('plan', release))
      const fresh = await plan('1.0.0')
      expect(verdictsOf(fresh)['web1 unpack.folder']).toBe('change')
      const applied = await site.rollOut('apply', '1.0.0')
      expect(applied.status, told(applied)).toBe(0)
      const again = await plan('1.0.0')
      expect(previewOf(again).counts).toMatchObject({ change: 0, unknown: 0, unreachable: 0 })
      const next = await plan('2.0.0')
      expect(verdictsOf(next)['web1 unpack.folder']).toBe('change')
    } finally {
      await site.stop()
    }
  })

  test('baseline: a new host, and one that has it all', async () => {
    const one: BaselineHost = await startBaselineHost({ trace: trace.folder })
    try {
      const { server, host, admins } = one
      const homes = admins.map(name => `/home/${name}`)
      const crontabs = [server.user, ...admins].map(crontabOf)
      const programs = ['dpkg-query', 'apt-get', 'systemctl', 'crontab', 'sudo', 'awk', 'tr']
      const folders = [`${host.env.STAND_INS}`, '/var/lib/apt/lists', ...crontabs, ...homes]
      const plan = () => unchangedBy({ server, trace, folders, programs }, () => one.baseline('plan'))
      const fresh = await plan()
      expect(verdictsOf(fresh)['h1 packages.apt_install']).toMatch(/^(change|unknown)/)
      const applied = await one.baseline('apply')
      expect(applied.status, told(applied)).toBe(0)
      const again = await plan()
      expect(previewOf(again).counts).toMatchObject({ change: 0, unknown: 0, unreachable: 0 })
    } finally {
      await one.stop()
    }
  })

  test('collect-logs: before and after the logs were fetched', async () => {
    const server = await startSshd({ account: {}, trace: trace.folder })
    try {
      mkdirSync(join(server.home, 'log'))
      for (const name of ['a.log', 'b.log']) writeFileSync(join(server.home, 'log', name), name)
      const into = workFolder()
      const vars = { into, logs: ['log/*.log', 'log'] }
      const run = (verb: 'apply' | 'plan') =>
        runExample(verb, { cwd: into, file: 'collect-logs.yml', hosts: { h1: server }, vars })
      const programs = ['uptime', 'free', 'df', 'journalctl']
      const folders = [join(into, 'h1')]
      const plan = async () => {
        const finished = await unchangedBy({ server, trace, folders, programs }, () => run('plan'))
        return previewOf(finished).steps.find(({ id }) => id === 'logs[0]')?.groups
      }
      expect(await plan()).toMatchObject([{ verdict: 'no change', finding: { local: { new: 2, same: 0 } } }])
      expect((await run('apply')).status).toBe(0)
      expect(await plan()).toMatchObject([{ verdict: 'no change', finding: { local: { new: 0, same: 2 } } }])
    } finally {
      await server.stop()
    }
  })

  test('demo: before and after the release', async () => {
    const server = await startSshd({ account: {}, trace: trace.folder })
    try {
      const hosts = { web1: server, db1: server, mon1: server }
      const inventory = '\n[web]\nweb1\n[db]\ndb1\n[monitor]\nmon1\n'
      const cwd = workFolder()
      const run = (verb: 'apply' | 'plan') => runExample(verb, { cwd, file: 'demo.yml', hosts, inventory })
      const programs = ['uname', 'df', 'tail', 'sleep']
      const plan = async () => verdictsOf(await unchangedBy({ server, trace, programs }, () => run('plan')))
      const fresh = await plan()
      expect(fresh).toMatchObject({ 'web1 upload': 'change', 'web1 switch': 'change' })
      const applied = await run('apply')
      expect(applied.status, told(applied)).toBe(0)
      const again = await plan()
      expect(again).toMatchObject({
        'web1 upload': 'no change',
        'web1 configure': 'no change',
        'web1 compress': 'no change',
        'db1 dump': 'no change',
        'db1 migrate': 'no change',
        'web1 switch': 'change',
      })
    } finally {
      await server.stop()
    }
  })
})
