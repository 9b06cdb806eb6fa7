import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startDropbear } from '../sshd/dropbear.ts'
import { findProgram } from '../sshd/programs.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { disagreements } from './disagreements.ts'
import { drover, outcomesOf } from './drover.ts'
import { snapshot } from './snapshot.ts'
import { busyboxFolder, toolFolder } from './tool-folders.ts'
import { verdictsOf } from './verdicts.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

const SHELLS = ['bash', 'dash', 'fish', 'tcsh', 'zsh']

const STEPS = `  - { id: same, put: { content: "one\\n", dest: conf/a, mode: "0600" } }
  - { id: mode, put: { content: "one\\n", dest: conf/b, mode: "0640" } }
  - { id: content, put: { content: "two\\n", dest: conf/c } }
  - { id: fresh, put: { content: "two\\n", dest: ~/conf/new } }
  - { id: link, put: { content: "one\\n", dest: conf/link } }
  - { id: tree, put: { src: tree, dest: tree } }
  - { id: more, put: { src: tree, dest: conf/ } }
  - { id: nowhere, put: { content: x, dest: none/x } }
  - { id: fetch, get: { src: conf, dest: fetched/ } }
  - { id: version, run: cat conf/a, read_only: true }
  - { id: done, run: touch conf/x, creates: conf/a, writes: conf/x }
  - { id: gone, run: touch conf/x, removes: none, writes: conf/x }
  - { id: unless, run: touch conf/y, unless: grep -q one conf/a, writes: conf/y }
  - { id: only_if, run: touch conf/z, only_if: grep -q one conf/a, writes: conf/z }
  - { id: late, run: touch conf/q, creates: conf/z, writes: conf/q }
  - { id: plain, when: 'steps.version.stdout == "one"', run: echo, cwd: conf }
`

const VERDICTS = {
  same: 'no change',
  mode: 'change',
  content: 'change',
  fresh: 'change',
  link: 'change',
  tree: 'no change',
  more: 'change',
  nowhere: expect.stringMatching(/^fails: the folder for "none\/x" does not exist/),
  fetch: expect.stringMatching(/^unknown: steps\.\w+ would change first/),
  version: 'no change',
  done: 'no change',
  gone: 'no change',
  unless: 'no change',
  only_if: 'change',
  late: 'unknown: steps.only_if would change first',
  plain: 'change',
}

const NO_TOOL = expect.stringMatching(/^fails: the host has no tool for SHA-256/)

const NO_TREES = { tree: NO_TOOL, more: NO_TOOL, fetch: NO_TOOL }
const NO_FILES = { same: NO_TOOL, mode: NO_TOOL, content: NO_TOOL, fresh: NO_TOOL, link: NO_TOOL }
const NO_TRANSFER = { ...NO_TREES, ...NO_FILES, nowhere: NO_TOOL }

/** What a host that lacks tools cannot do is told as such. */
const LESS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  cksum: NO_TREES,
  cksum_only: NO_TRANSFER,
  no_digest: NO_TRANSFER,
}

vi.setConfig({ testTimeout: 240_000 })

describeWith(['root', 'sshd', 'dropbear', 'busybox', 'openssl', ...SHELLS], 'a preview of any host', () => {
  const servers: Record<string, TestServer> = {}
  let folder: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drover-tools-'))
    chmodSync(folder, 0o755)
    const withPath = (path: string) => startSshd({ account: {}, env: { PATH: path } })
    const starting = {
      ...Object.fromEntries(
        SHELLS.map(shell => [shell, startSshd({ account: { shell: findProgram(shell) ?? '' } })]),
      ),
      dropbear: startDropbear(),
      one_session: startSshd({ account: {}, maxSessions: 1 }),
      busybox: withPath(busyboxFolder(join(folder, 'busybox'), ['stat'])),
      openssl: withPath(toolFolder(join(folder, 'openssl'), ['openssl'])),
      shasum: withPath(toolFolder(join(folder, 'shasum'), ['shasum', 'perl'])),
      cksum: withPath(toolFolder(join(folder, 'cksum'), ['cksum', 'cmp'])),
      cksum_only: withPath(toolFolder(join(folder, 'cksum_only'), ['cksum'])),
      no_digest: withPath(toolFolder(join(folder, 'none'), [])),
    }
    await Promise.all(
      Object.entries(starting).map(async ([name, server]) => {
        servers[name] = await server
        furnish(servers[name])
      }),
    )
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await Promise.all(Object.values(servers).map(server => server.stop()))
  })

  function furnish({ home, user }: TestServer): void {
    // fish makes them at its first login.
    for (const own of ['.config/fish', '.local/share/fish']) mkdirSync(join(home, own), { recursive: true })
    mkdirSync(join(home, 'conf'))
    for (const name of ['a', 'b', 'c']) writeFileSync(join(home, 'conf', name), 'one\n', { mode: 0o600 })
    for (const name of ['a', 'b', 'c']) chmodSync(join(home, 'conf', name), 0o600)
    mkdirSync(join(home, 'tree/sub'), { recursive: true })
    writeFileSync(join(home, 'tree/sub/file'), 'deep\n')
    symlinkSync('a', join(home, 'conf/link'))
    execFileSync('chown', ['-hR', `${user}:`, home])
  }

  function local(): string {
    const cwd = workFolder()
    mkdirSync(join(cwd, 'tree/sub'), { recursive: true })
    writeFileSync(join(cwd, 'tree/sub/file'), 'deep\n')
    return cwd
  }

  test('is the same for any login shell, server and set of tools, and true', async () => {
    const cwd = local()
    const play = writePlaybook(cwd, STEPS, 'defaults: { on_failure: continue }\n')
    const options = [play, ...writeHosts(cwd, servers), '--format', 'json']
    const homes = Object.values(servers).map(({ home }) => home)
    const before = snapshot(cwd, ...homes)
    const finished = await drover(['plan', ...options], { cwd })
    expect(snapshot(cwd, ...homes)).toEqual(before)
    expect(finished.status).toBe(1)
    const verdicts = verdictsOf(finished)
    for (const name of Object.keys(servers)) {
      const own = Object.keys(VERDICTS).map(step => [step, verdicts[`${name} ${step}`]] as const)
      expect.soft([name, Object.fromEntries(own)]).toEqual([name, { ...VERDICTS, ...LESS[name] }])
    }
    expect(finished.stdout).toContain('compared by cksum and content')

    const outcomes = outcomesOf(await drover(['apply', ...options], { cwd }))
    expect(disagreements(verdicts, outcomes)).toEqual([])
  })
})
