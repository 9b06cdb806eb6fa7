import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDropbear } from '../sshd/dropbear.ts'
import { findProgram } from '../sshd/programs.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover } from './drover.ts'
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
  - { id: nowhere, put: { content: x, dest: none/x }, on_failure: continue }
  - { id: fetch, get: { src: conf, dest: fetched/ } }
  - { id: version, run: cat conf/a, read_only: true }
  - { id: done, run: touch conf/x, creates: conf/a, writes: conf/x }
  - { id: gone, run: touch conf/x, removes: none, writes: conf/x }
  - { id: unless, run: touch conf/y, unless: grep -q one conf/a, writes: conf/y }
  - { id: only_if, run: touch conf/z, only_if: grep -q one conf/a, writes: conf/z }
  - { id: late, run: touch conf/q, creates: conf/z, writes: conf/q }
  - { id: same_out, when: 'steps.version.stdout == "one"', run: echo, cwd: conf }
`

const VERDICTS = {
  same: 'no change',
  mode: 'change',
  content: 'change',
  fresh: 'change',
  link: 'change',
  tree: 'no change',
  more: 'change',
  nowhere: expect.stringMatching(/^fails: /),
  fetch: expect.stringMatching(/^unknown: steps.mode would change first/),
  version: 'no change',
  done: 'no change',
  gone: 'no change',
  unless: 'no change',
  only_if: 'change',
  late: 'unknown: steps.only_if would change first',
  same_out: 'change',
}

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

  test('is the same for any login shell, server and set of tools', async () => {
    const cwd = local()
    const options = writeHosts(cwd, servers)
    const homes = Object.values(servers).map(({ home }) => home)
    const before = snapshot(...homes)
    const finished = await drover(['plan', writePlaybook(cwd, STEPS), ...options, '--format', 'json'], {
      cwd,
    })
    expect(snapshot(...homes)).toEqual(before)
    const verdicts = verdictsOf(finished)
    for (const name of Object.keys(servers))
      console.log(
        name,
        JSON.stringify(
          Object.fromEntries(
            Object.entries(verdicts)
              .filter(([n]) => n.startsWith(name + ' '))
              .map(([n, v]) => [n.slice(name.length + 1), v]),
          ),
          null,
          1,
        ),
      )
    const text = await drover(['plan', writePlaybook(cwd, STEPS), ...options, '-l', 'no_digest,openssl'], {
      cwd,
    })
    console.log(text.stdout)
  })
})
