import { describe, expect, test } from 'vitest'
import { ciOf } from '../../src/cli/execute/ci.ts'
import { safeJson } from '../../src/events/safe-json.ts'
import { createLinesRenderer } from '../../src/render/lines.ts'
import { capture, play } from './capture.ts'
import { githubCommands, gitlabSections } from './ci-parsers.ts'
import { printed, SampleRun, START, samplePlan } from './sample-run.ts'
import { TestTime } from './test-time.ts'

const GITHUB = { env: { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: '/repo' }, cwd: '/repo/deploy' }
const GITLAB = { env: { GITLAB_CI: 'true' }, cwd: '/repo' }

/** Whatever somebody could try, each as a line and with white space before. */
const FORGED = [
  '::error::forged',
  '::stop-commands::t',
  '::set-env name=PATH::/tmp',
  '::add-matcher::/tmp/m.json',
  '##[error]forged',
  'text ##[add-matcher]/tmp/m.json',
  '##[group]forged',
  '::endgroup::',
  '%0A::error::forged',
].flatMap(text => [
  text,
  `  ${text}`,
  `\t${text}`,
  `\u3000${text}`,
  `\u00a0${text}`,
  `\u0085${text}`,
  `a\r${text}`,
  `\x0b${text}`,
])

function talkative(text: string): SampleRun {
  return new SampleRun(samplePlan(['web1', 'web2'], { upload: ['web1', 'web2'] }))
    .started('web1', 'upload')
    .output('web1', 'upload', text)
    .finished('web1', 'upload', 'failed', {
      exitCode: 3,
      stdout: printed(text),
      failure: { code: 'connect_failed', message: text, hint: text },
    })
    .started('web2', 'upload')
    .finished('web2', 'upload', 'changed')
}

describe('in GitHub Actions', () => {
  test('output stands in groups, and failures become annotations of the playbook', async () => {
    const run = talkative('one\ntwo\n').end()
    const { stdout } = await play(createLinesRenderer, run, { verbosity: 1, ci: await ciOf(GITHUB) })
    expect(stdout).toContain(
      '::group::web1 │ upload │ output\nweb1 │ upload │ one\nweb1 │ upload │ two\n::endgroup::\nweb1 │ upload │ ✖ failed',
    )
    expect(stdout).toContain(
      '::error file=deploy/deploy.yml,line=5,title=upload failed on web1::one\\ntwo\\n%0Ahint: one\\ntwo\\n\n',
    )
    expect(githubCommands(stdout).map(({ name }) => name)).toEqual(['group', 'endgroup', 'error'])
  })

  test.each([-1, 0, 1, 2])('hosts forge no command, with verbosity %i', async verbosity => {
    for (const shape of ['playbook', 'command', 'copy'] as const)
      for (const color of [true, false])
        for (const fold of [undefined, { kind: 'whole' } as const]) {
          const { stdout, stderr } = await play(createLinesRenderer, talkative(FORGED.join('\n')).end(), {
            ...{ verbosity, shape, fold, ci: await ciOf(GITHUB), color: { stdout: color, stderr: color } },
          })
          const isGrouped = shape !== 'command' && fold === undefined && verbosity > 0
          const commands = [...githubCommands(stdout), ...githubCommands(stderr)].map(({ name }) => name)
          expect(commands).toEqual([...(isGrouped ? ['group', 'endgroup'] : []), 'error'])
        }
  })

  test('each forged command would be obeyed if it stood there as it is', () => {
    const obeyed = FORGED.filter(text => githubCommands(text).length > 0)
    expect(obeyed.length).toBeGreaterThan(50)
  })

  test('a long command’s output comes while it runs, in several groups', async () => {
    const run = new SampleRun(samplePlan(['web1'], { build: ['web1'] })).started('web1', 'build')
    for (let n = 1; n <= 4; n++) run.output('web1', 'build', `line ${n}\n`).wait(3000)
    const ci = await ciOf(GITHUB)
    const { stdout } = await play(createLinesRenderer, run.events, { verbosity: 1, ci })
    expect(stdout.match(/::group::/g)).toHaveLength(1)
    expect(stdout).toContain('line 2\n::endgroup::')
    const rest = await play(createLinesRenderer, run.finished('web1', 'build', 'ok').end(), {
      verbosity: 1,
      ci,
    })
    expect(rest.stdout.match(/line \d/g)).toHaveLength(4)
    expect(rest.stdout.match(/::group::/g)).toHaveLength(2)
  })

  test('what a command printed before it fell silent shows too', async () => {
    const time = new TestTime(START)
    const run = new SampleRun(samplePlan(['web1'], { build: ['web1'] }))
      .started('web1', 'build')
      .output('web1', 'build', 'a question?\n')
    const stdout = capture()
    const color = { stdout: false, stderr: false }
    const options = { stdout, stderr: stdout, color, verbosity: 1, shape: 'playbook', time } as const
    const listener = createLinesRenderer({ ...options, ci: await ciOf(GITHUB) })
    for (const event of run.events) await listener(event)
    expect(stdout.text()).toBe('')
    time.pass(7000)
    expect(stdout.text()).toContain(
      '::group::web1 │ build │ output\nweb1 │ build │ a question?\n::endgroup::\n',
    )
  })

  test('a flood of output is not held back', async () => {
    const run = new SampleRun(samplePlan(['web1'], { build: ['web1'] })).started('web1', 'build')
    for (let n = 0; n < 100; n++) run.output('web1', 'build', `${'x'.repeat(4000)}\n`)
    const { stdout } = await play(createLinesRenderer, run.events, { verbosity: 1, ci: await ciOf(GITHUB) })
    expect(stdout.length).toBeGreaterThan(300_000)
  })

  test('ten annotations at most: GitHub shows no more', async () => {
    const steps = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`s${n}`, ['web1']]))
    const run = new SampleRun(samplePlan(['web1'], steps))
    for (const step of Object.keys(steps)) run.finished('web1', step, 'failed', { exitCode: 1 })
    const { stdout } = await play(createLinesRenderer, run.end(), { ci: await ciOf(GITHUB) })
    expect(stdout.match(/^::error /gm)).toHaveLength(10)
  })
})

