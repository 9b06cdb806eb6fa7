import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDropbear } from '../sshd/dropbear.ts'
import { describeWith } from '../sshd/requirements.ts'
import { setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import { descendantsOf, drover, endsOf, eventsOf, outcomesOf, startDrover, untilPrinted } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

/** What locks of the login lie on a host. */
const locksOf = ({ home }: TestServer) =>
  existsSync(join(home, '.drover')) ? readdirSync(join(home, '.drover')) : []

const eventsNamed = (finished: { readonly stdout: string }, name: string) =>
  eventsOf(finished).filter(({ event }) => event === name)

describeWith(['root', 'sshd'], 'two runs on one host', () => {
  let server: TestServer
  let other: TestServer
  beforeAll(async () => {
    ;[server, other] = await Promise.all([startSshd({ account: {} }), startSshd({ account: {} })])
  })
  afterAll(async () => {
    await Promise.all([server.stop(), other.stop()])
  })

  /** A run that has the host, until `gate` is there. */
  async function holding(steps = '', hosts: Readonly<Record<string, TestServer>> = { h1: server }) {
    const cwd = workFolder()
    const gate = join(cwd, 'gate')
    chmodSync(cwd, 0o755)
    const wait = `i=0; until [ -e ${gate} ] || [ $i -gt 600 ]; do i=$((i+1)); sleep 0.1; done`
    const play = writePlaybook(cwd, `  - { id: hold, run: "echo up; ${wait}" }\n${steps}`)
    const running = startDrover(['apply', play, ...writeHosts(cwd, hosts), '--format', 'json'], { cwd })
    await untilPrinted(running, 'h1')
    return { running, open: () => writeFileSync(gate, ''), cwd }
  }

  function second(steps: string, options: readonly string[] = [], names: readonly string[] = ['h1']) {
    const cwd = workFolder()
    const hosts = writeHosts(
      cwd,
      Object.fromEntries(names.map(name => [name, name === 'h2' ? other : server])),
    )
    const play = writePlaybook(cwd, steps)
    return startDrover(['apply', play, ...hosts, '--format', 'json', ...options], { cwd })
  }

  test('the second is refused before anything of it has run, and told who has the host', async () => {
    const first = await holding()
    const refused = await second(
      `  - { id: touch, run: "touch touched" }
  - { id: always, needs: [{ step: touch, if: always }], run: "touch cleaned" }
`,
    ).finished
    expect(refused.status).toBe(4)
    expect(outcomesOf(refused)).toEqual({ 'h1 touch': 'refused', 'h1 always': 'refused' })
    const { failure } = endsOf(refused)['h1 touch'] ?? {}
    expect(failure?.code).toBe('lock_held')
    expect(failure?.message).toMatch(/^run \S+ of \S+@\S+ \(Test\) since \S+ has this host$/)
    expect(failure?.hint).toContain('--lock-timeout')
    expect(eventsOf(refused).at(-1)).toMatchObject({ event: 'run_finished', stopped: 'lock' })
    expect(readdirSync(server.home)).not.toContain('touched')
    expect(readdirSync(server.home)).not.toContain('cleaned')
    first.open()
    const held = await first.running.finished
    expect(held.status).toBe(0)
    expect(eventsNamed(held, 'lock_taken')).toMatchObject([{ host: 'h1', as: server.user }])
    expect(locksOf(server)).toEqual([])
  })

  test('with --lock-timeout it waits its turn', async () => {
    const first = await holding()
    const waiting = second(`  - { id: go, run: echo went }\n`, ['--lock-timeout', '60s'])
    await expect.poll(() => waiting.stdout(), { timeout: 20_000 }).toContain('lock_waiting')
    first.open()
    expect((await first.running.finished).status).toBe(0)
    const finished = await waiting.finished
    expect(finished.status).toBe(0)
    expect(eventsNamed(finished, 'lock_waiting')).toHaveLength(1)
    expect(outcomesOf(finished)).toEqual({ 'h1 go': 'changed' })
    expect(locksOf(server)).toEqual([])
  })

  test('it waits no longer than it was told to, and Ctrl-C ends the wait', async () => {
    const first = await holding()
    const briefly = await second(`  - { id: go, run: echo went }\n`, ['--lock-timeout', '500ms']).finished
    expect(briefly.status).toBe(4)
    const waiting = second(`  - { id: go, run: echo went }\n`, ['--lock-timeout', '60s'])
    await expect.poll(() => waiting.stdout(), { timeout: 20_000 }).toContain('lock_waiting')
    process.kill(waiting.pid, 'SIGINT')
    const cancelled = await waiting.finished
    expect(cancelled.status).toBe(130)
    expect(outcomesOf(cancelled)).toEqual({ 'h1 go': 'cancelled' })
    first.open()
    await first.running.finished
    expect(locksOf(server)).toEqual([])
  })

  test('a refused run gives back the hosts that it has', async () => {
    const first = await holding()
    const refused = await second(
      `  - { id: early, hosts: h2, run: "true" }
  - { id: late, hosts: h1, run: "true" }
  - { id: never, hosts: h2, run: "true" }
`,
      [],
      ['h1', 'h2'],
    ).finished
    expect(refused.status).toBe(4)
    expect(outcomesOf(refused)).toEqual({
      'h2 early': 'changed',
      'h1 late': 'refused',
      'h2 never': 'blocked',
    })
    expect(locksOf(other)).toEqual([])
    first.open()
    await first.running.finished
  })

  test('ad hoc commands, previews and --no-lock take none', async () => {
    const first = await holding()
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server })
    expect((await drover(['run', ...hosts, '-g', 'all', '--', 'true'], { cwd })).status).toBe(0)
    const play = writePlaybook(cwd, `  - { id: go, run: "true" }\n`)
    expect((await drover(['plan', play, ...hosts], { cwd })).status).toBe(0)
    expect((await drover(['apply', play, ...hosts, '--no-lock'], { cwd })).status).toBe(0)
    first.open()
    await first.running.finished
  })

  test('two names of one machine are one run’s own, at once and one after the other', async () => {
    const cwd = workFolder()
    const names = { h1: server, h2: server, h3: server }
    const play = writePlaybook(
      cwd,
      `  - { id: a, run: "ls .drover/* | wc -l" }
  - { id: b, needs: [], run: "sleep 0.2" }
  - { id: c, hosts: h3, needs: [a], run: "test -d .drover" }
`,
    )
    const finished = await drover(['apply', play, ...writeHosts(cwd, names), '--format', 'json'], { cwd })
    expect(finished.status).toBe(0)
    expect(locksOf(server)).toEqual([])
  })

  test.for([
    'put: { content: x, dest: copy }',
    'get: { src: /etc/hostname, dest: got/ }',
    'run: "false", creates: /etc',
    'run: "true", unless: "test -d .drover"',
  ])('%s takes it too', async step => {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server })
    const first = await holding()
    const play = writePlaybook(cwd, `  - { id: go, ${step} }\n`)
    const refused = await drover(['apply', play, ...hosts, '--format', 'json'], { cwd })
    expect(outcomesOf(refused)).toEqual({ 'h1 go': 'refused' })
    first.open()
    await first.running.finished
    const done = await drover(['apply', play, ...hosts, '--format', 'json'], { cwd })
    expect(done.status).toBe(0)
    expect(eventsNamed(done, 'lock_taken')).toHaveLength(1)
    expect(locksOf(server)).toEqual([])
  })

  test('Ctrl-C, and twice, gives it back', async () => {
    for (const times of [1, 2]) {
      const { running } = await holding()
      process.kill(running.pid, 'SIGINT')
      if (times === 2) process.kill(running.pid, 'SIGINT')
      expect((await running.finished).status).toBe(130)
      expect(locksOf(server)).toEqual([])
    }
  })

  test('a controller that is killed gives it back, by its workers', async () => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const play = writePlaybook(cwd, `  - { id: hold, run: "echo up; sleep ${seconds}" }\n`)
    const running = startDrover(['apply', play, ...writeHosts(cwd, { h1: server }), '--format', 'json'], {
      cwd,
    })
    await untilPrinted(running, 'h1')
    expect(locksOf(server)).toHaveLength(1)
    process.kill(running.pid, 'SIGKILL')
    await once(running.child, 'close')
    await untilGone(seconds)
    await expect.poll(() => locksOf(server), { timeout: 20_000 }).toEqual([])
  })

  test('all of it killed: the next run takes it over at once', async () => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const play = writePlaybook(cwd, `  - { id: hold, run: "echo up; sleep ${seconds}" }\n`)
    const running = startDrover(['apply', play, ...writeHosts(cwd, { h1: server }), '--format', 'json'], {
      cwd,
    })
    await untilPrinted(running, 'h1')
    const all = [running.pid, ...descendantsOf(running.pid)]
    for (const pid of all) process.kill(pid, 'SIGKILL')
    await once(running.child, 'close')
    expect(locksOf(server)).toHaveLength(1)
    const finished = await second(`  - { id: go, run: "true" }\n`).finished
    expect(finished.status).toBe(0)
    expect(locksOf(server)).toEqual([])
    await untilGone(seconds)
  })

  test('a run that goes on has its hosts, whoever of it was killed', async () => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const line = (text: string) => `  - { id: hold, run: "echo up; ${text}" }\n`
    const hosts = writeHosts(cwd, { h1: server })
    const running = startDrover(
      ['apply', writePlaybook(cwd, line(`[ -e ran ] || sleep ${seconds}`)), ...hosts, '--format', 'json'],
      { cwd },
    )
    await untilPrinted(running, 'h1')
    const workers = descendantsOf(running.pid)
    process.kill(running.pid, 'SIGSTOP')
    for (const pid of workers) process.kill(pid, 'SIGKILL')
    process.kill(running.pid, 'SIGKILL')
    await once(running.child, 'close')
    writeFileSync(join(server.home, 'ran'), '')
    const resumed = await drover(['resume', 'last', '--rerun-unknown'], { cwd })
    expect(resumed.status, resumed.stdout + resumed.stderr).toBe(0)
    expect(locksOf(server)).toEqual([])
    await untilGone(seconds)
  })

  test('links that are closed for want of open files give their hosts back', async () => {
    const cwd = workFolder()
    const names = Array.from({ length: 70 }, (_, at) => [`h${at + 1}`, server] as const)
    const play = writePlaybook(
      cwd,
      `  - { id: one, run: "true" }
  - { id: two, needs: [{ step: one, on: all }], run: "true" }
`,
    )
    const args = ['apply', play, ...writeHosts(cwd, Object.fromEntries(names)), '--yes', '-q']
    const bin = new URL('../../bin/drover.js', import.meta.url).pathname
    const child = spawn('bash', ['-c', 'ulimit -n 64; exec "$0" "$@"', process.execPath, bin, ...args], {
      cwd,
      env: { PATH: process.env.PATH, HOME: cwd },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    expect(stdout + stderr).toBe('')
    expect(locksOf(server)).toEqual([])
  })

  test('runs that only delegate to this machine do not meet there', async () => {
    const home = workFolder()
    const start = (name: string, script: string, host: TestServer) => {
      const cwd = workFolder()
      const hosts = writeHosts(cwd, { [name]: host })
      appendFileSync(join(cwd, 'hosts.ini'), '\n[here]\nme ansible_connection=local\n')
      const play = writePlaybook(cwd, `  - { id: tell, hosts: ${name}, delegate_to: me, run: "${script}" }\n`)
      return startDrover(['apply', play, ...hosts, '--format', 'json'], { cwd, env: { HOME: home } })
    }
    const gate = join(home, 'gate')
    const first = start('h1', `echo up; until [ -e ${gate} ]; do sleep 0.1; done`, server)
    await untilPrinted(first, 'h1')
    expect((await start('h2', 'true', other).finished).status).toBe(0)
    writeFileSync(gate, '')
    expect((await first.finished).status).toBe(0)
  })

  test('where there can be none, it says so and goes on', async () => {
    symlinkSync('/tmp', join(server.home, '.drover'))
    const linked = await second(`  - { id: go, run: echo went }\n`).finished
    rmSync(join(server.home, '.drover'))
    expect(linked.status).toBe(0)
    expect(eventsNamed(linked, 'lock_missed')).toMatchObject([
      { host: 'h1', why: `${server.home}/.drover is a symbolic link` },
    ])
    mkdirSync(join(server.home, '.drover'))
    const foreign = await second(`  - { id: go, run: echo went }\n  - { id: more, run: echo went }\n`)
      .finished
    rmSync(join(server.home, '.drover'), { recursive: true })
    expect(foreign.status).toBe(0)
    expect(eventsNamed(foreign, 'lock_missed')).toMatchObject([
      { why: `${server.home}/.drover belongs to somebody else` },
    ])
    expect(eventsNamed(foreign, 'lock_missed')).toHaveLength(1)
  })
})

