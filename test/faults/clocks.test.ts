import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drover, endsOf, eventsOf, outcomesOf } from '../e2e/drover.ts'
import { writeLocalHosts } from '../e2e/local-hosts.ts'
import { workFolder, writeHosts, writePlaybook } from '../e2e/work-folder.ts'
import { describeWith } from '../sshd/requirements.ts'
import { startSshd } from '../sshd/sshd.ts'

/** Every 70 ms the time of day is set: an hour back, then two days ahead, and so on. What counts time on goes on. */
const JUMPING = `
const Real = Date
let shift = 0
let jumps = 0
setInterval(() => { jumps += 1; shift += jumps % 2 ? -3_600_000 : 2 * 86_400_000 }, 70).unref()
globalThis.Date = class extends Real {
  constructor(...words) { super(...(words.length > 0 ? words : [Real.now() + shift])) }
  static now() { return Real.now() + shift }
}
`

test('the clock of the controller and its workers jumps: no wait is cut short or gets longer, and the run goes on later', async () => {
  const cwd = workFolder()
  const inventory = writeLocalHosts(cwd, ['h1', 'h2'])
  writeFileSync(join(cwd, 'jumping.mjs'), JUMPING)
  const play = writePlaybook(
    cwd,
    `  - { id: quick, run: "sleep 0.5", timeout: 40s }
  - { id: late, run: "test -e ready || sleep 60", timeout: 1s, on_failure: continue }
  - { id: again, run: "test -e tried-$h || { touch tried-$h; exit 1; }", env: { h: "\${{ host.name }}" }, retry: { attempts: 3, delay: 100ms } }
  - { id: end, run: "true" }
`,
  )
  const env = { NODE_OPTIONS: `--import=${join(cwd, 'jumping.mjs')}` }
  const args = ['apply', play, ...inventory, '--format', 'json']
  const finished = await drover(args, { cwd, env })
  expect(finished.stderr).toBe('')
  for (const host of ['h1', 'h2']) {
    expect(outcomesOf(finished)).toMatchObject({
      [`${host} quick`]: 'changed',
      [`${host} late`]: 'failed',
      [`${host} again`]: 'changed',
      [`${host} end`]: 'changed',
    })
  }
  for (const { failure, duration_ms } of Object.values(endsOf(finished))) {
    expect(failure?.code ?? 'step_timeout').toBe('step_timeout')
    expect(duration_ms).toBeGreaterThanOrEqual(0)
    expect(duration_ms).toBeLessThan(30_000)
  }
  const times = eventsOf(finished).map(({ time }) => Date.parse(`${time}`))
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  writeFileSync(join(cwd, 'ready'), '')
  const resumed = await drover(['resume', 'last', '--format', 'lines'], { cwd, env })
  expect(resumed).toMatchObject({ status: 0, stderr: '' })
  expect(resumed.stdout).toMatch(/8 changed.* · \d+(\.\d+)?m?s\n/)
})

/** `date`, some days early or late at each call. */
const DATE = `#!/bin/sh
exec /bin/date -d "@$(( $(/bin/date +%s) + ($$ % 5 - 2) * 86400 ))" "$@"
`

describeWith(['root', 'sshd'], 'a host whose clock jumps', () => {
  test('its steps are done as elsewhere, also in the next run', async () => {
    const cwd = workFolder()
    chmodSync(cwd, 0o755)
    const programs = join(cwd, 'bin')
    mkdirSync(programs)
    writeFileSync(join(programs, 'date'), DATE, { mode: 0o755 })
    const server = await startSshd({ account: {}, env: { PATH: `${programs}:/usr/bin:/bin` } })
    try {
      const play = writePlaybook(
        cwd,
        `  - { id: seen, run: "test $(command -v date) = ${programs}/date" }
  - { id: copy, put: { content: x, dest: copy } }
  - { id: back, get: { src: copy, dest: got/ } }
  - { id: slow, run: "sleep 2; test -n \${{ facts.os.family }}", timeout: 60s }
`,
      )
      const args = ['apply', play, ...writeHosts(cwd, { h1: server }), '--format', 'json']
      for (const copied of ['changed', 'ok']) {
        expect(outcomesOf(await drover(args, { cwd }))).toMatchObject({
          'h1 seen': 'changed',
          'h1 copy': copied,
          'h1 back': 'ok',
          'h1 slow': 'changed',
        })
      }
    } finally {
      await server.stop()
    }
  })
})
