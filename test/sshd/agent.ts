import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'

/** Starts an agent that holds keys, with their certificates, and ends it afterwards. */
export async function withAgent<T>(
  folder: string,
  keys: readonly string[],
  use: (socket: string) => Promise<T>,
): Promise<T> {
  const socket = join(mkdtempSync(join(folder, 'agent-')), 'socket')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
  await new Promise(resolve => agent.stdout.once('data', resolve))
  try {
    for (const key of keys) {
      const env = { ...process.env, SSH_AUTH_SOCK: socket }
      execFileSync('ssh-add', ['-q', key], { env, stdio: 'ignore' })
    }
    return await use(socket)
  } finally {
    agent.kill()
  }
}
