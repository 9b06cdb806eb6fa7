import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findProgram } from '../sshd/programs.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, endsOf, type Finished } from './drover.ts'
import { workFolder, writeHosts } from './work-folder.ts'

const NOISE = 'echo noise; echo more noise >&2'

/** Login shells of good will, with start-up files as people have them. */
const HONEST: Readonly<Record<string, readonly [shell: string, file: string, text: string]>> = {
  bash: ['bash', '.bashrc', `${NOISE}; set -u; alias cat=false`],
  fish: ['fish', '.config/fish/config.fish', NOISE],
  zsh: ['zsh', '.zshenv', `${NOISE}; set -u`],
  csh: ['csh', '.cshrc', 'echo noise'],
  tcsh: ['tcsh', '.tcshrc', 'echo noise'],
  dash: ['dash', '.profile', NOISE],
}

/** Programs that come before the real ones: they answer at once, never stop, or never answer. */
const FAKES: Readonly<Record<string, readonly [programs: string, script: string]>> = {
  lies: [
    'tar find sha256sum ls cat wc sort dd head',
    "printf '../../x\\0/abs/x\\0'; echo '-rw-r--r-- 1 0 0 9999999999999 ../../x'",
  ],
  babbles: ['tar find sha256sum ls cat wc', 'exec yes ../../x'],
  zeros: ['tar find', 'exec /bin/cat /dev/zero'],
  hangs: ['tar find sha256sum', 'exec sleep 1000'],
}

/** Start-up files that run something else. */
const STRAY: Readonly<Record<string, string>> = {
  sleeps: 'exec sleep 1000',
  spams: 'exec yes spam',
  no_path: 'export PATH=',
}

describeWith(['root', 'sshd', 'fish', 'zsh', 'csh', 'tcsh', 'dash'], 'login shells', () => {
  const servers: Record<string, TestServer> = {}

  beforeAll(async () => {
    await Promise.all([
      ...Object.entries(HONEST).map(([name, [shell, file, text]]) => add(name, shell, file, text)),
      ...Object.entries(STRAY).map(([name, text]) => add(name, 'bash', '.bashrc', text)),
      ...Object.entries(FAKES).map(([name, [programs, script]]) => addFake(name, programs, script)),
    ])
  })
  afterAll(async () => {
    await Promise.all(Object.values(servers).map(server => server.stop()))
  })

  async function add(name: string, shell: string, file: string, text: string): Promise<void> {
    const server = await startSshd({ account: { shell: findProgram(shell) ?? '' } })
    servers[name] = server
    const path = join(server.home, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${text}\n`)
    mkdirSync(join(server.home, 'src/sub'), { recursive: true })
    writeFileSync(join(server.home, 'src/a'), 'aaa\n')
    writeFileSync(join(server.home, 'src/sub/b'), 'bbb\n')
    chmodSync(server.home, 0o777)
  }

  async function addFake(name: string, programs: string, script: string): Promise<void> {
    await add(name, 'bash', '.bashrc', 'PATH=$HOME/fake:$PATH')
    const folder = join((servers[name] as TestServer).home, 'fake')
    mkdirSync(folder)
    for (const program of programs.split(' ')) {
      writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    }
  }

  async function onAll(verb: string, ...words: string[]): Promise<{ finished: Finished; cwd: string }> {
    const cwd = workFolder()
    mkdirSync(join(cwd, 'tree/e'), { recursive: true })
    writeFileSync(join(cwd, 'tree/1'), '1')
    writeFileSync(join(cwd, 'tree/e/2'), '2')
    const options = [...writeHosts(cwd, servers), '-g', 'all', '--timeout', '4s', '--format', 'json']
    return { finished: await drover([verb, ...options, ...words], { cwd, keep: 4 << 20 }), cwd }
  }

  function expectBounded({ status, ms, peakMb }: Finished): void {
    expect(status).toBe(1)
    expect(ms).toBeLessThan(25_000)
    expect(peakMb).toBeLessThan(450)
  }

  /** Host by host, for those of good will. */
  function honest(finished: Finished, step: string): readonly (string | undefined)[] {
    return Object.keys(HONEST).map(name => endsOf(finished)[`${name} ${step}`]?.outcome)
  }

  test('a command runs whatever the start-up files print, and those that run something else are named', async () => {
    const { finished } = await onAll('run', '--', 'echo "$0"')
    expectBounded(finished)
    expect(new Set(honest(finished, 'run'))).toEqual(new Set(['changed']))
    const ends = endsOf(finished)
    expect(ends['sleeps run']?.failure?.code).toBe('step_timeout')
    expect(ends['spams run']?.failure).toMatchObject({
      code: 'remote_shell',
      message: expect.stringContaining('writes and writes instead of starting the step: '),
    })
    const left = (servers.sleeps as TestServer).processes()
    await expect.poll(() => left.filter(pid => existsSync(`/proc/${pid}`)).length).toBe(0)
  })

  test('files reach hosts of good will, and the others fail one by one', async () => {
    const { finished } = await onAll('put', 'tree', 'tree')
    expectBounded(finished)
    expect(new Set(honest(finished, 'put'))).toEqual(new Set(['changed']))
    for (const name of Object.keys(HONEST)) {
      expect(readFileSync(join((servers[name] as TestServer).home, 'tree/e/2'), 'utf8')).toBe('2')
    }
    for (const name of [...Object.keys(FAKES), ...Object.keys(STRAY)]) {
      expect(endsOf(finished)[`${name} put`]?.failure?.message).toBeTruthy()
    }
  })

  test('whatever a host answers to a get, nothing is written outside its folder', async () => {
    const { finished, cwd } = await onAll('get', 'src', 'deep/out/')
    expectBounded(finished)
    expect(new Set(honest(finished, 'get'))).toEqual(new Set(['ok']))
    for (const name of Object.keys(HONEST)) {
      expect(readFileSync(join(cwd, 'deep/out', name, 'src/sub/b'), 'utf8')).toBe('bbb\n')
    }
    expect(readdirSync(cwd).toSorted()).toEqual(['deep', 'hosts.ini', 'known_hosts', 'tree'])
    expect(readdirSync(join(cwd, 'deep'))).toEqual(['out'])
    for (const name of readdirSync(join(cwd, 'deep/out'))) expect(Object.keys(servers)).toContain(name)
    expect(existsSync('/abs')).toBe(false)
  })
})
