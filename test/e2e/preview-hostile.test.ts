import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import { setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { disagreements } from './disagreements.ts'
import { drover, outcomesOf } from './drover.ts'
import { snapshot } from './snapshot.ts'
import { verdictsOf } from './verdicts.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

vi.setConfig({ testTimeout: 240_000 })

/** Names that a careless shell line or a careless listing trips over. */
const NAMES = [
  ...[
    'new\nline',
    "it's",
    '"quoted"',
    '-rf',
    '--',
    'esc\x1b[31mred',
    'back\\slash',
    '$(touch pwned)',
    '*',
    '[x]',
  ],
  ...[
    ' spaces ',
    'uni\u202ecode',
    'ends in\n',
    '\rcarriage',
    '%s%n',
    '~',
    'a=b',
    '`touch pwned`',
    'x;touch pwned',
  ],
]

/** Guards of ill will, or bad luck. */
const GUARDS: Readonly<Record<string, readonly [text: string, verdict: RegExp]>> = {
  hangs: ['sleep 1000', /^unknown: its unless did not end within 1 s, which is all that the step may take$/],
  floods: ["head -c 50000000 /dev/zero | tr '\\0' x; true", /^no change$/],
  kills: ['kill -KILL 0', /^unknown: /],
  colours: ["printf '\\033[31mred\\033[2J'; false", /^change$/],
  marks: ["printf '\\n0123456789abcdef0123456789abcdef done\\n'; false", /^change$/],
  stays: ['sleep 1000 & false', /^change$/],
  closes: ['exec >&- 2>&-; true', /^no change$/],
  disturbs: ['cd /; umask 0; PATH=; set +e; trap "" TERM; IFS=x; true', /^no change$/],
  reads: ['cat; true', /^no change$/],
  broken: ['if', /^fails: unless is not valid shell text/],
  missing: ['no-such-program', /^fails: unless could not run: exit status 127/],
  last: ['true', /^no change$/],
}

/** Programs in front of the real ones: they answer nonsense, never stop, or never answer. */
const FAKES: Readonly<Record<string, readonly [programs: string, script: string]>> = {
  lies: [
    'tar find sha256sum ls cat wc head readlink id',
    "printf '../../x\\0/abs/x\\0'; echo '-rw-r--r-- 1 0 0 9999999999999 ../../x'",
  ],
  babbles: ['find sha256sum ls readlink id', 'exec yes ../../x'],
  zeros: ['find sha256sum', 'exec /bin/cat /dev/zero'],
  hangs: ['find sha256sum', 'exec sleep 1000'],
  silent: ['find sha256sum ls readlink id head', 'exit 0'],
  fails: ['find sha256sum ls readlink id', 'exit 1'],
}

describeWith(['root', 'sshd'], 'a preview of guards that do not play along', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {} })
  })
  afterAll(() => server.stop())

  /** Each on a host of its own, since nobody knows what a guard reads. */
  const steps = Object.entries(GUARDS).map(([id, [unless]]) => {
    const timeout = id === 'hangs' ? '1s' : '2m'
    return { id, hosts: id, needs: [], run: 'touch never', writes: 'never', timeout, unless }
  })

  test('has a verdict on each of them, and its output shows none of what they print raw', async () => {
    const cwd = workFolder()
    const play = join(cwd, 'play.yml')
    writeFileSync(play, JSON.stringify({ hosts: 'all', steps }))
    const options = writeHosts(cwd, Object.fromEntries(Object.keys(GUARDS).map(id => [id, server])))
    const before = snapshot(cwd, server.home)
    const finished = await drover(['plan', play, ...options, '--format', 'json'], { cwd, keep: 1 << 20 })
    const verdicts = verdictsOf(finished)
    for (const [id, [, expected]] of Object.entries(GUARDS)) {
      expect.soft(verdicts[`${id} ${id}`], id).toMatch(expected)
    }
    const text = await drover(['plan', play, ...options, '-v'], { cwd })
    expect(text.stdout).not.toMatch(/\x1b\[(?:31m|2J)/)
    expect(snapshot(cwd, server.home)).toEqual(before)
    expect(finished.peakMb).toBeLessThan(450)
  })
})

/** In the folder `$`. */
const STEPS = `  - { id: pipe, put: { content: x, dest: $/odd/pipe } }
  - { id: device, put: { content: x, dest: $/odd/device } }
  - { id: dangling, put: { content: x, dest: $/odd/dangling } }
  - { id: circle, put: { content: x, dest: $/odd/circle } }
  - { id: link, put: { content: x, dest: $/odd/link } }
  - { id: folder, put: { content: x, dest: $/odd/folder } }
  - { id: below, put: { content: x, dest: $/secret/x } }
  - { id: closed, put: { content: x, dest: $/closed/file } }
  - { id: readable, put: { content: y, dest: $/readable/file } }
  - { id: right, put: { content: x, dest: $/readable/file } }
  - { id: secret, put: { content: x, dest: $/secret } }
  - { id: of_root, put: { content: y, dest: $/of_root } }
  - { id: of_system, put: { content: y, dest: /etc/hostname-of-nobody } }
  - { id: there, put: { src: tree/, dest: $/there } }
  - { id: same, put: { src: tree/, dest: $/same } }
  - { id: fresh, put: { src: tree/, dest: $/fresh } }
  - { id: into_link, put: { src: tree/, dest: $/odd/dangling2 } }
  - { id: get_pipe, get: { src: $/odd/pipe, dest: out/ } }
  - { id: get_empty, get: { src: $/odd/folder, dest: out/ } }
  - { id: get_closed, get: { src: $/closed, dest: out/ } }
  - { id: get_secret, get: { src: $/of_root, dest: out/ } }
  - { id: get_names, get: { src: $/same, dest: out/ } }
`

