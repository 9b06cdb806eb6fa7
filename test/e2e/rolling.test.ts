import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBlackHole } from '../fault/black-hole.ts'
import { writeFleetInventory } from '../sshd/inventory.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import { descendantsOf, drover, endsOf, eventsOf, outcomesOf, startDrover } from './drover.ts'
import { workFolder } from './work-folder.ts'

// Twelve hosts (one sshd by twelve addresses) that are taken out of a balancer, worked on and put back, and a
// balancer with an sshd of its own.

describeWith(['root', 'sshd'], 'a roll-out', () => {
  let fleet: TestServer
  let lb: TestServer
  let hole: Awaited<ReturnType<typeof startBlackHole>>
  beforeAll(async () => {
    ;[fleet, lb, hole] = await Promise.all([
      startSshd({ addresses: ['0.0.0.0'] }),
      startSshd({ account: {}, maxSessions: 1 }),
      startBlackHole(),
    ])
  })
  afterAll(async () => {
    await Promise.all([fleet.stop(), lb.stop(), hole.stop()])
  })

  interface Roll {
    /** What each host does, as shell text. */
    readonly work: string
    readonly rolling?: string
    readonly more?: string
    /** Address and port of hosts, as `h5`, that are not what they should be. */
    readonly moved?: Readonly<Record<string, { readonly host: string; readonly port: number }>>
    readonly after?: string
  }

  function write({ work, rolling = 'batch: [1, 3]', more = '', moved = {}, after = '' }: Roll) {
    const cwd = workFolder()
    const file = writeFleetInventory(join(cwd, 'hosts.ini'), fleet, 12)
    const lines = readFileSync(file, 'utf8').split('\n')
    const placed = lines.map(line => {
      const at = moved[line.split(' ')[0] ?? '']
      if (at === undefined) return line
      return line.replace(/host=\S+/, `host=${at.host}`).replace(/port=\S+/, `port=${at.port}`)
    })
    const balancer = `lb ansible_host=${lb.host} ansible_port=${lb.port} ansible_user=${lb.user} ansible_ssh_private_key_file=${lb.privateKey}\n`
    writeFileSync(file, balancer + placed.join('\n'))
    const known = [fleet, lb].map(server => readFileSync(server.knownHosts, 'utf8')).join('')
    writeFileSync(join(cwd, 'known_hosts'), known)
    const play = `hosts: fleet
steps:
  - id: roll
    rolling: { ${rolling} }
    steps:
      - { id: drain, delegate_to: lb, run: "echo out \${{ host.name }} >> $HOME/log" }
      - id: work
        run: ${JSON.stringify(work)}
${more}
      - { id: undrain, delegate_to: lb, run: "echo in \${{ host.name }} >> $HOME/log", needs: [{ step: work, if: always }] }
${after}`
    writeFileSync(join(cwd, 'play.yml'), play)
    const args = ['apply', 'play.yml', '-i', 'hosts.ini', '--known-hosts', 'known_hosts']
    return { cwd, args }
  }

  const run = (roll: Roll) => {
    const { cwd, args } = write(roll)
    return drover([...args, '--format', 'json'], { cwd })
  }

  /** How many nodes of a step ended in which way. */
  function counts(finished: Parameters<typeof outcomesOf>[0], step: string): Record<string, number> {
    const found: Record<string, number> = {}
    for (const [node, outcome = ''] of Object.entries(outcomesOf(finished)))
      if (node.endsWith(` ${step}`)) found[outcome] = (found[outcome] ?? 0) + 1
    return found
  }

  const ON = (name: string) => `test \${{ host.name }} != ${name} ||`

  test('a canary that fails is put back, and nobody else is touched', async () => {
    const { cwd, args } = write({ work: `${ON('h1')} exit 7` })
    const finished = await drover([...args, '--format', 'json'], { cwd })
    expect(outcomesOf(finished)).toMatchObject({
      'h1 drain': 'changed',
      'h1 work': 'failed',
      'h1 undrain': 'changed',
    })
    expect(counts(finished, 'drain')).toEqual({ changed: 1, blocked: 11 })
    expect(counts(finished, 'undrain')).toEqual({ changed: 1, blocked: 11 })
    expect(finished.status).toBe(1)
    const told = await drover(args, { cwd })
    expect(told.stdout).toContain('roll ended with batch 1 of 5: not begun on h[2-12].')
  })

  test('one that hangs, one that is gone and one that flaps are counted; the batch before the limit is the last', async () => {
    const flapped = join(workFolder(), 'flapped')
    const flap = `${ON('h4')} test -e ${flapped} || { touch ${flapped}; kill -9 $PPID; sleep 9; }`
    const finished = await run({
      rolling: 'batch: 3, max_failures: 1, pause: 1s',
      work: `${ON('h2')} sleep 1000`,
      more: `        timeout: 1s
      - id: check
        run: ${JSON.stringify(flap)}
        read_only: true
        retry: { attempts: 3, delay: 100ms }`,
      moved: { h5: { host: '127.0.0.1', port: 1 } },
      after: '  - { id: after, run: "true" }\n',
    })
    expect(outcomesOf(finished)).toMatchObject({
      'h1 after': 'changed',
      'h2 work': 'failed',
      'h2 check': 'blocked',
      'h2 undrain': 'changed',
      'h3 after': 'changed',
      'h4 check': 'ok',
      'h4 after': 'changed',
      'h5 work': 'unreachable',
      'h6 undrain': 'changed',
    })
    expect(counts(finished, 'drain')).toEqual({ changed: 6, blocked: 6 })
    expect(finished.status).toBe(1)
  })

  test('a balancer that goes away blocks what it would do; the hosts themselves stay in use', async () => {
    const finished = await run({
      rolling: 'batch: 12, max_failures: 12',
      work: 'true',
      moved: {},
      more: `      - { id: cut, once: true, delegate_to: lb, run: "kill -9 $PPID; sleep 5", needs: [work] }
      - { id: still, run: "true", needs: [work, { step: cut, if: always }] }`,
    })
    expect(counts(finished, 'still')).toEqual({ changed: 12 })
    expect(Object.values(outcomesOf(finished))).not.toContain('cancelled')
  })

  test('hosts that a balancer cannot be reached for go on without it where they may', async () => {
    const { cwd, args } = write({
      work: 'true',
      rolling: 'batch: 6, max_failures: 12',
      after: '  - { id: other, needs: [], run: "true" }\n',
    })
    const file = join(cwd, 'hosts.ini')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^(lb .*)port=\d+/, '$1port=1'))
    const finished = await drover([...args, '--format', 'json'], { cwd })
    expect(counts(finished, 'drain')).toEqual({ unreachable: 12 })
    expect(counts(finished, 'work')).toEqual({ blocked: 12 })
    expect(counts(finished, 'undrain')).toEqual({ unreachable: 12 })
    expect(counts(finished, 'other')).toEqual({ changed: 12 })
    const unreachable = eventsOf(finished).filter(({ event }) => event === 'host_unreachable')
    expect(unreachable.map(({ host }) => host)).toEqual(['lb'])
    expect(finished.status).toBe(1)
  })

  test('workers that are killed leave their nodes unknown and end the roll-out, but for its cleanup', async () => {
    const seconds = uniqueSeconds()
    const { cwd, args } = write({ work: `${ON('h3')} { echo up; sleep ${seconds}; }` })
    const running = startDrover([...args, '--format', 'json'], { cwd })
    await expect.poll(() => running.stdout(), { timeout: 20_000 }).toMatch(/"node_output".*"h3"|"h3".*up/)
    for (const pid of descendantsOf(running.pid)) process.kill(pid, 'SIGKILL')
    const finished = await running.finished
    expect(endsOf(finished)['h3 work']).toMatchObject({
      outcome: 'unknown',
      failure: { code: 'worker_died' },
    })
    expect(outcomesOf(finished)['h3 undrain']).toBe('changed')
    expect(counts(finished, 'drain')).toEqual({ changed: 4, blocked: 8 })
    expect(finished.status).toBe(1)
    await untilGone(seconds)
  })

  test.for<[when: string, roll: (seconds: string) => Roll, shown: string]>([
    ['a batch', s => ({ work: `${ON('h3')} { echo up; sleep ${s}; }` }), 'up'],
    ['the pause between batches', () => ({ work: 'echo up', rolling: 'batch: 1, pause: 10m' }), '"undrain"'],
    [
      'the delay before a retry',
      () => ({ work: 'echo up; exit 1', more: '        retry: { delay: 10m }' }),
      'node_retried',
    ],
    [
      'a delegated step',
      s => ({ work: `echo up; sleep ${s}`, more: '        delegate_to: lb', rolling: 'batch: 3' }),
      'up',
    ],
    ['a step of another user', s => ({ work: `echo up; sleep ${s}`, more: '        become: nobody' }), 'up'],
    [
      'the wait for a host to come back',
      s => ({
        work: `echo up; sleep ${s} & kill -9 $PPID; sleep ${s}`,
        more: '        reconnect: true\n        timeout: 10m',
      }),
      'up',
    ],
  ])('Ctrl-C during %s ends it in order', async ([, roll, shown]) => {
    const seconds = uniqueSeconds()
    const { cwd, args } = write(roll(seconds))
    const running = startDrover([...args, '--format', 'json'], { cwd })
    await expect.poll(() => running.stdout().includes(shown), { timeout: 20_000, interval: 20 }).toBe(true)
    process.kill(running.pid, 'SIGINT')
    const finished = await running.finished
    expect(finished.status).toBe(130)
    expect(eventsOf(finished).at(-1)).toMatchObject({ event: 'run_finished', stopped: 'interrupted' })
    expect(Object.keys(outcomesOf(finished))).toHaveLength(36)
    await untilGone(seconds)
  })

  test('what an interrupted roll-out leaves undone is told', async () => {
    const seconds = uniqueSeconds()
    const { cwd, args } = write({ work: `${ON('h3')} sleep ${seconds}` })
    const running = startDrover(args, { cwd })
    await expect
      .poll(() => running.stdout(), { timeout: 20_000 })
      .toMatch(/^(?=[\s\S]*h2 .*undrain)(?=[\s\S]*h4 .*undrain)/)
    process.kill(running.pid, 'SIGINT')
    const { stdout, status } = await running.finished
    expect(status).toBe(130)
    expect(stdout).toContain('roll ended with batch 2 of 5: not begun on h[5-12].')
    expect(stdout).toContain('Cleanup that did not run: undrain on h3.')
    await untilGone(seconds)
  })
})
