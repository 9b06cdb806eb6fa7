import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import {
  type DemoFiles,
  makeDemoFolder,
  makeHome,
  type PlacedHost,
  writeInventory,
  writeKnownHosts,
} from './files.ts'
import { type DemoHost, demoHosts } from './hosts.ts'
import { makeKeyPair } from './keys.ts'
import { type DemoServer, startServer } from './server.ts'

/** What the fleet's process tells the one that started it. */
export type FleetMessage =
  | { readonly kind: 'ready'; readonly files: DemoFiles }
  | { readonly kind: 'failed'; readonly message: string }

const USER = 'demo'

/**
 * The process that holds the demo's servers: its own, so that they never wait for the controller, nor it for them.
 * It lives as long as its parent is connected, and takes files and started commands with it.
 */
async function main(faults: boolean): Promise<void> {
  const files = makeDemoFolder()
  const servers: DemoServer[] = []
  process.once('disconnect', async () => {
    await Promise.all(servers.map(server => server.close()))
    rmSync(files.folder, { recursive: true, force: true })
  })
  const userKey = makeKeyPair()
  writeFileSync(files.privateKey, userKey.private, { mode: 0o600 })
  const placed: PlacedHost[] = []
  for (const host of demoHosts(faults)) {
    placed.push(await place(host, files, userKey.public, servers))
  }
  writeInventory(files, placed, USER)
  writeKnownHosts(files, placed)
  tell({ kind: 'ready', files })
}

/** Starts the host's server, unless it is to be unreachable. */
async function place(
  host: DemoHost,
  files: DemoFiles,
  userKey: string,
  servers: DemoServer[],
): Promise<PlacedHost> {
  const hostKey = makeKeyPair()
  const home = makeHome(files, host)
  const knownKey = host.fault === 'changed_key' ? makeKeyPair().public : hostKey.public
  if (host.fault === 'unreachable') return { ...host, knownKey, port: await unusedPort() }
  const server = await startServer({ hostKey: hostKey.private, userKey, user: USER, home })
  servers.push(server)
  return { ...host, knownKey, port: server.port }
}

/** A port where nobody listens just now. */
function unusedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

function tell(message: FleetMessage): void {
  process.send?.(message)
}

main(process.argv.includes('--faults')).catch((error: unknown) => {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
  process.disconnect?.()
})
