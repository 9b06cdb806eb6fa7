import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runFolder, runIds } from '../../src/journal/folder.ts'
import { readOutput } from '../../src/journal/read-output.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { drover, endsOf, eventsOf, outcomesOf } from '../e2e/drover.ts'
import { workFolder, writeHosts, writePlaybook } from '../e2e/work-folder.ts'
import { fleetAddress } from '../sshd/inventory.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { recordedEnds } from './recorded.ts'

const MB = 1_000_000
/** Of a gigabyte, one host prints half, and 19 others the rest at the same time. */
const FLOOD = 500 * MB
const SHARE = 26 * MB
const HOSTS = Array.from({ length: 20 }, (_, at) => `h${at + 1}`)
const printedBy = (host: string) => (host === 'h1' ? FLOOD : SHARE)
/** Of two processes, with a window and buffers for each host: as much for ten gigabytes. */
const MOST_MB = 750

describeWith(['root', 'sshd'], 'output', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {}, addresses: ['0.0.0.0'] })
  })
  afterAll(() => server.stop())

  /** What the folder's only run has kept of what each host printed to stdout. */
  async function kept(cwd: string, step: string): Promise<Readonly<Record<string, number>>> {
    const bytes: Record<string, number> = {}
    const [id = ''] = runIds(cwd)
    for await (const record of readOutput(runFolder(cwd, id))) {
      if (record.stream !== 'stdout' || record.step !== step) continue
      bytes[record.host] = (bytes[record.host] ?? 0) + Buffer.byteLength(record.text)
    }
    return bytes
  }

  // It moves a gigabyte through SSH and to the disk, and reads it again.
  test('a gigabyte of 20 hosts: little memory, all of it in the run folder, and the results say that they are cut', {
    timeout: 400_000,
  }, async () => {
    const cwd = workFolder()
    const fleet = HOSTS.map((name, at) => [name, { ...server, host: fleetAddress(at) }] as const)
    const hosts = writeHosts(cwd, Object.fromEntries(fleet))
    const flood = `yes "$(head -c 999 /dev/zero | tr '\\\\0' x)" | head -c \${{ host.name == 'h1' ? '${FLOOD}' : '${SHARE}' }}`
    const play = writePlaybook(
      cwd,
      `  - { id: flood, run: "${flood.replaceAll('"', '\\"')}" }
  - { id: brief, run: "true" }
  - { id: reader, run: "echo \${{ steps.flood.stdout }}", hosts: h2 }
`,
    )
    const finished = await drover(['apply', play, ...hosts, '--format', 'lines', '-q'], {
      cwd,
      keep: 1 << 20,
    })
    expect(finished.peakMb).toBeLessThan(MOST_MB)
    const ends = recordedEnds(cwd)
    for (const host of HOSTS) {
      expect(ends[`${host} flood`]).toMatchObject({
        outcome: 'changed',
        stdout: { bytes: printedBy(host), truncated: true },
      })
      expect(ends[`${host} brief`]?.outcome).toBe('changed')
    }
    expect(ends['h2 reader']?.failure?.message).toContain('only the beginning and the end are kept')
    expect(await kept(cwd, 'flood')).toEqual(Object.fromEntries(HOSTS.map(host => [host, printedBy(host)])))
    rmSync(runFolder(cwd, runIds(cwd)[0] ?? ''), { recursive: true })
  })

  test('bytes that are no text, and a last line without an end, are told and kept as far as text can', async () => {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server })
    const play = writePlaybook(
      cwd,
      String.raw`  - { id: bytes, run: 'printf "a\000\377\376b\303"; printf "\200" >&2' }
  - { id: open, run: 'printf "no end"' }
  - { id: after, run: 'printf "<%s>" "$X"', env: { X: "${'$'}{{ steps.open.stdout }}" } }
`,
    )
    const json = await drover(['apply', play, ...hosts, '--format', 'json'], { cwd })
    expect(outcomesOf(json)).toEqual({ 'h1 bytes': 'changed', 'h1 open': 'changed', 'h1 after': 'changed' })
    const told = eventsOf(json).filter(({ event }) => event === 'node_output')
    const text = (step: string, stream: string) =>
      told.flatMap(event => (event.step === step && event.stream === stream ? [event.text] : [])).join('')
    expect(text('bytes', 'stdout')).toBe('a\0\ufffd\ufffdb\ufffd')
    expect(text('bytes', 'stderr')).toBe('\ufffd')
    expect(text('open', 'stdout')).toBe('no end')
    expect(text('after', 'stdout')).toBe('<no end>')
    expect(recordedEnds(cwd)['h1 bytes']).toMatchObject({ stdout: { bytes: 6 } })
    const lines = await drover(['apply', play, ...hosts, '--format', 'lines', '-v'], { cwd })
    expect(lines.stdout).toMatch(/h1 +│ +open +│ no end\n/)
  })

  test('of a child in the background: what it prints at once is told, what it prints later holds nobody up', async () => {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server })
    // It ends with the server, at the latest.
    const script = '(sleep 0.2; echo soon; sleep 60; echo late) & echo now'
    const play = writePlaybook(cwd, `  - { id: start, run: "${script}" }\n`)
    const finished = await drover(['apply', play, ...hosts, '--format', 'json'], { cwd })
    const { 'h1 start': start } = endsOf(finished)
    expect(start?.outcome).toBe('changed')
    expect(start?.duration_ms).toBeLessThan(LIMITS.drainMs + 10_000)
    const told = eventsOf(finished).flatMap(({ event, text }) => (event === 'node_output' ? [text] : []))
    expect(told.join('')).toBe('now\nsoon\n')
  })
})
