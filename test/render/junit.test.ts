import { describe, expect, test } from 'vitest'
import { JunitReport } from '../../src/render/junit/report.ts'
import { printed, richPlan, SampleRun, samplePlan } from './sample-run.ts'
import { expatSays, parseStrictXml, type XmlElement } from './strict-xml.ts'

function reportOf(events: ReturnType<SampleRun['end']>): string {
  const [start] = events
  const end = events.at(-1)
  if (start?.kind !== 'run_started' || end?.kind !== 'run_finished') throw new Error('no whole run')
  const report = new JunitReport(start)
  for (const event of events) report.add(event)
  return report.xml(end)
}

/** The report, read strictly, and as expat reads it. */
function read(events: ReturnType<SampleRun['end']>): XmlElement {
  const xml = reportOf(events)
  expect(expatSays(xml) ?? 'well-formed').toBe('well-formed')
  return parseStrictXml(xml)
}

const caseOf = (root: XmlElement, suite: string, name: string) =>
  root.children
    .find(({ attributes }) => attributes.name === suite)
    ?.children.find(({ attributes }) => attributes.name === name)

function everyOutcome(): SampleRun {
  const hosts = ['web1.example.com', 'web2', 'web3', 'web4']
  return new SampleRun(samplePlan(hosts, { upload: hosts, restart: hosts }))
    .started('web1.example.com', 'upload')
    .finished('web1.example.com', 'upload', 'changed', { durationMs: 41 })
    .finished('web2', 'upload', 'skipped', { note: 'creates /opt/app' })
    .dropped('web3', 'upload', 'unreachable')
    .finished('web4', 'upload', 'refused', {
      failure: { code: 'drift', message: 'it is not as planned', hint: 'plan again' },
    })
    .finished('web1.example.com', 'restart', 'failed', {
      exitCode: 3,
      durationMs: 1500,
      failure: { code: 'step_exit', message: 'exit status 3' },
      stdout: printed('restarting\n'),
      stderr: printed('no such unit\n'),
    })
    .finished('web2', 'restart', 'unknown', { failure: { code: 'link_lost', message: 'the link was lost' } })
    .dropped('web3', 'restart', 'blocked', ['web3', 'upload'])
    .dropped('web4', 'restart', 'cancelled')
}

