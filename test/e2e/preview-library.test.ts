import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startHost } from '../playbooks/example.ts'
import { KEY } from '../playbooks/examples/baseline-host.ts'
import { told } from '../playbooks/settle.ts'
import { type StandIns, standIns } from '../playbooks/stand-ins.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { drover, type Finished } from './drover.ts'
import { type TracedHost, tracedHost } from './traced-host.ts'
import { crontabOf, unchangedBy } from './unchanged.ts'
import { verdictsOf } from './verdicts.ts'
import { workFolder, writeHosts } from './work-folder.ts'

const NEEDED = ['root', 'sshd', 'strace', 'sudo', 'git', 'tar', 'useradd']

/** What guards of the library name. */
const NAMED = [
  'sudo',
  'awk',
  'crontab',
  'cut',
  'grep',
  'tr',
  'apt-get',
  'dpkg-query',
  'systemctl',
  'git',
  'git-upload-pack',
  'date',
]

// An apply that is traced takes its time.
vi.setConfig({ testTimeout: 240_000 })

describeWith(NEEDED, 'a preview of each file of the library', () => {
  const newcomer = `drvlib${randomBytes(3).toString('hex')}`
  let trace: TracedHost
  let host: StandIns
  let server: TestServer
  let cwd: string
  beforeAll(async () => {
    trace = tracedHost()
    host = standIns('apt-get', 'dpkg-query', 'touch', 'touch-really', 'systemctl', 'crontab')
    server = await startHost(host, { trace: trace.folder })
    execFileSync('git', ['init', '-q', join(server.home, 'repo')])
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@b']
    execFileSync('git', [...author, 'commit', '-q', '--allow-empty', '-m', 'one'], {
      cwd: join(server.home, 'repo'),
    })
    execFileSync('chown', ['-R', `${server.user}:`, join(server.home, 'repo')])
  })
  afterAll(async () => {
    spawnSync('userdel', ['-f', '-r', newcomer])
    host.remove()
    trace.remove()
    await server.stop()
  })

  const uses = (): Readonly<Record<string, object>> => ({
    archive: { src: join(cwd, 'app.tgz'), dest: 'archive' },
    authorized_key: { user: server.user, key: KEY },
    cron: { name: 'nightly', job: 'true' },
    directory: { path: 'directory/deep', mode: '2750' },
    git_checkout: { repo: join(server.home, 'repo'), dest: 'checkout' },
    line_in_file: { path: 'lines', line: 'a line', create: true },
    package: { names: ['some-package'] },
    service: { name: 'app', enabled: true },
    symlink: { path: 'link', target: 'lines' },
    template: { src: join(cwd, 'page.tmpl'), dest: 'page', mode: '0600' },
    user: { name: newcomer, groups: ['users'] },
    wait_for: { file: '.', timeout: 1 },
  })

  /** Each on a host of its own, so that none has to wait for what another would change. */
  async function run(verb: 'plan' | 'apply'): Promise<Finished> {
    cwd ??= workFolderOfAll()
    const names = Object.keys(uses())
    const become = new Set(['user', 'package', 'service'])
    const steps = names.map(name => ({
      id: `use_${name}`,
      hosts: `h_${name}`,
      needs: [],
      use: name,
      with: uses()[name],
      become: become.has(name),
    }))
    const play = join(cwd, 'play.yml')
    writeFileSync(play, JSON.stringify({ hosts: 'all', steps }))
    const hosts = writeHosts(cwd, Object.fromEntries(names.map(name => [`h_${name}`, server])))
    // A traced server starts slowly what many want at the same time.
    return drover([verb, play, ...hosts, '-f', '2', '--format', 'json'], { cwd })
  }

  function workFolderOfAll(): string {
    const folder = workFolder()
    writeFileSync(join(folder, 'page.tmpl'), 'for ${{ host.name }}\n')
    mkdirSync(join(folder, 'pack'))
    writeFileSync(join(folder, 'pack/file'), 'content')
    execFileSync('tar', ['-czf', join(folder, 'app.tgz'), '-C', join(folder, 'pack'), '.'])
    return folder
  }

  test('covers all of them', () => {
    cwd = workFolderOfAll()
    const files = readdirSync(resolve(import.meta.dirname, '../../playbooks/lib'))
    expect(Object.keys(uses())).toEqual(files.map(file => file.replace(/\.yml$/, '')).toSorted())
  })

  test('changes nothing on a new host and on one that has it all, and says which is which', async () => {
    cwd = workFolderOfAll()
    const folders = [server.home, `${host.env.STAND_INS}`, crontabOf(server.user), `/home/${newcomer}`]
    const watched = { server, trace, folders, programs: NAMED }
    const plan = async () => verdictsOf(await unchangedBy(watched, () => run('plan')))
    const fresh = await plan()
    const changing = Object.keys(uses()).filter(name => name !== 'wait_for')
    const changes = Object.entries(fresh).filter(([, verdict]) => verdict === 'change')
    expect(new Set(changes.map(([node]) => node.replace(/^h_(\w+) .*/, '$1')))).toEqual(new Set(changing))
    const applied = await run('apply')
    expect(applied.status, told(applied)).toBe(0)
    const again = await plan()
    expect(Object.entries(again).filter(([, verdict]) => !/^(no change|skip)$/.test(verdict))).toEqual([])
  })
})
