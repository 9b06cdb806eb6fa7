import { describe, expect, test } from 'vitest'
import { ciOf } from '../../src/cli/execute/ci.ts'
import { diffTexts } from '../../src/diff/text-diff.ts'
import type { RunEvent, RunListener } from '../../src/model/event.ts'
import { createJsonRenderer } from '../../src/render/json.ts'
import { JunitReport } from '../../src/render/junit/report.ts'
import { createLinesRenderer } from '../../src/render/lines.ts'
import { createLogRenderer } from '../../src/render/log.ts'
import type { RunRendererOptions } from '../../src/render/run/renderer.ts'
import { createTtyRenderer } from '../../src/render/tty.ts'
import { capture } from './capture.ts'
import { githubCommands, gitlabSections } from './ci-parsers.ts'
import { randomOutput } from './random-text.ts'
import { SampleRun, samplePlan } from './sample-run.ts'
import { parseStrictXml } from './strict-xml.ts'
import { VirtualTerminal } from './virtual-terminal.ts'

const MEGABYTE = 1 << 20
const GITHUB = { env: { GITHUB_ACTIONS: 'true' }, cwd: '/repo' }
const GITLAB = { env: { GITLAB_CI: 'true' }, cwd: '/repo' }

/** C0 but for tab and LF, DEL, C1, whatever is invisible or turns text around, and halves of characters. */
const OBEYED = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]--[\t\n\uFE00-\uFE0F]]/v

