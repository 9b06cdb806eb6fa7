import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { workFolder } from '../../e2e/work-folder.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { nodesThat, runExample, startHost } from '../example.ts'
import { told } from '../settle.ts'
import { type StandIns, standIns } from '../stand-ins.ts'

const WEB = ['web1', 'web2', 'web3', 'web4'] as const

/** Counts the release as migrated to in a file beside the folders of the web servers. */
const MIGRATE = `#!/bin/sh
release=$(cat VERSION)
if [ "$1" = --check ]; then grep -qx "$release" ../../../database; exit; fi
echo "$release" >>../../../database
`

describeWith(['root', 'sshd', 'sudo', 'curl', 'tar'], 'the example of a rolling release', () => {
  let server: TestServer
  let host: StandIns
  let ports: readonly number[]
  const web: Server[] = []
  beforeAll(async () => {
    host = standIns('socat', 'systemctl')
    for (const name of WEB) host.set(`known/${name}`)
    server = await startHost(host)
    for (const name of WEB) mkdirSync(join(server.home, name), { mode: 0o777 })
    chmodSync(server.home, 0o777)
    for (const name of WEB) chmodSync(join(server.home, name), 0o777)
    ports = await Promise.all(WEB.map(serve))
  })
  afterAll(async () => {
    for (const one of web) one.close()
    host.remove()
    await server.stop()
  })

  const at = (name: string, path: string) => join(server.home, name, path)
  const current = () => WEB.map(name => readlinkSync(at(name, 'current')))

  /** Answers for a web server: it is well unless its current release has a file "sick". */
  async function serve(name: string): Promise<number> {
    const one = createServer((_request, response) => {
      response.statusCode = existsSync(at(name, 'current/sick')) ? 503 : 200
      response.end()
    })
    await new Promise<void>(resolve => one.listen(0, '127.0.0.1', resolve))
    web.push(one)
    return (one.address() as AddressInfo).port
  }

  function pack(cwd: string, release: string, sick: boolean): string {
    const folder = join(cwd, 'release')
    mkdirSync(join(folder, 'bin'), { recursive: true })
    writeFileSync(join(folder, 'VERSION'), release)
    writeFileSync(join(folder, 'bin/migrate'), MIGRATE, { mode: 0o755 })
    if (sick) writeFileSync(join(folder, 'sick'), '')
    else rmSync(join(folder, 'sick'), { force: true })
    const archive = join(cwd, `${release}.tgz`)
    // The same content gives the same archive.
    execFileSync('tar', ['--sort=name', '--mtime=2026-01-01', '-czf', archive, '-C', folder, '.'])
    return archive
  }

  function rollOut(verb: 'apply' | 'plan', release: string, { sick = false } = {}) {
    const cwd = workFolder()
    const lines = WEB.map((name, index) => `${name} app_dir=${server.home}/${name} port=${ports[index]}`)
    const inventory = `\n[lb]\nlb1\n\n[web]\n${lines.join('\n')}\n`
    const hosts = Object.fromEntries(['lb1', ...WEB].map(name => [name, server]))
    const vars = { release, archive: pack(cwd, release, sick), patience: 1, haproxy: '/run/a "socket"' }
    return runExample(verb, { cwd, file: 'rollout.yml', hosts, inventory, vars })
  }

  test('a first release reaches every server, one batch after the other, and changes nothing when applied again', async () => {
    expect((await rollOut('plan', '1.0.0')).status).toBe(0)
    const first = await rollOut('apply', '1.0.0')
    expect(first.status, told(first)).toBe(0)
    expect(current()).toEqual(WEB.map(() => 'releases/1.0.0'))
    expect(readFileSync(join(server.home, 'database'), 'utf8')).toBe('1.0.0\n')
    expect(host.calls()).toEqual(WEB.flatMap(name => [`${name} drain`, 'restart shop', `${name} ready`]))
    const second = await rollOut('apply', '1.0.0')
    expect(second.status, told(second)).toBe(0)
    expect(nodesThat('changed', second)).toEqual([])
    expect(host.calls()).toEqual([])
  })

  test('a release that makes the canary sick is taken back there, reaches no other server, and is not kept in mind', async () => {
    const failed = await rollOut('apply', '2.0.0', { sick: true })
    expect(failed.status).toBe(1)
    expect(told(failed)).toMatch(/\/health does not answer.*503/)
    expect(current()).toEqual(WEB.map(() => 'releases/1.0.0'))
    expect(host.calls()).toEqual(['web1 drain', 'restart shop', 'restart shop', 'web1 ready'])
    const next = await rollOut('apply', '2.0.1')
    expect(next.status, told(next)).toBe(0)
    expect(current()).toEqual(WEB.map(() => 'releases/2.0.1'))
  })

  test('a server that the balancer does not know is not touched, and ends the roll-out', async () => {
    host.calls()
    rmSync(join(host.env.STAND_INS ?? '', 'known/web1'))
    const failed = await rollOut('apply', '3.0.0')
    expect(failed.status).toBe(1)
    expect(current()).toEqual(WEB.map(() => 'releases/2.0.1'))
    expect(host.calls()).toEqual([])
    expect(nodesThat('changed', failed).filter(node => !node.includes('unpack'))).toEqual(['web1 migrate'])
  })
})
