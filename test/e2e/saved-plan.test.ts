import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { PreviewSchema } from '../../schema/preview.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { outcomesOf } from './drover.ts'
import { connectionsSeen, project } from './planning.ts'

const SCHEMA = JSON.parse(JSON.stringify(PreviewSchema))
const WHEN_MADE = 'This is what the hosts had when the plan was made.'

const STEPS = `
  - { id: conf, put: { content: "one\\n", dest: app/conf, parents: true } }
  - { id: kept, put: { src: files/kept, dest: app/kept } }
  - { id: made, run: touch app/made, creates: app/made, writes: [app/made] }
  - { id: look, run: cat app/conf, read_only: true, needs: [conf] }
  - { id: log, get: { src: log, dest: logs }, needs: [] }
`

describeWith(['root', 'sshd'], 'a saved plan', () => {
  let one: TestServer
  let two: TestServer
  beforeAll(async () => {
    ;[one, two] = await Promise.all([startSshd({ account: {} }), startSshd({ account: {} })])
  })
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()])
  })
  beforeEach(() => {
    for (const { home } of [one, two]) {
      for (const name of readdirSync(home)) rmSync(join(home, name), { recursive: true })
      writeFileSync(join(home, 'log'), 'log\n')
    }
  })

  function twoHosts() {
    const own = project({ h1: one, h2: two }, STEPS)
    own.write('files/kept', 'kept\n')
    return own
  }

  test('shows what the plan showed, in every form', async () => {
    const { plan, run } = twoHosts()
    const made = await plan()
    expect(readdirSync(one.home)).toEqual(['log'])
    const shown = await run('show', 'p.json')
    expect(shown.stdout.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^p\.json: made \d{4}-.*Z by \S+ with drover \d/),
      'not applied yet',
      '',
    ])
    const told = made.stdout.replace(/^The hosts were asked.*$/m, WHEN_MADE)
    expect(shown.stdout.split('\n').slice(3).join('\n')).toBe(told)

    const [asked, saved] = await Promise.all([
      run('plan', 'play.yml', '--format', 'json'),
      run('show', 'p.json', '--format', 'json'),
    ])
    const { saved: facts, ...document } = JSON.parse(saved.stdout)
    expect(document).toEqual(JSON.parse(asked.stdout))
    expect(facts).toMatchObject({ file: 'p.json', applied: [], partial: 0 })
    expect(new Ajv2020({ strict: true }).validate(SCHEMA, { ...document, saved: facts })).toBe(true)

    const markdown = await run('plan', 'play.yml', '--format', 'markdown')
    expect((await run('show', 'p.json', '--format', 'markdown')).stdout).toContain(markdown.stdout)
  })

  test('is done as it says, once', async () => {
    const { folder, plan, apply, run } = twoHosts()
    await plan()
    const done = await apply()
    expect(done).toMatchObject({ status: 0, stderr: '' })
    expect(outcomesOf(done)).toMatchObject({
      ...{ 'h1 conf': 'changed', 'h1 kept': 'changed', 'h1 made': 'changed' },
      ...{ 'h2 conf': 'changed', 'h2 log': 'ok' },
    })
    expect(readFileSync(join(two.home, 'app/conf'), 'utf8')).toBe('one\n')
    expect(readFileSync(join(folder, 'logs/h1/log'), 'utf8')).toBe('log\n')

    const seen = connectionsSeen(one)
    const second = await apply()
    expect(second).toMatchObject({ status: 4, stdout: '' })
    expect(second.stderr).toMatch(/this plan was applied already on .* by .* \(run .*\)/)
    expect(second.stderr).toContain('--again')
    expect(connectionsSeen(one)).toBe(seen)
    expect((await run('show', 'p.json')).stdout).toMatch(/^applied \S+Z by \S+ \(run \S+\)$/m)
  })

  test('again: what was done is found done, what was not is done', async () => {
    const { plan, apply } = twoHosts()
    await plan()
    await apply()
    rmSync(join(two.home, 'app/kept'))
    const again = await apply('--again')
    expect(again.status).toBe(0)
    expect(outcomesOf(again)).toEqual({
      ...{ 'h1 conf': 'ok', 'h1 kept': 'ok', 'h1 made': 'ok', 'h1 look': 'ok', 'h1 log': 'ok' },
      ...{ 'h2 conf': 'ok', 'h2 kept': 'changed', 'h2 made': 'ok', 'h2 look': 'ok', 'h2 log': 'ok' },
    })
    writeFileSync(join(one.home, 'app/conf'), 'by hand\n')
    const drifted = await apply('--again')
    expect(drifted.status).toBe(4)
    expect(outcomesOf(drifted)).toMatchObject({ 'h1 conf': 'refused', 'h1 kept': 'blocked', 'h2 kept': 'ok' })
    expect(readFileSync(join(one.home, 'app/conf'), 'utf8')).toBe('by hand\n')
  })

  test('of several that apply it at once one does', async () => {
    const { plan, apply } = twoHosts()
    await plan()
    const all = await Promise.all([apply(), apply(), apply()])
    expect(all.map(({ status }) => status).sort()).toEqual([0, 4, 4])
  })

  test('two plans can be applied in one folder at once; git sees none of what drover keeps', async () => {
    const { folder, plan, run } = twoHosts()
    await plan('-l', 'h1', '--out', 'p1.json')
    await plan('-l', 'h2', '--out', 'p2.json')
    const both = await Promise.all(['p1.json', 'p2.json'].map(file => run('apply', file, '-q')))
    expect(both.map(({ status }) => status)).toEqual([0, 0])
    execFileSync('git', ['init', '-q'], { cwd: folder })
    const status = execFileSync('git', ['status', '--porcelain', '--ignored=no'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(status).not.toContain('.drover')
    expect(statSync(join(folder, '.drover/plans')).mode & 0o777).toBe(0o700)
  })

  test('where that it is applied cannot be recorded nothing is sent', async () => {
    const { plan, apply, write } = twoHosts()
    await plan()
    write('.drover', 'a file\n')
    const seen = connectionsSeen(one)
    const refused = await apply()
    expect(refused.status).toBe(3)
    expect(refused.stderr).toMatch(/that the plan is applied cannot be recorded in \.drover\/plans/)
    expect(connectionsSeen(one)).toBe(seen)
  })

  test('what drover keeps, and the plan itself, lie in no folder that is put', async () => {
    const whole = project({ h1: one }, '  - { id: all, put: { src: ./, dest: all } }\n')
    const parts = project({ h1: one }, '  - { id: all, put: { src: files/, dest: all } }\n')
    parts.write('files/a', 'a')
    await expect(whole.plan('--out', '../p.json')).rejects.toThrow('all of the working folder')
    await expect(parts.plan('--out', 'files/p.json')).rejects.toThrow('in a folder that the plan rests on')
    for (const file of ['play.yml', 'hosts.ini', './files/../play.yml']) {
      await expect(parts.plan('--out', file)).rejects.toThrow('is a file that the plan rests on')
      expect(readFileSync(join(parts.folder, file), 'utf8')).not.toContain('drover_plan')
    }
  })

  test('a place where it cannot be is told before any host is asked', async () => {
    const { plan } = twoHosts()
    const seen = connectionsSeen(one)
    await expect(plan('--out', 'missing/p.json')).rejects.toThrow('missing/p.json cannot be written (ENOENT)')
    await expect(plan('--out', 'files')).rejects.toThrow('files cannot be written (it is a folder)')
    expect(connectionsSeen(one)).toBe(seen)
  })

  test('--detailed-exitcode: changes are 2, and a host that is gone, or a step that would fail, 1', async () => {
    const gone = { host: '127.0.0.1', port: 1 }
    const status = async (hosts: Parameters<typeof project>[0], steps: string) =>
      (await project(hosts, steps).run('plan', 'play.yml', '--detailed-exitcode')).status
    expect(await status({ h1: one }, '  - { put: { content: "log\\n", dest: log } }\n')).toBe(0)
    expect(await status({ h1: one }, '  - { put: { content: x, dest: new } }\n')).toBe(2)
    expect(
      await status(
        { h1: one },
        '  - { run: "true", when: steps.u.changed }\n  - { id: u, run: "true", needs: [] }\n',
      ),
    ).toBe(2)
    expect(await status({ h1: one, gone }, '  - { put: { content: x, dest: new } }\n')).toBe(1)
    expect(await status({ h1: one }, '  - { put: { content: x, dest: no/log } }\n')).toBe(1)
    expect(existsSync(join(one.home, 'no'))).toBe(false)
  })
})
