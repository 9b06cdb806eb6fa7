import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readRun } from '../../src/journal/read-run.ts'
import { describeWith } from '../sshd/requirements.ts'
import { setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, startDrover, untilPrinted } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

describeWith(['root', 'sshd', 'sudo'], 'drover lock', () => {
  let server: TestServer
  let other: TestServer
  beforeAll(async () => {
    ;[server, other] = await Promise.all([startSshd({ account: {} }), startSshd({ account: {} })])
    for (const { user } of [server, other]) setSudoers(user, [`${user} ALL=(ALL) NOPASSWD: ALL`])
  })
  afterAll(async () => {
    await Promise.all([server.stop(), other.stop()])
  })

  /** Commands on both hosts, and on one that refuses connections where it is wanted. */
  function project() {
    const cwd = workFolder()
    chmodSync(cwd, 0o755)
    const hosts = writeHosts(cwd, { h1: server, h2: other })
    const lock = (...words: readonly string[]) => drover(['lock', ...words, ...hosts], { cwd })
    return { cwd, hosts, lock }
  }

  /** A lock that nobody holds, as a run that died elsewhere leaves it. */
  function forge({ home, user }: TestServer, seconds: number, json: string): string {
    const machine = readFileSync('/proc/sys/kernel/hostname', 'utf8').trim()
    const { port } = home === server.home ? server : other
    const folder = join(home, `.drover/lock.${port}.${machine}`)
    mkdirSync(folder, { recursive: true })
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const uptime = Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]))
    writeFileSync(join(folder, 'r9.abc.login.def'), `${boot} ${uptime + seconds} - - - - ${json}\n`)
    execFileSync('chown', ['-R', user, join(home, '.drover')])
    return folder
  }

  test('where there is none, it says so', async () => {
    const { lock } = project()
    expect(await lock('list')).toMatchObject({ status: 0, stdout: 'No locks on 2 hosts.\n', stderr: '' })
    expect(await lock('list', 'h1', '-b')).toMatchObject({ status: 0, stdout: 'No locks on 1 host.\n' })
    expect(await lock('release')).toMatchObject({ status: 0, stdout: 'There is nothing to release.\n' })
  })

  test('lists who has which host, root’s with -b, and takes none from a live run without a yes', async () => {
    const { cwd, hosts, lock } = project()
    const wait = `echo up; i=0; until [ -e ${cwd}/gate ] || [ $i -gt 900 ]; do i=$((i+1)); sleep 0.1; done`
    const play = writePlaybook(
      cwd,
      `  - { id: own, hosts: h1, run: "${wait}" }
  - { id: root, hosts: h2, needs: [], become: true, run: "${wait}" }
`,
    )
    const running = startDrover(['apply', play, ...hosts, '--format', 'json'], { cwd })
    await untilPrinted(running, 'h1')
    await untilPrinted(running, 'h2')
    const line = /^h1 │ live {2}│ run \S+ of \S+@\S+ \(Test\) since \S+ · lease \S+( \S+)?$/
    expect((await lock('list')).stdout.split('\n')).toEqual([expect.stringMatching(line), ''])
    const both = (await lock('list', '-b')).stdout.split('\n')
    expect(both).toHaveLength(3)
    expect(both[1]).toMatch(/^h2 │ live {2}│ run .* · root's · lease/)
    const refused = await lock('release')
    expect(refused.status).toBe(4)
    expect(refused.stderr).toContain('1 host is locked by runs that may be alive: nothing was released')
    const released = await lock('release', '-b', '--yes')
    expect(released).toMatchObject({ status: 0 })
    expect(released.stdout).toContain('Released: 2 hosts.\n')
    expect((await lock('list', '-b')).stdout).toBe('No locks on 2 hosts.\n')
    writeFileSync(join(cwd, 'gate'), '')
    expect((await running.finished).status).toBe(0)
    expect(existsSync(join(server.home, '.drover'))).toBe(false)
  })

  test('a stale one is released without a question, and what it says is shown as text', async () => {
    const { lock } = project()
    forge(server, -5, `{"run":"\u001b[31mr9","who":"${'x'.repeat(5000)}","playbook":7}`)
    forge(other, 500, 'no json')
    const listed = await lock('list')
    expect(listed.stdout).not.toContain('\u001b')
    const [first = '', second = ''] = listed.stdout.split('\n')
    expect(first).toMatch(/^h1 │ stale │ run /)
    expect(first.length).toBeLessThan(400)
    expect(second).toMatch(/^h2 │ live {2}│ run r9 · lease/)
    expect(await lock('release', 'h1')).toMatchObject({ status: 0 })
    expect(readdirSync(server.home)).not.toContain('.drover')
    expect(readdirSync(other.home)).toContain('.drover')
    expect(await lock('release', '--yes')).toMatchObject({ status: 0 })
  })

  test('a host that is gone is named, and the others are listed', async () => {
    const { cwd } = project()
    const hosts = writeHosts(cwd, { h1: server, gone: { host: '127.0.0.1', port: 1 } })
    const { status, stdout, stderr } = await drover(['lock', 'list', ...hosts], { cwd })
    expect({ status, stdout }).toEqual({ status: 1, stdout: 'No locks on 1 host.\n' })
    expect(stderr).toMatch(/^gone: unreachable: .*\n$/)
  })

  test('words that it does not know', async () => {
    const { lock } = project()
    expect((await lock('steal')).status).toBe(3)
    expect((await lock('list', 'nosuchhost')).status).toBe(3)
  })

  test('drovers at once in one project folder: every journal is whole, and every host known', async () => {
    const { cwd, hosts } = project()
    const known = join(cwd, 'known_hosts')
    writeFileSync(known, '# without a line end')
    const play = writePlaybook(cwd, `  - { id: go, run: "echo x" }\n`)
    // On some systems the configuration says that names are hashed.
    const args = ['apply', play, ...hosts, '--no-lock', '--host-key-policy', 'accept-new', '-F', 'none']
    const runs = await Promise.all(Array.from({ length: 5 }, () => drover(args, { cwd })))
    expect(runs.map(({ status, stderr }) => `${status} ${stderr}`)).toEqual(runs.map(() => '0 '))
    const ids = readdirSync(join(cwd, '.drover/runs'))
    expect(ids).toHaveLength(5)
    for (const id of ids)
      expect(readRun(cwd, id)).toMatchObject({ torn: false, finished: { counts: { changed: 2 } } })
    expect(readdirSync(join(cwd, '.drover')).toSorted()).toEqual(['.gitignore', 'runs'])
    const lines = readFileSync(known, 'utf8')
      .split('\n')
      .filter(line => line !== '')
    expect(lines[0]).toBe('# without a line end')
    expect(new Set(lines.slice(1).map(line => line.split(' ')[0])).size).toBe(2)
    for (const line of lines.slice(1))
      expect(line).toMatch(/^\[127\.0\.0\.1\]:\d+ ssh-ed25519 [A-Za-z0-9+/=]+$/)
  })
})
