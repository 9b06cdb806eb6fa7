import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Finished } from '../../e2e/drover.ts'
import { workFolder } from '../../e2e/work-folder.ts'
import type { TestServer } from '../../sshd/server.ts'
import { type HostOptions, runExample, startHost } from '../example.ts'
import { type StandIns, standIns } from '../stand-ins.ts'

const WEB = ['web1', 'web2', 'web3', 'web4'] as const

/** Counts the release as migrated to in a file beside the folders of the web servers. */
const MIGRATE = `#!/bin/sh
release=$(cat VERSION)
if [ "$1" = --check ]; then grep -qx "$release" ../../../database; exit; fi
echo "$release" >>../../../database
`

/** What the example of a rolling release is for: a balancer and four web servers, all on one test server. */
export interface RolloutSite {
  readonly server: TestServer
  readonly host: StandIns
  readonly web: readonly string[]
  /** Where the link to the current release leads, server by server. */
  current(): readonly string[]
  rollOut(verb: 'apply' | 'plan', release: string, options?: { readonly sick?: boolean }): Promise<Finished>
  stop(): Promise<void>
}

export async function startRolloutSite(options: HostOptions = {}): Promise<RolloutSite> {
  const host = standIns('socat', 'systemctl')
  for (const name of WEB) host.set(`known/${name}`)
  const server = await startHost(host, options)
  const at = (name: string, path: string) => join(server.home, name, path)
  for (const name of WEB) mkdirSync(join(server.home, name), { mode: 0o777 })
  chmodSync(server.home, 0o777)
  for (const name of WEB) chmodSync(join(server.home, name), 0o777)
  const pages = await Promise.all(WEB.map(name => serve(() => existsSync(at(name, 'current/sick')))))
  const ports = pages.map(page => (page.address() as AddressInfo).port)
  const lines = WEB.map((name, index) => `${name} app_dir=${server.home}/${name} port=${ports[index]}`)
  return {
    server,
    host,
    web: WEB,
    current: () => WEB.map(name => readlinkSync(at(name, 'current'))),
    rollOut(verb, release, { sick = false } = {}) {
      const cwd = workFolder()
      const inventory = `\n[lb]\nlb1\n\n[web]\n${lines.join('\n')}\n`
      const hosts = Object.fromEntries(['lb1', ...WEB].map(name => [name, server]))
      const vars = { release, archive: pack(cwd, release, sick), patience: 1, haproxy: '/run/a "socket"' }
      return runExample(verb, { cwd, file: 'rollout.yml', hosts, inventory, vars })
    },
    async stop() {
      for (const page of pages) page.close()
      host.remove()
      await server.stop()
    },
  }
}

/** Answers for a web server. */
async function serve(isSick: () => boolean): Promise<Server> {
  const page = createServer((_request, response) => {
    response.statusCode = isSick() ? 503 : 200
    response.end()
  })
  await new Promise<void>(resolve => page.listen(0, '127.0.0.1', resolve))
  return page
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