/** What drover itself says to a terminal: colours, and for live rows the cursor. */
const OWN_COLOR = /\x1b\[(?:\d+(?:;\d+)*)?m/g
const OWN_ROWS = /\x1b\[(?:\d*[ABGJK]|\?25[hl]|\?2026[hl])/g

function assertHarmless(text: string): void {
  const at = text.search(OBEYED)
  expect(at === -1 ? '' : JSON.stringify(text.slice(Math.max(0, at - 40), at + 40))).toBe('')
}

/** A host that prints random bytes to both streams, and as whatever else it has a say in. */
function* noisyRun(seed: number, bytes: number): Generator<RunEvent> {
  const plan = samplePlan(['web1', 'web2'], { upload: ['web1', 'web2'] })
  const [start] = new SampleRun(plan).events
  yield start as RunEvent
  const at = Date.now()
  let last = ''
  let stream: 'stdout' | 'stderr' = 'stdout'
  for (const text of randomOutput(seed, bytes)) {
    yield { kind: 'node_output', at, step: 0, host: 0, stream, text }
    last = text
    stream = stream === 'stdout' ? 'stderr' : 'stdout'
  }
  const words = last.slice(0, 2000)
  const captured = { head: last, tail: last, bytes, truncated: true }
  const failure = { code: 'connect_failed', message: words, hint: words } as const
  const result = { stdout: captured, stderr: captured, durationMs: 10, signal: words, note: words } as const
  yield { kind: 'lock_waiting', at, host: 0, holder: words }
  yield { kind: 'lock_missed', at, host: 0, why: words }
  yield {
    kind: 'node_retried',
    at,
    step: 0,
    host: 0,
    attempt: 1,
    ms: 5,
    result: { ...result, outcome: 'failed', failure },
  }
  yield { kind: 'host_unreachable', at, host: 1, failure }
  yield { kind: 'node_output', at, step: 0, host: 0, stream: 'stdout', text: words }
  const ended = { kind: 'node_finished', at, step: 0, outcome: 'failed' } as const
  yield { ...ended, host: 0, result: { ...result, outcome: 'failed', failure } }
  yield { ...ended, host: 1, result: { ...result, outcome: 'failed' } }
  yield* new SampleRun(plan).end().slice(-1)
}

/** Everything that a renderer writes to either stream. */
async function written(
  create: (options: RunRendererOptions) => RunListener,
  options: Partial<RunRendererOptions>,
  bytes = 2 * MEGABYTE,
): Promise<string> {
  const stdout = capture()
  const color = { stdout: true, stderr: true }
  const listener = create({ verbosity: 2, shape: 'playbook', color, stdout, stderr: stdout, ...options })
  for (const event of noisyRun(4711, bytes)) await listener(event)
  return stdout.text()
}

describe('random bytes that a host prints', () => {
  test('10 MB of them as plain lines are nothing that a terminal obeys', { timeout: 120_000 }, async () => {
    const text = await written(createLinesRenderer, {}, 10 * MEGABYTE)
    expect(text.length).toBeGreaterThan(10 * MEGABYTE)
    assertHarmless(text.replaceAll(OWN_COLOR, ''))
  })

  test.each(['playbook', 'command', 'copy'] as const)('nor with other options, of a %s', async shape => {
    for (const verbosity of [-1, 0, 1])
      for (const fold of [undefined, { kind: 'whole' }, { kind: 'diff', diff: diffTexts }] as const) {
        const text = await written(createLinesRenderer, { shape, verbosity, fold }, MEGABYTE / 2)
        assertHarmless(text.replaceAll(OWN_COLOR, ''))
      }
  })

  test('above live rows they leave the terminal as drover draws it', { timeout: 60_000 }, async () => {
    const terminal = new VirtualTerminal(80, 24)
    let raw = ''
    terminal.on('data', chunk => (raw += String(chunk)))
    const options = { stdout: terminal, stderr: terminal, verbosity: 1 } as const
    await written(createTtyRenderer, options, MEGABYTE / 4)
    assertHarmless(raw.replaceAll(OWN_COLOR, '').replaceAll(OWN_ROWS, '').replaceAll('\r', ''))
    expect(raw.split('\r').every((piece, at) => at === 0 || /^(?:\n|\x1b|$)/.test(piece))).toBe(true)
    expect(terminal.cursorShown).toBe(true)
  })

  test('10 MB of them as JSON come back exactly', { timeout: 120_000 }, async () => {
    const text = await written(createJsonRenderer, {}, 10 * MEGABYTE)
    assertHarmless(text)
    expect(githubCommands(text)).toEqual([])
    const told = text.split('\n').flatMap(line => {
      const event = line === '' ? {} : (JSON.parse(line) as { event?: string; text?: string })
      return event.event === 'node_output' ? [event.text ?? ''] : []
    })
    let at = 0
    for (const piece of randomOutput(4711, 10 * MEGABYTE))
      if (told[at++] !== piece) expect(told[at - 1]).toBe(piece)
  })

  test('10 MB of them in a log', { timeout: 120_000 }, async () => {
    let text = ''
    const append = (more: string) => {
      text += more
    }
    const listener = createLogRenderer({ append, now: Date.now, shape: 'playbook' })
    for (const event of noisyRun(4711, 10 * MEGABYTE)) await listener(event)
    expect(text.length).toBeGreaterThan(10 * MEGABYTE)
    assertHarmless(text)
    expect(text.split('\n').every(line => line === '' || /^\d{4}-\d\d-\d\dT[\d:.]+Z(?: |$)/.test(line))).toBe(
      true,
    )
  })

  test('in a JUnit report', () => {
    let report: JunitReport | undefined
    let xml = ''
    for (const event of noisyRun(4711, MEGABYTE)) {
      if (event.kind === 'run_started') report = new JunitReport(event)
      report?.add(event)
      if (event.kind === 'run_finished') xml = report?.xml(event) ?? ''
    }
    assertHarmless(xml)
    expect(parseStrictXml(xml).attributes.tests).toBe('2')
    expect(githubCommands(xml)).toEqual([])
  })

  test('10 MB of them in a log of GitHub Actions forge no command', { timeout: 120_000 }, async () => {
    const text = await written(createLinesRenderer, { ci: await ciOf(GITHUB) }, 10 * MEGABYTE)
    assertHarmless(text.replaceAll(OWN_COLOR, ''))
    const commands = githubCommands(text)
    expect(new Set(commands.map(({ name }) => name))).toEqual(new Set(['group', 'endgroup', 'error']))
    for (const { name, text: said } of commands) {
      if (name === 'group') expect(said).toBe('|web1 │ upload │ output')
      if (name === 'error') expect(said).toMatch(/^ (?:file=deploy.yml,line=5,)?title=(?:upload failed|web2)/)
    }
    const opened = commands.filter(({ name }) => name !== 'error').map(({ name }) => name)
    expect(opened.every((name, at) => name === (at % 2 === 0 ? 'group' : 'endgroup'))).toBe(true)
  })

  test('10 MB of them in a log of GitLab forge no section', { timeout: 120_000 }, async () => {
    const text = await written(createLinesRenderer, { ci: await ciOf(GITLAB) }, 10 * MEGABYTE)
    const own =
      /\x1b\[0Ksection_(?:start:\d+:drover_r1_\d+\[collapsed=true\]|end:\d+:drover_r1_\d+)\r\x1b\[0K/g
    const sections = gitlabSections(text)
    expect(sections).toHaveLength(text.match(own)?.length ?? 0)
    expect(sections.every(({ name }, at) => name === (at % 2 === 0 ? 'start' : 'end'))).toBe(true)
    assertHarmless(text.replaceAll(own, '').replaceAll(OWN_COLOR, ''))
  })
})
