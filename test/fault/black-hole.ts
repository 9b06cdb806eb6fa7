import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Address } from './listen.ts'

export interface BlackHole extends Address {
  stop(): Promise<void>
}

const LISTENER = `
const server = require('node:net').createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.stdout.write(server.address().port + ' '))
process.stdin.on('end', () => process.exit()).resume()
`

/**
 * An address on loopback that answers no connection attempt at all, as behind a firewall that drops packets: the
 * listening process is stopped and its accept queue is full, so the kernel drops further SYNs. Needs no root.
 */
export async function startBlackHole(): Promise<BlackHole> {
  const child = spawn(process.execPath, ['-e', LISTENER], { stdio: ['pipe', 'pipe', 'ignore'] })
  const [text] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(text.toString())
  child.kill('SIGSTOP')
  const fillers: Socket[] = []
  while (await connects(port, fillers)) {
    // One more place in the queue is taken.
  }
  return {
    host: '127.0.0.1',
    port,
    async stop() {
      for (const socket of fillers) socket.destroy()
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

const QUEUE_FULL_MS = 200

/** Whether a connection is still taken; the socket stays open and holds its place. */
async function connects(port: number, fillers: Socket[]): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  fillers.push(socket)
  return await new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), QUEUE_FULL_MS)
    socket.once('connect', () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
