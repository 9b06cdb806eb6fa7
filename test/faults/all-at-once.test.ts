import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { drover, endsOf, startDrover } from '../e2e/drover.ts'
import { linesOf } from '../e2e/local-hosts.ts'
import { workFolder, writeHosts, writePlaybook } from '../e2e/work-folder.ts'
import { fleetAddress } from '../sshd/inventory.ts'
import { describeWith } from '../sshd/requirements.ts'
import { cutPower, startAgain, startImpostor } from '../sshd/restart.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { expectUnknownInWords, recordedEnds } from './recorded.ts'

// A busy machine takes its time to start servers and drover.
vi.setConfig({ testTimeout: 120_000 })

const HOSTS = Array.from({ length: 20 }, (_, at) => `h${at + 1}`)

describeWith(['root', 'sshd'], 'hosts that are gone and come back', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ addresses: ['0.0.0.0'] })
  })
  afterAll(() => server.stop())

  test('the power of all of them is cut at one moment: what ran is unknown, the run ends, and goes on later', async () => {
    const cwd = workFolder()
    const fleet = HOSTS.map((name, at) => [name, { ...server, host: fleetAddress(at) }] as const)
    const hosts = writeHosts(cwd, Object.fromEntries(fleet))
    const marked = (id: string, then = '') =>
      `  - { id: ${id}, run: 'echo "${id} $h" >> ${cwd}/marks${then}', env: { h: "\${{ host.name }}" } }\n`
    const play = writePlaybook(
      cwd,
      marked('first') + marked('work', `; until test -e ${cwd}/on; do sleep 0.2; done`) + marked('last'),
    )
    const running = startDrover(['apply', play, ...hosts, '--format', 'lines'], { cwd })
    await expect
      .poll(() => linesOf(cwd, 'marks').filter(mark => mark.startsWith('work')).length, { timeout: 40_000 })
      .toBe(20)
    const since = performance.now()
    await cutPower(server)
    const finished = await running.finished
    expect(performance.now() - since).toBeLessThan(30_000)
    expect(finished.status).toBe(1)
    expectUnknownInWords(finished)
    const ends = recordedEnds(cwd)
    for (const host of HOSTS) {
      expect(ends[`${host} first`]?.outcome).toBe('changed')
      expect(ends[`${host} work`]).toMatchObject({ outcome: 'unknown', failure: { code: 'link_lost' } })
      expect(ends[`${host} last`]?.outcome).toBe('blocked')
    }
    server = await startAgain(server)
    await drover(['run', ...hosts, '-H', 'h1', '--', `touch ${cwd}/on`], { cwd })
    const asked = await drover(['resume', 'last'], { cwd })
    expect(asked.status).toBe(4)
    expect(asked.stderr).toContain('20 steps were under way when the run ended')
    expect(await drover(['resume', 'last', '--rerun-unknown'], { cwd })).toMatchObject({
      status: 0,
      stderr: '',
    })
    const marks = linesOf(cwd, 'marks').toSorted()
    const expected = HOSTS.flatMap(host => [`first ${host}`, `work ${host}`, `work ${host}`, `last ${host}`])
    expect(marks).toEqual(expected.toSorted())
  })

  test('another machine answers at the address: it gets nothing, and what ran before is unknown', async () => {
    const cwd = workFolder()
    const own = await startSshd({})
    onTestFinished(() => own.stop())
    const hosts = writeHosts(cwd, { h1: own })
    const play = writePlaybook(
      cwd,
      `  - { id: work, run: "echo work >> ${cwd}/marks; sleep 60", on_failure: continue }
  - { id: secret, run: "cat >> ${cwd}/marks", stdin: "for the real one only", on_failure: continue }
  - { id: copy, put: { content: x, dest: "${cwd}/copy" } }
`,
    )
    const running = startDrover(['apply', play, ...hosts, '--format', 'json'], { cwd })
    await expect.poll(() => linesOf(cwd, 'marks'), { timeout: 20_000 }).toEqual(['work'])
    const impostor = await startImpostor(own)
    const finished = await running.finished
    const ends = endsOf(finished)
    expect(ends['h1 work']).toMatchObject({ outcome: 'unknown', failure: { code: 'link_lost' } })
    expect(ends['h1 secret']).toMatchObject({
      outcome: 'unreachable',
      failure: { code: 'host_key_changed', message: expect.stringContaining('SHA256:') },
    })
    expect(ends['h1 copy']?.outcome).toBe('blocked')
    expect(linesOf(cwd, 'marks')).toEqual(['work'])
    expect(impostor.log()).not.toMatch(/Accepted|Failed|userauth/)
    expect(existsSync(join(cwd, 'copy'))).toBe(false)
  })
})
