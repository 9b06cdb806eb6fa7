import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { startBlackHole } from './black-hole.ts'
import { startFaultyServer } from './faulty-server.ts'
import { listenOnLoopback, stopServer } from './listen.ts'
import { type Breakage, startFaultProxy } from './proxy.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function open(address: { host: string; port: number }): Promise<Socket> {
  const socket = connect(address.port, address.host)
  socket.on('error', () => {})
  cleanups.push(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function startEcho() {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  const address = await listenOnLoopback(server)
  cleanups.push(() => stopServer(server, sockets))
  return address
}

async function startProxy(afterBytes?: Breakage) {
  const proxy = await startFaultProxy(await startEcho(), afterBytes)
  cleanups.push(() => proxy.stop())
  return proxy
}

test('the proxy forwards, stalls and goes on where it stopped', async () => {
  const proxy = await startProxy()
  const socket = await open(proxy)
  let received = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text
  })
  socket.write('one ')
  await expect.poll(() => received).toBe('one ')
  proxy.stall()
  socket.write('two')
  await sleep(50)
  expect(received).toBe('one ')
  proxy.resume()
  await expect.poll(() => received).toBe('one two')
  expect(proxy.opened()).toBe(1)
})

test('the proxy cuts with FIN and resets with RST', async () => {
  const proxy = await startProxy()
  const [first, second] = [await open(proxy), await open(proxy)]
  await expect.poll(proxy.opened).toBe(2)
  first.resume()
  const ended = once(first, 'end')
  proxy.cut()
  await ended
  second.destroy()
  const third = await open(proxy)
  await expect.poll(proxy.opened).toBe(3)
  const broken = once(third, 'error')
  proxy.reset()
  expect(await broken).toMatchObject([{ code: 'ECONNRESET' }])
})

test('the proxy breaks a connection after so many bytes', async () => {
  const proxy = await startProxy({ bytes: 10, how: 'reset' })
  const socket = await open(proxy)
  const broken = once(socket, 'error')
  socket.write('x'.repeat(10))
  expect(await broken).toMatchObject([{ code: 'ECONNRESET' }])
})

test('a black hole answers no connection attempt', async () => {
  const hole = await startBlackHole()
  cleanups.push(() => hole.stop())
  const socket = connect(hole.port, hole.host)
  cleanups.push(() => void socket.destroy())
  const answered = Promise.race([
    once(socket, 'connect').then(
      () => 'connected',
      () => 'refused',
    ),
    sleep(300, 'nothing'),
  ])
  expect(await answered).toBe('nothing')
})

test('an endless banner sends for as long as somebody reads', async () => {
  const server = await startFaultyServer('endless_banner')
  cleanups.push(() => server.stop())
  const socket = await open(server)
  socket.resume()
  await expect.poll(server.sent).toBeGreaterThan(1 << 20)
  socket.destroy()
})

test('garbage holds no line end that a version line could hide behind', async () => {
  const server = await startFaultyServer('garbage')
  cleanups.push(() => server.stop())
  const socket = await open(server)
  const [chunk] = (await once(socket, 'data')) as [Buffer]
  expect(chunk.includes(10)).toBe(false)
})