describe('a report as JUnit XML', () => {
  test('has a suite a step and a case a host, and counts them', () => {
    const root = read(everyOutcome().wait(2000).end())
    expect(root.name).toBe('testsuites')
    expect(root.attributes).toMatchObject({ name: 'Deploy the web tier', tests: '8', time: '2.000' })
    expect(root.attributes).toMatchObject({ failures: '2', errors: '2', skipped: '3' })
    expect(root.children.map(({ attributes }) => attributes)).toMatchObject([
      { name: 'upload', tests: '4', failures: '1', errors: '1', skipped: '1' },
      { name: 'restart', tests: '4', failures: '1', errors: '1', skipped: '2', time: '1.900' },
    ])
    expect(root.children[0]?.attributes.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
    expect(caseOf(root, 'upload', 'web1.example.com')).toMatchObject({
      attributes: { classname: 'deploy.upload', file: 'deploy.yml', line: '5', time: '0.041' },
      children: [],
    })
  })

  test('tells each outcome in a word that JUnit has', () => {
    const root = read(everyOutcome().end())
    const end = (suite: string, host: string) => {
      const [found] = caseOf(root, suite, host)?.children ?? []
      return [found?.name, found?.attributes.message, found?.attributes.type]
    }
    expect(end('upload', 'web2')).toEqual(['skipped', 'creates /opt/app', undefined])
    expect(end('upload', 'web3')).toEqual(['error', 'unreachable', 'unreachable'])
    expect(end('upload', 'web4')).toEqual(['failure', 'refused: it is not as planned', 'drift'])
    expect(end('restart', 'web1.example.com')).toEqual(['failure', 'failed: exit status 3', 'step_exit'])
    expect(end('restart', 'web2')).toEqual(['error', 'unknown: the link was lost', 'link_lost'])
    expect(end('restart', 'web3')).toEqual(['skipped', 'blocked by upload on web3', undefined])
    expect(end('restart', 'web4')).toEqual(['skipped', 'cancelled', undefined])
    const [failure] = caseOf(root, 'restart', 'web1.example.com')?.children ?? []
    expect(failure?.text).toBe(
      'failed: exit status 3\ndeploy.yml:9\n\nstdout:\nrestarting\n\nstderr:\nno such unit\n',
    )
    expect(caseOf(root, 'upload', 'web4')?.children[0]?.text).toContain('hint: plan again')
  })

  test('stays well-formed, whatever a host prints', () => {
    const nasty =
      '<b>&amp; ]]> "\' \0\x01\x1b[31m\x7f\x9b\u202e\ufffe\uffff\ud800 \udc00x <![CDATA[ ##[error]x\r\n'
    const run = new SampleRun(samplePlan(['web1'], { upload: ['web1'] })).finished(
      'web1',
      'upload',
      'failed',
      {
        stdout: printed(nasty),
        failure: { code: 'connect_failed', message: nasty, hint: nasty },
      },
    )
    const xml = reportOf(run.end())
    expect(xml).not.toContain('##[')
    const [failure] = caseOf(read(run.events), 'upload', 'web1')?.children ?? []
    expect(failure?.text).toContain(
      '<b>&amp; ]]> "\' \\x00\\x01\\x1b[31m\\x7f\\x9b\\u202e\\ufffe\\uffff\\ud800',
    )
    expect(failure?.attributes.message).toContain('<![CDATA[ ##[error]x\\r\\n')
  })

  test('keeps the beginning and the end of a long output, and says so', () => {
    const run = new SampleRun(samplePlan(['web1'], { upload: ['web1'] })).finished(
      'web1',
      'upload',
      'failed',
      {
        stdout: {
          head: `first${'a'.repeat(32_000)}`,
          tail: `${'z'.repeat(32_000)}last`,
          bytes: 9e6,
          truncated: true,
        },
      },
    )
    const text = caseOf(read(run.end()), 'upload', 'web1')?.children[0]?.text ?? ''
    expect(text.length).toBeLessThan(20_000)
    expect(text).toMatch(/first.*\n… 9\.0 MB left out …\n.*last$/s)
  })

  test('says that a run ended early, which is no host’s fault', () => {
    const plan = samplePlan(['web1'], { upload: ['web1'] })
    const root = read(new SampleRun(plan).dropped('web1', 'upload', 'cancelled').end('interrupted'))
    expect(root.attributes).toMatchObject({ errors: '1', skipped: '1' })
    expect(caseOf(root, 'run', 'end of the run')?.children[0]?.attributes.message).toBe(
      'the run was interrupted',
    )
    const failed = read(new SampleRun(plan).finished('web1', 'upload', 'failed').end('max_failures'))
    expect(failed.attributes).toMatchObject({ tests: '1', failures: '1', errors: '0' })
  })

  test('leaves out what drover does for itself, unless it failed', () => {
    const plan = richPlan(['web1', 'web2'], { facts: { on: ['web1', 'web2'], hidden: true } })
    const run = new SampleRun(plan).finished('web1', 'facts', 'ok').finished('web2', 'facts', 'failed')
    const [suite] = read(run.end()).children
    expect(suite?.children.map(({ attributes }) => attributes.name)).toEqual(['web2'])
  })

  test('ten thousand failures with long output stay in bounds', () => {
    const hosts = Array.from({ length: 10_000 }, (_, n) => `h${n}`)
    const run = new SampleRun(samplePlan(hosts, { upload: hosts }))
    const stdout = { head: 'x'.repeat(32_000), tail: '', bytes: 32_000, truncated: false }
    for (const host of hosts) run.finished(host, 'upload', 'failed', { stdout })
    const xml = reportOf(run.end())
    expect(xml.length).toBeLessThan(48 << 20)
    expect(xml).toContain('what it printed is left out: the report is full')
  })
})
