import { expect, test } from 'vitest'
import { createLinesRenderer } from '../../src/render/lines.ts'
import { FleetView } from '../../src/render/tty/view.ts'
import { play } from './capture.ts'
import { SampleRun, START, samplePlan } from './sample-run.ts'

const plan = samplePlan(['web1', 'web10'], { upload: ['web1', 'web10'] })

const run = () =>
  new SampleRun(plan)
    .started('web1', 'upload')
    .lock('web1', 'lock_waiting', 'run r1 of \x1b[31mann')
    .lock('web1', 'lock_taken', 'deploy')
    .lock('web10', 'lock_missed', '/home/x/.drover is a\x07 symbolic link')
    .finished('web1', 'upload', 'changed')
    .finished('web10', 'upload', 'changed')

test('lines tell who is waited for and where there is no lock, and -vv what was locked', async () => {
  const { stdout } = await play(createLinesRenderer, run().end())
  expect(stdout).toContain('web1  │ ! waiting: run r1 of \\x1b[31mann has this host\n')
  expect(stdout).toContain('web10 │ ! goes on without a lock: /home/x/.drover is a\\x07 symbolic link\n')
  expect(stdout).toContain('\nNo lock on web10: /home/x/.drover is a\\x07 symbolic link.\n')
  expect(stdout).not.toContain('locked as')
  expect((await play(createLinesRenderer, run().end(), { verbosity: 2 })).stdout).toContain(
    'web1  │ locked as deploy\n',
  )
  expect((await play(createLinesRenderer, run().end(), { verbosity: -1 })).stdout).toBe('')
})

test('a row says who is waited for, until the host is there', () => {
  const view = new FleetView(plan, START, false)
  const seen = run().events.map(event => {
    view.add(event)
    return view.host(0)?.lastLine
  })
  expect(seen.findIndex(line => line?.startsWith('waiting: run r1'))).toBeGreaterThan(0)
  expect(view.host(0)?.lastLine).toBe('')
})

test('a run that another one kept from a host names it', async () => {
  const failure = { code: 'lock_held', message: 'run r1 has this host' } as const
  const ended = new SampleRun(plan).finished('web1', 'upload', 'refused', { failure }).end('lock')
  const { stdout } = await play(createLinesRenderer, ended)
  expect(stdout).toContain('✖ refused · run r1 has this host')
  expect(stdout).toContain('Another run has a host that this one needs: 0 of 1 done.')
})
