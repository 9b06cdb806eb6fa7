import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { gatherWrites } from '../../../src/transport/ssh/gather-writes.ts'

/** A connection to somebody who keeps what comes. */
async function connected(): Promise<{ socket: Socket; received: Promise<string>; close: () => void }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const received = once(server, 'connection').then(async ([peer]) => {
    const chunks: Buffer[] = []
    for await (const chunk of peer as Socket) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  })
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  gatherWrites(socket)
  await once(socket, 'connect')
  return { socket, received, close: () => server.close() }
}

test('what is written in one turn goes to the system at once, in its order', async () => {
  const { socket, received, close } = await connected()
  const { _handle: handle } = socket as unknown as {
    _handle: Record<string, (...args: unknown[]) => unknown>
  }
  const calls: string[] = []
  for (const name of ['writev', 'writeBuffer', 'writeUtf8String', 'writeLatin1String']) {
    const own = handle[name]?.bind(handle)
    handle[name] = (...args) => {
      calls.push(name)
      return own?.(...args)
    }
  }
  const written = ['a', 'b', 'c'].map(
    text => new Promise(resolve => socket.write(Buffer.from(text), () => resolve(text))),
  )
  expect(calls).toEqual([])
  expect(await Promise.all(written)).toEqual(['a', 'b', 'c'])
  expect(calls).toEqual(['writev'])
  socket.write(Buffer.from('d'))
  await new Promise(setImmediate)
  expect(calls).toHaveLength(2)
  socket.end(Buffer.from('e'))
  expect(await received).toBe('abcde')
  close()
})

test('what is written in the turn in which it ends is sent', async () => {
  const { socket, received, close } = await connected()
  socket.write(Buffer.from('last '))
  socket.write(Buffer.from('words'))
  socket.end()
  expect(await received).toBe('last words')
  close()
})
