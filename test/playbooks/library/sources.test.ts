import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { HOSTILE, refusal, settle } from '../settle.ts'

describeWith(['root', 'sshd', 'git', 'tar', 'curl'], 'archives, checkouts and waiting of the library', () => {
  let server: TestServer
  let folder: string
  let read: (name: string) => string
  beforeAll(async () => {
    server = await startSshd({ account: {} })
    folder = mkdtempSync(join(tmpdir(), 'drover-sources-'))
    execFileSync('chmod', ['755', folder])
    read = name => readFileSync(join(server.home, name), 'utf8').trim()
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await server.stop()
  })

  /** An archive of `top/sub/file` with this content. */
  function pack(content: string, name: string, how: string): string {
    mkdirSync(join(folder, 'pack/top/sub'), { recursive: true })
    writeFileSync(join(folder, 'pack/top/sub/file'), content)
    execFileSync('tar', [`-c${how}f`, join(folder, name), '-C', join(folder, 'pack'), 'top'])
    return join(folder, name)
  }

  test('archive: a local one is sent and unpacked once, and again when it is another one', async () => {
    const dest = `releases/${HOSTILE}`
    const src = pack('first', 'app.tgz', 'z')
    expect(await settle(server, 'archive', { src, dest })).toEqual(['folder', 'upload', 'unpack'])
    expect(read(`${dest}/top/sub/file`)).toBe('first')
    writeFileSync(join(server.home, dest, 'top/sub/other'), '')
    pack('second', 'app.tgz', '')
    expect(await settle(server, 'archive', { src, dest })).toEqual(['upload', 'unpack'])
    expect(read(`${dest}/top/sub/file`)).toBe('second')
    expect(read(`${dest}/top/sub/other`)).toBe('')
  })

  test('archive: one on the host, without its leading folder', async () => {
    const on_host = true
    const src = pack('there', `${HOSTILE.replace('/', '')}.tar.xz`, 'J')
    expect(await settle(server, 'archive', { src, dest: 'here', on_host, strip: 1 })).toEqual([
      'folder',
      'unpack',
    ])
    expect(read('here/sub/file')).toBe('there')
    expect((statSync(join(server.home, 'here/.drover')).mode & 0o777).toString(8)).toBe('700')
    expect(await refusal(server, 'archive', { src: '/no/such', dest: 'here', on_host })).toMatch(/\/no\/such/)
  })

  function git(...args: string[]): string {
    const identity = ['-c', 'user.name=n', '-c', 'user.email=n@example.com', '-c', 'init.defaultBranch=main']
    return execFileSync('git', [...identity, ...args], { cwd: join(folder, 'repo'), encoding: 'utf8' }).trim()
  }

  function commit(content: string): string {
    writeFileSync(join(folder, 'repo/file'), content)
    git('add', '.')
    git('commit', '-q', '-m', content)
    return git('rev-parse', 'HEAD')
  }

  test('git_checkout: branches, tags and commits, with their history or without', async () => {
    mkdirSync(join(folder, 'repo'))
    git('init', '-q')
    commit('one')
    git('tag', '-a', 'v1', '-m', 'v1')
    const second = commit('two')
    commit('three')
    git('branch', 'v2', second)
    const repo = `file://${folder}/repo`
    // git asks who owns a repository that is a folder of the same machine.
    writeFileSync(join(server.home, '.gitconfig'), '[safe]\n\tdirectory = *\n')
    const dest = HOSTILE
    const use = (more: object) => settle(server, 'git_checkout', { repo, dest, ...more })
    expect(await use({})).toEqual(['checkout'])
    expect(read(`${dest}/file`)).toBe('three')
    for (const [version, content] of [
      ['v1', 'one'],
      ['v2', 'two'],
      ['main', 'three'],
      [second, 'two'],
    ]) {
      expect(await use({ version })).toEqual(['checkout'])
      expect(read(`${dest}/file`)).toBe(content)
    }
    const shallow = { repo, dest: 'shallow', version: 'main', shallow: true }
    expect(await settle(server, 'git_checkout', shallow)).toEqual(['checkout'])
    commit('four')
    expect(await settle(server, 'git_checkout', shallow)).toEqual(['checkout'])
    expect(read('shallow/file')).toBe('four')
    expect(await refusal(server, 'git_checkout', { ...shallow, version: 'v3' })).toMatch(
      /no branch, tag or commit v3/,
    )
    writeFileSync(join(server.home, 'shallow/file'), 'changed by hand')
    commit('five')
    expect(await refusal(server, 'git_checkout', shallow)).toMatch(/overwritten|exit status/)
    expect(read('shallow/file')).toBe('changed by hand')
  })

  test('wait_for: a port, a file and a page; what does not come in time fails and says so', async () => {
    const web: Server = createServer((request, response) => {
      response.statusCode = request.url === '/health' ? 200 : 503
      response.end()
    })
    await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve))
    const { port } = web.address() as AddressInfo
    const base = `http://127.0.0.1:${port}`
    const file = `file${HOSTILE}`
    writeFileSync(join(server.home, file), '')
    expect(await settle(server, 'wait_for', { port, file, http: `${base}/health` })).toEqual([])
    expect(await refusal(server, 'wait_for', { http: `${base}/sick`, timeout: 1 })).toMatch(
      /does not answer.*503/,
    )
    expect(await refusal(server, 'wait_for', { file: 'no such', timeout: 1 })).toMatch(
      /no such is still not there/,
    )
    await new Promise(resolve => web.close(resolve))
    expect(await refusal(server, 'wait_for', { port, timeout: 1 })).toMatch(
      `nothing answers on 127.0.0.1 port ${port}`,
    )
    expect(await refusal(server, 'wait_for', {})).toMatch(/give a port, a file or http/)
  })
})
