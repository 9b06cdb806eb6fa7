import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import { makeNamespace } from './namespace.ts'

/** Sends back what it gets. */
const ECHO = `require('node:net').createServer(s => s.on('error', () => {}).pipe(s)).listen(7777, () => console.log('up'))`

const namespaces = () => execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })
const cables = () => execFileSync('ip', ['-brief', 'link'], { encoding: 'utf8' })

describeWith(['root', 'ip', 'netns'], 'a network namespace', () => {
  test('falls silent in both directions, and what was sent arrives when it does so no more', async () => {
    const namespace = makeNamespace()
    const server = spawn('ip', ['netns', 'exec', namespace.name, process.execPath, '-e', ECHO], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(async () => {
      server.kill('SIGKILL')
      await namespace.remove()
    })
    await once(server.stdout, 'data')
    const socket = connect(7777, namespace.address)
    onTestFinished(() => void socket.destroy())
    let heard = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text
    })
    socket.write('one ')
    await expect.poll(() => heard, { timeout: 10_000 }).toBe('one ')
    namespace.darken()
    socket.write('two')
    await sleep(300)
    expect(heard).toBe('one ')
    namespace.lighten()
    await expect.poll(() => heard, { timeout: 20_000 }).toBe('one two')
  })

  test('is gone when it is removed, and when the process that made it is killed', async () => {
    const own = makeNamespace()
    expect(namespaces()).toContain(own.name)
    await own.remove()
    const module = JSON.stringify(new URL('./namespace.ts', import.meta.url))
    const script = `const { makeNamespace } = await import(${module}); console.log(makeNamespace().name); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [text] = (await once(child.stdout, 'data')) as [Buffer]
    const name = text.toString().trim()
    expect(namespaces()).toContain(name)
    child.kill('SIGKILL')
    await expect.poll(namespaces, { timeout: 10_000 }).not.toContain(name)
    for (const gone of [own.name, name]) expect(cables()).not.toContain(gone)
    expect(namespaces()).not.toContain(own.name)
  })
})
