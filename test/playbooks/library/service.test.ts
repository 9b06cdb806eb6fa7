import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { changedSteps, refusal, settle, useOnce } from '../settle.ts'
import { type StandIns, standIns } from '../stand-ins.ts'

// A test machine is a container, where no systemd runs: a stand-in for systemctl answers as the real one does.

describeWith(['root', 'sshd'], 'service of the library', () => {
  let server: TestServer
  let host: StandIns
  beforeAll(async () => {
    host = standIns('systemctl')
    server = await startSshd({ account: {} })
  })
  afterAll(async () => {
    host.remove()
    await server.stop()
  })

  const use = (params: object) => settle(server, 'service', { name: 'app', ...params }, { env: host.env })

  test('is started and enabled, stopped and disabled, each only where it is not so yet', async () => {
    expect(await use({ enabled: true })).toEqual(['enabled', 'started'])
    expect(host.calls()).toEqual(['enable app', 'start app'])
    expect(await use({ state: 'stopped', enabled: false })).toEqual(['disabled', 'stopped'])
    expect(host.calls()).toEqual(['disable app', 'stop app'])
    expect(await use({ state: 'unchanged' })).toEqual([])
    expect(await use({ name: 'a-b@c\\x2d.timer' })).toEqual(['started'])
    expect(host.calls()).toEqual(['start a-b@c\\x2d.timer'])
  })

  test('a static unit cannot be disabled, and is left alone', async () => {
    host.set('enabled/part', 'static\n')
    expect(await use({ name: 'part', state: 'unchanged', enabled: false })).toEqual([])
    expect(host.calls()).toEqual([])
  })

  test('a unit file that has changed is read again before anything else', async () => {
    host.set('stale/app')
    expect(await use({ state: 'started' })).toEqual(['reread', 'started'])
    expect(host.calls()).toEqual(['daemon-reload daemon-reload', 'start app'])
  })

  test('restarted and reloaded act each time; a service that fails says why', async () => {
    for (const [state, call] of [
      ['restarted', 'restart app'],
      ['reloaded', 'reload-or-restart app'],
    ]) {
      const finished = await useOnce(server, 'service', { name: 'app', state }, { env: host.env })
      expect(changedSteps(finished)).toEqual([state])
      expect(host.calls()).toEqual([call])
    }
    host.set('broken/bad')
    expect(await refusal(server, 'service', { name: 'bad' }, { env: host.env })).toMatch(/Job for bad failed/)
    expect(await refusal(server, 'service', { name: 'a b' })).toMatch(/name/)
  })
})