describeWith(['root', 'sshd', 'sudo'], 'a preview of places that do not play along', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {} })
    setSudoers(server.user, [`${server.user} ALL=(ALL) NOPASSWD: ALL`])
  })
  afterAll(() => server.stop())

  function furnish(folder: string): void {
    const at = (...names: string[]) => join(folder, ...names)
    for (const name of ['there', 'same', 'odd/folder', 'closed', 'readable'])
      mkdirSync(at(name), { recursive: true })
    for (const name of NAMES) {
      writeFileSync(at('there', name), `old ${name}`)
      writeFileSync(at('same', name), `new ${name}`)
    }
    execFileSync('mkfifo', [at('odd/pipe')])
    symlinkSync('nowhere', at('odd/dangling'))
    symlinkSync('/etc', at('odd/link'))
    symlinkSync('circle', at('odd/circle'))
    for (const name of ['closed/file', 'readable/file', 'secret']) writeFileSync(at(name), 'x')
    execFileSync('chown', ['-hR', `${server.user}:`, folder])
    execFileSync('mknod', [at('odd/device'), 'c', '1', '3'])
    writeFileSync(at('of_root'), 'x', { mode: 0o600 })
    chmodSync(at('closed'), 0o000)
    chmodSync(at('readable'), 0o555)
    chmodSync(at('secret'), 0o000)
  }

  test.each([
    ['for an account without rights', 'poor', '', STEPS],
    ['for root', 'rich', ', become: true', STEPS.replace(/^.*\/etc\/.*\n/gm, '')],
  ])('has a true verdict on each, %s', async (_, name, become, steps) => {
    const folder = join(server.home, name)
    furnish(folder)
    const cwd = workFolder()
    mkdirSync(join(cwd, 'tree'))
    for (const name of NAMES) writeFileSync(join(cwd, 'tree', name), `new ${name}`)
    const play = writePlaybook(
      cwd,
      steps.replaceAll('$/', `${folder}/`),
      `defaults: { on_failure: continue${become} }\n`,
    )
    const options = [play, ...writeHosts(cwd, { h1: server })]
    const before = snapshot(cwd, server.home)
    const text = await drover(['plan', ...options, '-v'], { cwd })
    expect(text.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/)
    const finished = await drover(['plan', ...options, '--format', 'json'], { cwd })
    expect(snapshot(cwd, server.home)).toEqual(before)
    const verdicts = verdictsOf(finished)
    const unclear = Object.values(verdicts).filter(verdict => verdict.startsWith('unknown'))
    expect(unclear.filter(verdict => !verdict.endsWith(' would change first'))).toEqual([])
    const outcomes = outcomesOf(await drover(['apply', ...options, '--format', 'json'], { cwd }))
    expect(disagreements(verdicts, outcomes)).toEqual([])
    expect(Object.values(outcomes)).toContain('changed')
  })
})

describeWith(['root', 'sshd'], 'a preview of hosts whose tools lie', () => {
  const servers: Record<string, TestServer> = {}
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drover-fakes-'))
    chmodSync(folder, 0o755)
    const starting = Object.entries({ honest: ['', ''] as const, ...FAKES }).map(
      async ([name, [programs, script]]) => {
        mkdirSync(join(folder, name))
        for (const program of programs.split(' ').filter(Boolean))
          writeFileSync(join(folder, name, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
        const server = await startSshd({ account: {}, env: { PATH: `${join(folder, name)}:/usr/bin:/bin` } })
        servers[name] = server
        mkdirSync(join(server.home, 'src'))
        for (const file of ['src/a', 'same']) writeFileSync(join(server.home, file), 'x')
        execFileSync('chown', ['-R', `${server.user}:`, server.home])
      },
    )
    await Promise.all(starting)
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await Promise.all(Object.values(servers).map(one => one.stop()))
  })

  test('ends, says of each what is wrong, and writes nothing here or there', async () => {
    const cwd = workFolder()
    mkdirSync(join(cwd, 'tree/sub'), { recursive: true })
    for (const file of ['tree/1', 'tree/sub/2']) writeFileSync(join(cwd, file), file)
    const steps = `  - { id: file, put: { content: x, dest: same, owner: root } }
  - { id: tree, put: { src: tree, dest: tree } }
  - { id: fetch, get: { src: src, dest: out/ } }
  - { id: guard, run: touch never, creates: same }
`
    const play = writePlaybook(cwd, steps, 'defaults: { on_failure: continue, timeout: 8s }\n')
    const options = [play, ...writeHosts(cwd, servers)]
    const folders = [cwd, ...Object.values(servers).map(({ home }) => home)]
    const before = snapshot(...folders)
    const finished = await drover(['plan', ...options, '--format', 'json'], { cwd, keep: 4 << 20 })
    expect(snapshot(...folders)).toEqual(before)
    expect(finished.status).toBe(1)
    expect(finished.peakMb).toBeLessThan(450)
    const verdicts = verdictsOf(finished)
    expect(Object.entries(verdicts).filter(([node]) => node.startsWith('honest'))).toEqual([
      ['honest file', expect.stringMatching(/^fails: can't give "same" the owner "root"/)],
      ['honest tree', 'change'],
      ['honest fetch', 'no change'],
      ['honest guard', 'no change'],
    ])
  })
})