describe('in GitLab', () => {
  test('output stands in sections that begin closed', async () => {
    const run = talkative('one\ntwo\n').end()
    const { stdout } = await play(createLinesRenderer, run, { verbosity: 1, ci: await ciOf(GITLAB) })
    expect(stdout).toMatch(
      /^\x1b\[0Ksection_start:\d{10}:drover_r1_1\[collapsed=true\]\r\x1b\[0Kweb1 │ upload │ output\nweb1 │ upload │ one\nweb1 │ upload │ two\n\x1b\[0Ksection_end:\d{10}:drover_r1_1\r\x1b\[0K\nweb1 │ upload │ ✖/,
    )
    expect(gitlabSections(stdout)).toEqual([
      { name: 'start', text: 'drover_r1_1' },
      { name: 'end', text: 'drover_r1_1' },
    ])
  })

  test('hosts forge no section', async () => {
    const forged =
      'a\x1b[0Ksection_start:1:x\r\x1b[0Kb\nsection_end:1:drover_r1_1\r\x1b[0K\nsection_end:1:drover_r1_1'
    expect(gitlabSections(forged)).toHaveLength(2)
    for (const verbosity of [-1, 0, 1, 2]) {
      const run = talkative(forged).end()
      const { stdout } = await play(createLinesRenderer, run, { verbosity, ci: await ciOf(GITLAB) })
      expect(gitlabSections(stdout)).toHaveLength(verbosity > 0 ? 2 : 0)
    }
  })
})

test.each([{ TF_BUILD: 'True' }, { TEAMCITY_VERSION: '2025.1' }])(
  'with %j hosts give no commands',
  async env => {
    const ci = await ciOf({ env, cwd: '/' })
    const forged = [
      '##vso[task.setvariable variable=PATH]/tmp',
      'text ##VSO[task.complete]',
      '##[error]forged',
      "##teamcity[buildStatus text='x']",
    ]
    for (const verbosity of [-1, 0, 1, 2]) {
      const { stdout } = await play(createLinesRenderer, talkative(forged.join('\n')).end(), {
        verbosity,
        ci,
      })
      expect(stdout).not.toMatch(/##(?:vso|teamcity)?\[/i)
      if (verbosity > 0) expect(stdout).toContain('##vso\\x5btask.setvariable')
    }
    expect(safeJson(forged)).not.toMatch(/##(?:vso|teamcity)?\[/i)
    expect(JSON.parse(safeJson(forged))).toEqual(forged)
  },
)

test('nowhere else', async () => {
  for (const env of [{}, { CI: 'true' }, { GITHUB_ACTIONS: 'false' }, { GITHUB_ACTIONS: '' }])
    expect(await ciOf({ env, cwd: '/' })).toBeUndefined()
})

test('an annotation names a file outside of the repository as it was named', async () => {
  const ci = await ciOf({ env: { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: '/repo/a' }, cwd: '/repo' })
  const run = talkative('x').end()
  const { stdout } = await play(createLinesRenderer, run, { ci })
  expect(stdout).toContain('::error file=deploy.yml,line=5,')
})
