import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPool } from '../../src/worker/pool.ts'
import { fleetAddress } from '../sshd/inventory.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { outputOf, runOn } from './pools.ts'

describeWith(['sshd'], 'workers over SSH', () => {
  let server: TestServer
  beforeAll(async () => {
    // MaxStartups would drop connections of a fleet that logs in at once.
    server = await startSshd({ addresses: ['0.0.0.0'], config: ['MaxStartups 500'] })
  })
  afterAll(() => server.stop())

  const login = () => ({ port: server.port, user: server.user, keys: [server.privateKey] })
  const start = (workers: number) =>
    startPool({ workers, hostKeys: { policy: 'off', knownHosts: server.knownHosts } })

  test('many hosts and several workers: every step on every host', async () => {
    const hosts = Array.from({ length: 200 }, (_, index) => fleetAddress(index))
    const scripts = ['echo $SSH_CONNECTION', 'true', 'echo done']
    const { summary, events } = await runOn(start(2), { hosts, scripts, login: login() })
    expect(summary).toMatchObject({ status: 0, counts: { changed: 600 } })
    expect(events.filter(event => event.kind === 'host_connected')).toHaveLength(200)
    expect(outputOf(events)).toContain(` ${hosts[199]} ${server.port}`)
  })

  test('a link that breaks makes the running node unknown; the next one has a new link', async () => {
    const { results, events } = await runOn(
      start(1),
      {
        hosts: ['127.0.0.1'],
        scripts: ['echo $PPID; sleep 600', 'echo back'],
        onFailure: 'continue',
        login: login(),
      },
      {
        listeners: [
          event => {
            if (event.kind !== 'node_output' || event.step !== 0) return
            for (const pid of server.sessions()) process.kill(pid, 'SIGKILL')
          },
        ],
      },
    )
    expect(results.get('0@0')).toMatchObject({ outcome: 'unknown', failure: { code: 'link_lost' } })
    expect(results.get('1@0')).toMatchObject({ outcome: 'changed', stdout: { head: 'back\n' } })
    expect(events.filter(event => event.kind === 'host_connected')).toHaveLength(2)
  })

  test('independent steps of one host run at the same time over its one connection', async () => {
    // Each waits for the other's file: one after the other they would never end.
    const meet = (mine: string, other: string) =>
      `d=/tmp/drover-test-$PPID; mkdir -p $d; : >$d/${mine}; until [ -e $d/${other} ]; do sleep 0.05; done`
    const { summary, events } = await runOn(start(1), {
      hosts: ['127.0.0.1'],
      scripts: [meet('a', 'b'), meet('b', 'a'), 'rm -r /tmp/drover-test-$PPID'],
      edges: [
        [],
        [],
        [
          { from: 0, on: 'host', if: 'success' },
          { from: 1, on: 'host', if: 'success' },
        ],
      ],
      login: login(),
    })
    expect(summary.status).toBe(0)
    expect(events.filter(event => event.kind === 'host_connected')).toHaveLength(1)
  })
})