describeWith(['root', 'sshd', 'dropbear', 'sudo'], 'whose lock it is', () => {
  let server: TestServer
  let bear: TestServer
  let single: TestServer
  beforeAll(async () => {
    ;[server, bear, single] = await Promise.all([
      startSshd({ account: {} }),
      startDropbear(),
      startSshd({ account: {}, maxSessions: 1 }),
    ])
    for (const { user } of [server, bear, single]) setSudoers(user, [`${user} ALL=(ALL) NOPASSWD: ALL`])
  })
  afterAll(async () => {
    await Promise.all([server.stop(), bear.stop(), single.stop()])
  })

  const rootsLock = ({ port }: TestServer) => `/run/drover/lock.${port}`

  async function apply(steps: string) {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server, bear, single })
    const play = writePlaybook(cwd, steps)
    const finished = await drover(['apply', play, ...hosts, '--format', 'json'], { cwd })
    const printed = eventsNamed(finished, 'node_output')
    const saidBy = (host: string) =>
      printed.flatMap(event => (event.host === host ? event.text : [])).join('')
    const taken = eventsNamed(finished, 'lock_taken').map(({ host, as }) => `${host} ${as}`)
    return { finished, saidBy, taken: taken.toSorted() }
  }

  test('root’s in /run where a step becomes root, named after the port of the server, with 0700', async () => {
    const { finished, saidBy, taken } = await apply(
      `  - { id: look, become: true, run: "ls -d /run/drover/*/*; stat -c '%a %U' /run/drover" }\n`,
    )
    expect(finished.status).toBe(0)
    expect(taken).toEqual(['bear root', 'h1 root', 'single root'])
    for (const [name, host] of Object.entries({ h1: server, bear, single })) {
      expect(saidBy(name)).toContain(`${rootsLock(host)}/`)
      expect(saidBy(name)).toContain('700 root')
      expect(existsSync(rootsLock(host))).toBe(false)
    }
  })

  test('the login’s for any other user, and both where both act', async () => {
    const { finished, taken } = await apply(
      `  - { id: other, become: nobody, run: "true" }
  - { id: own, run: "ls .drover/*/*" }
  - { id: root, become: true, run: "ls -d /run/drover/lock.\${{ host.port }}/*" }
`,
    )
    expect(finished.status).toBe(0)
    const of = (name: string, { user }: TestServer) => [`${name} ${user}`, `${name} root`]
    expect(taken).toEqual([...of('bear', bear), ...of('h1', server), ...of('single', single)].toSorted())
    for (const host of [server, bear, single]) {
      expect(locksOf(host)).toEqual([])
      expect(existsSync(rootsLock(host))).toBe(false)
    }
  })

  test('a step that runs long renews its lease, though the server allows one session', async () => {
    const shortened = (file: string) => `|
      f=$(ls -d ${file})
      read -r boot lease rest <$f
      read -r up idle </proc/uptime
      echo "$boot $((\${up%%.*} + 20)) $rest" >$f
      sleep 3
      cat $f
`
    const { finished, saidBy } = await apply(`  - id: own
    run: ${shortened('.drover/*/*')}
  - id: root
    become: true
    run: ${shortened(`/run/drover/lock.\${{ host.port }}/*`)}
`)
    expect(finished.stderr).toBe('')
    expect(finished.status).toBe(0)
    const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])
    for (const name of ['h1', 'bear', 'single']) {
      const leases = saidBy(name).match(/^[0-9a-f-]{36} +\d+/gm) ?? []
      expect(leases).toHaveLength(2)
      for (const lease of leases) expect(Number(lease.split(/ +/)[1])).toBeGreaterThan(uptime + 60)
    }
  })
})

test('the machine itself has one lock for each home, whatever its names', async () => {
  const cwd = workFolder()
  writeFileSync(join(cwd, 'hosts.ini'), '[all:vars]\nansible_connection=local\n[g]\na\nb\n')
  const play = writePlaybook(
    cwd,
    `  - { id: hold, run: "echo up; until [ -e ${cwd}/gate ]; do sleep 0.1; done" }\n`,
  )
  const first = startDrover(['apply', play, '--format', 'json'], { cwd })
  await untilPrinted(first, 'a')
  await untilPrinted(first, 'b')
  const refused = await drover(['apply', play, '--format', 'json'], {
    cwd,
    env: { SSH_CONNECTION: 'a 1 b 2' },
  })
  expect(refused.status).toBe(4)
  writeFileSync(join(cwd, 'gate'), '')
  expect((await first.finished).status).toBe(0)
  expect(readdirSync(join(cwd, '.drover'))).toEqual(['.gitignore', 'runs'])
})
