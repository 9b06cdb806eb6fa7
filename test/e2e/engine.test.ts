import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDropbear } from '../sshd/dropbear.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, endsOf, eventsOf, outcomesOf } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

const SCHEMA = resolve(import.meta.dirname, '../../schema/event.schema.json')

describeWith(['root', 'sshd', 'dropbear'], 'a playbook over SSH', () => {
  let server: TestServer
  let single: TestServer
  let dropbear: TestServer
  beforeAll(async () => {
    ;[server, single, dropbear] = await Promise.all([
      startSshd({ account: {} }),
      startSshd({ account: {}, maxSessions: 1 }),
      startDropbear(),
    ])
  })
  afterAll(async () => {
    await Promise.all([server.stop(), single.stop(), dropbear.stop()])
  })

  async function apply(steps: string, { head = '', args = [] as readonly string[] } = {}) {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server, h2: server, single, dropbear })
    const play = writePlaybook(cwd, steps, head)
    const finished = await drover(['apply', play, ...hosts, '--format', 'json', ...args], { cwd })
    const valid = new Ajv({ strictTypes: false }).compile(JSON.parse(readFileSync(SCHEMA, 'utf8')))
    for (const event of eventsOf(finished)) expect(valid(event), JSON.stringify(event)).toBe(true)
    return finished
  }

  test('steps that do not need each other overlap on one host, and take turns where the server wants it', async () => {
    const meet = (me: string, other: string) =>
      `{ id: ${me}, needs: [], run: "touch $HOME/${me}; for i in $(seq 100); do [ -e $HOME/${other} ] && exit; sleep 0.05; done; exit 9" }`
    const finished = await apply(`  - ${meet('a', 'b')}\n  - ${meet('b', 'a')}\n`, { args: ['-l', 'h1'] })
    expect(outcomesOf(finished)).toEqual({ 'h1 a': 'changed', 'h1 b': 'changed' })
    const apart = (id: string) => `{ id: ${id}, needs: [], run: "sleep 0.2; echo ${id}" }`
    const steps = ['a', 'b', 'c', 'd'].map(id => `  - ${apart(id)}\n`).join('')
    const turns = await apply(steps, { args: ['-l', 'single,dropbear'] })
    expect(new Set(Object.values(outcomesOf(turns)))).toEqual(new Set(['changed']))
    expect(turns.status).toBe(0)
  })

  test('a step that times out does not take along those that wait for its channel', async () => {
    const steps = `  - { id: slow, needs: [], timeout: 1s, run: sleep 100 }
  - { id: other, needs: [], run: echo fine }
  - { id: third, needs: [], run: echo fine }
`
    const finished = await apply(steps, { args: ['-l', 'single,dropbear'] })
    const expected = { slow: 'failed', other: 'changed', third: 'changed' }
    for (const host of ['single', 'dropbear'])
      for (const [step, outcome] of Object.entries(expected))
        expect(outcomesOf(finished)[`${host} ${step}`]).toBe(outcome)
  })

  test('what needs a failed step is blocked with the cause; the rest goes on', async () => {
    const steps = `  - { id: first, run: "test \${{ host.name }} != h2" }
  - { id: second, run: echo }
  - { id: free, needs: [], run: echo }
  - { id: all, needs: [{ step: first, on: all }], run: echo }
`
    const finished = await apply(steps)
    expect(outcomesOf(finished)).toMatchObject({
      'h1 second': 'changed',
      'h2 first': 'failed',
      'h2 second': 'blocked',
      'h2 free': 'changed',
      'h1 all': 'blocked',
    })
    expect(JSON.stringify(endsOf(finished)['h1 all'])).toContain('"h2"')
    expect(finished.status).toBe(1)
  })

  test('once, throttle, on_failure and max_failures do what they say', async () => {
    const once = await apply('  - { id: a, once: true, run: echo }\n  - { id: b, run: echo }\n')
    expect(Object.keys(outcomesOf(once)).filter(node => node.endsWith(' a'))).toEqual(['h1 a'])
    const lock = 'mkdir /tmp/$LOCK || exit 9; sleep 0.1; rmdir /tmp/$LOCK'
    const env = `env: { LOCK: e2e-${process.pid}-${Date.now()} }`
    const throttled = await apply(`  - { id: a, throttle: 1, ${env}, run: "${lock}" }\n`)
    expect(throttled.status).toBe(0)
    const fails = '{ id: a, run: "test ${{ host.name }} = h1"'
    const on = await apply(`  - ${fails}, on_failure: continue }\n  - { id: b, run: echo }\n`)
    expect(outcomesOf(on)).toMatchObject({ 'h2 a': 'failed', 'h2 b': 'changed' })
    expect(on.status).toBe(1)
    const stop = await apply('  - { id: a, run: "exit 1" }\n  - { id: b, needs: [], run: sleep 1 }\n', {
      head: 'max_failures: 1\n',
      args: ['-f', '1'],
    })
    expect(eventsOf(stop).at(-1)).toMatchObject({ event: 'run_finished', stopped: 'max_failures' })
  })

  test('a host that goes away blocks its own steps only', async () => {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server, gone: { host: '127.0.0.1', port: 1 } })
    const play = writePlaybook(cwd, '  - { id: a, run: echo }\n  - { id: b, run: echo }\n')
    const finished = await drover(['apply', play, ...hosts, '--format', 'json'], { cwd })
    expect(outcomesOf(finished)).toEqual({
      'h1 a': 'changed',
      'h1 b': 'changed',
      'gone a': 'unreachable',
      'gone b': 'blocked',
    })
  })
})
