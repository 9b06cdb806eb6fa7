import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { descendantsOf, startDrover } from '../e2e/drover.ts'
import { linesOf } from '../e2e/local-hosts.ts'
import { workFolder, writeHosts, writePlaybook } from '../e2e/work-folder.ts'
import { startFaultProxy } from '../fault/proxy.ts'
import { describeWith } from '../sshd/requirements.ts'
import { cutPower, startImpostor } from '../sshd/restart.ts'
import { startSshd } from '../sshd/sshd.ts'
import { expectUnknownInWords, recordedCodes } from './recorded.ts'

// A busy machine takes its time to start servers and drover.
vi.setConfig({ testTimeout: 120_000 })

/** A step that may be repeated: it marks each of its runs, and waits where it is the first or `also` holds. */
const work = (cwd: string, also = 'false') =>
  `  - { id: work, run: "echo run >> ${cwd}/marks; test $(wc -l < ${cwd}/marks) -gt 1 && ! ${also} || sleep 300", idempotent: true }\n`

describeWith(['root', 'sshd'], 'a step that may be repeated, when its link is lost', () => {
  async function begin(also?: string) {
    const server = await startSshd({})
    const proxy = await startFaultProxy(server)
    onTestFinished(async () => {
      await proxy.stop()
      await server.stop()
    })
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: { ...server, host: proxy.host, port: proxy.port } })
    // The server's key at the proxy's port.
    const known = readFileSync(server.knownHosts, 'utf8').replaceAll(`:${server.port}`, `:${proxy.port}`)
    writeFileSync(join(cwd, 'known_hosts'), known)
    const play = writePlaybook(cwd, `${work(cwd, also)}  - { id: last, run: "true" }\n`)
    const running = startDrover(['apply', play, ...hosts, '--format', 'lines'], { cwd })
    const ran = (times: number) =>
      expect.poll(() => linesOf(cwd, 'marks').length, { timeout: 30_000 }).toBe(times)
    await ran(1)
    return { server, proxy, cwd, running, ran }
  }

  test('and another machine answers at the address: that gets nothing, and the step is unknown', async () => {
    const { server, cwd, running } = await begin()
    const impostor = await startImpostor(server)
    const finished = await running.finished
    expect(recordedCodes(cwd)).toEqual({ 'h1 work': 'unknown link_lost', 'h1 last': 'blocked' })
    expect(finished.stdout).toContain('it could not be repeated')
    expect(finished.stdout).toContain('SHA256:')
    expectUnknownInWords(finished, 'work')
    expect(impostor.log()).not.toMatch(/Accepted|Failed|userauth/)
    expect(linesOf(cwd, 'marks')).toHaveLength(1)
  })

  test('and the host does not come back: it is unknown', async () => {
    const { server, cwd, running } = await begin()
    await cutPower(server)
    const finished = await running.finished
    expect(recordedCodes(cwd)).toEqual({ 'h1 work': 'unknown link_lost', 'h1 last': 'blocked' })
    expectUnknownInWords(finished, 'work')
  })

  test('again and again: it is not repeated for ever, and is unknown', async () => {
    const { proxy, cwd, running, ran } = await begin('true')
    proxy.reset()
    await ran(2)
    proxy.reset()
    const finished = await running.finished
    expect(recordedCodes(cwd)).toEqual({ 'h1 work': 'unknown link_lost', 'h1 last': 'blocked' })
    expectUnknownInWords(finished)
    expect(linesOf(cwd, 'marks').length).toBeLessThanOrEqual(3)
  })

  test('with the worker: another one repeats it', async () => {
    const { cwd, running } = await begin()
    process.kill(descendantsOf(running.pid)[0] ?? 0, 'SIGKILL')
    const finished = await running.finished
    expect(recordedCodes(cwd)).toEqual({ 'h1 work': 'changed', 'h1 last': 'changed' })
    expect(finished.status).toBe(0)
    expect(linesOf(cwd, 'marks')).toHaveLength(2)
  })

  test('in the middle of an upload: the file is there as a whole in the end, and nothing beside it', async () => {
    const server = await startSshd({ account: {} })
    onTestFinished(() => server.stop())
    const cwd = workFolder()
    const size = 200 << 20
    writeFileSync(join(cwd, 'big'), Buffer.alloc(size, 'n'))
    const play = writePlaybook(cwd, '  - { id: copy, put: { src: big, dest: new } }\n')
    const running = startDrover(['apply', play, ...writeHosts(cwd, { h1: server }), '--format', 'lines'], {
      cwd,
    })
    const sizes = new Set<number>()
    const staged = () => {
      const names = readdirSync(server.home)
      if (names.includes('new')) sizes.add(statSync(join(server.home, 'new')).size)
      return names.some(name => name.startsWith('.drover-'))
    }
    await expect.poll(staged, { timeout: 20_000, interval: 5 }).toBe(true)
    for (const pid of server.sessions()) process.kill(pid, 'SIGKILL')
    const watch = setInterval(staged, 20)
    const finished = await running.finished
    clearInterval(watch)
    staged()
    expect(finished.stdout).not.toMatch(/failed|unreachable/)
    expect(recordedCodes(cwd)).toEqual({ 'h1 copy': 'changed' })
    expect([...sizes]).toEqual([size])
    await expect.poll(() => readdirSync(server.home), { timeout: 10_000 }).toEqual(['new'])
  })
})
