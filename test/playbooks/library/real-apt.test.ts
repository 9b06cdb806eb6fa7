import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { changedSteps, settle, useOnce } from '../settle.ts'

const LISTS = '/var/lib/apt/lists'

// The real apt-get and the real dpkg, with lists, cache and sources of its own and an empty package that is made here.

describeWith(['root', 'sshd', 'apt-get', 'dpkg-deb'], 'package of the library, with the real apt', () => {
  const name = `drover-test-${process.pid}`
  let folder: string
  let server: TestServer
  let times: readonly [Date, Date]
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drover-apt-'))
    chmodSync(folder, 0o755)
    for (const path of ['lists/partial', 'cache/archives/partial', 'repository', 'parts'])
      mkdirSync(join(folder, path), { recursive: true })
    writeFileSync(join(folder, 'apt.conf'), aptConfig(folder))
    writeFileSync(join(folder, 'sources.list'), `deb [trusted=yes] file:${folder}/repository ./\n`)
    // What the library touches there must not make the lists of this machine look younger than they are.
    const { atime, mtime } = statSync(LISTS)
    times = [atime, mtime]
    offer('1.0')
    server = await startSshd()
  })
  afterAll(async () => {
    spawnSync('dpkg', ['--purge', name])
    utimesSync(LISTS, ...times)
    rmSync(folder, { recursive: true, force: true })
    await server.stop()
  })

  /** Makes a version of the package, and a repository that has it only. */
  function offer(version: string): void {
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: drover <test@example.org>\nDescription: nothing\n`
    const tree = join(folder, 'tree')
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true })
    writeFileSync(join(tree, 'DEBIAN/control'), control)
    const file = join(folder, 'repository/it.deb')
    execFileSync('dpkg-deb', ['--build', '--root-owner-group', tree, file], { stdio: 'ignore' })
    const content = readFileSync(file)
    const sum = createHash('sha256').update(content).digest('hex')
    writeFileSync(
      join(folder, 'repository/Packages'),
      `${control}Filename: ./it.deb\nSize: ${content.length}\nSHA256: ${sum}\n`,
    )
  }

  const env = () => ({ APT_CONFIG: join(folder, 'apt.conf') })
  const use = (more: object) => settle(server, 'package', { names: [name], ...more }, { env: env() })
  const installed = () =>
    spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Version}', name], { encoding: 'utf8' }).stdout

  test('is installed, brought up to date, and gone, each only where it is not so yet', async () => {
    expect(await use({ lists_minutes: 0 })).toEqual(['apt_lists', 'apt_install'])
    expect(installed()).toBe('installed 1.0')
    offer('2.0')
    expect(await use({ lists_minutes: 0 })).toEqual([])
    const latest = await useOnce(
      server,
      'package',
      { names: [name], state: 'latest', lists_minutes: 0 },
      { env: env() },
    )
    expect(changedSteps(latest)).toEqual(['apt_lists', 'apt_install'])
    expect(installed()).toBe('installed 2.0')
    expect(await use({ state: 'latest', lists_minutes: 60 })).toEqual([])
    expect(await use({ state: 'absent' })).toEqual(['apt_remove'])
    expect(installed()).not.toContain('installed')
    expect(await use({ state: 'absent' })).toEqual([])
  })
})

function aptConfig(folder: string): string {
  const own = {
    'Dir::State::lists': 'lists',
    'Dir::Cache': 'cache',
    'Dir::Etc::sourcelist': 'sources.list',
    'Dir::Etc::sourceparts': 'parts',
  }
  const lines = Object.entries(own).map(([key, path]) => `${key} "${join(folder, path)}";\n`)
  return `${lines.join('')}APT::Sandbox::User "root";\n`
}
