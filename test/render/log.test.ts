import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { createLinesRenderer } from '../../src/render/lines.ts'
import { createLogRenderer } from '../../src/render/log.ts'
import type { RunRendererOptions } from '../../src/render/run/renderer.ts'
import { capture } from './capture.ts'
import { printed, SampleRun, samplePlan } from './sample-run.ts'

const AT = Date.UTC(2026, 10, 28, 21, 14, 3, 7)
const STAMP = '2026-11-28T21:14:03.007Z'

async function logOf(events: readonly RunEvent[], shape: RunRendererOptions['shape'] = 'playbook') {
  let text = ''
  const append = (more: string) => {
    text += more
  }
  const listener = createLogRenderer({ append, now: () => AT, shape })
  for (const event of events) await listener(event)
  return text
}

function sample(): SampleRun {
  return new SampleRun(samplePlan(['web1'], { upload: ['web1'] }))
    .connected('web1')
    .lock('web1', 'lock_taken', 'deploy')
    .started('web1', 'upload')
    .output('web1', 'upload', 'one\nand \x1b[2Jtwo')
    .finished('web1', 'upload', 'failed', { exitCode: 3, stdout: printed('one\nand \x1b[2Jtwo') })
}

/** What `lines -vv` writes, to whichever stream. */
async function linesOf(events: readonly RunEvent[], shape: RunRendererOptions['shape']): Promise<string> {
  const both = capture()
  const color = { stdout: false, stderr: false }
  const listener = createLinesRenderer({ stdout: both, stderr: both, color, verbosity: 2, shape })
  for (const event of events) await listener(event)
  return both.text()
}

test.each(['playbook', 'command', 'copy'] as const)(
  'the log of a %s says all that lines -vv say, each with its time',
  async shape => {
    const events = sample().end()
    const lines = (await logOf(events, shape)).split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.shift()).toBe(`${STAMP} ── run r1: Deploy the web tier (deploy.yml) ──`)
    for (const line of lines) expect(line.startsWith(STAMP)).toBe(true)
    expect(lines.map(line => line.slice(STAMP.length + 1)).join('\n')).toBe(
      (await linesOf(events, shape)).trimEnd(),
    )
  },
)

test('it is there while the run goes on', async () => {
  const run = sample()
  const text = await logOf(run.events.slice(0, 5))
  expect(text).toContain(`${STAMP} web1 │ upload │ one\n`)
  expect(text).not.toContain('two')
})

test('nothing in it moves a terminal that shows it', async () => {
  expect(await logOf(sample().end())).toContain('and \\x1b[2Jtwo\n')
})
