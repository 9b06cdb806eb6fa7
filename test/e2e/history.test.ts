import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runFolder, runIds } from '../../src/journal/folder.ts'
import { makeRun } from '../journal/made-run.ts'
import { localProject } from './background.ts'
import { drover, endsOf, eventsOf } from './drover.ts'
import { workFolder } from './work-folder.ts'

const STEPS = `  - { id: one, run: "echo hello from \${{ host.name }}" }
  - { id: two, run: "[ \${{ host.name }} = h1 ] || { echo trouble >&2; exit 3; }", read_only: true }
  - { id: three, run: "true" }
`

describe('drover history', () => {
  test('lists runs and nothing else', async () => {
    const it = localProject(STEPS)
    const none = await it.run('history')
    expect(none).toMatchObject({ status: 0, stdout: '', stderr: 'There are no runs in this folder.\n' })
    expect(readdirSync(it.cwd)).not.toContain('.drover')
    await it.apply()
    await it.apply('-l', 'h1')
    await it.apply('--no-journal')
    const { stdout, stderr, status } = await it.run('history')
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    const [, first = '', second = '', end] = stdout.split('\n')
    expect(first).toMatch(/^✖ .* finished .* 1 ok, 3 changed, 1 failed, 1 blocked on 2 hosts$/)
    expect(second).toMatch(/^✔ .* finished .* 1 ok, 2 changed on 1 host$/)
    expect(end).toBe('')
    const limited = await it.run('history', '-n', '1', '--playbook', it.play)
    expect(limited.stdout.split('\n')[1]).toBe(second)
    expect(limited.stderr).toBe('1 earlier run: --limit 2 shows all.\n')
    expect((await it.run('history', '--playbook', 'other.yml', '--json')).stdout).toContain('"total": 0')
    expect((await it.run('history', '-n', '0')).status).toBe(3)
  })

  test('answers many at once, whatever the index is like', async () => {
    const it = localProject(STEPS)
    await it.apply()
    const answer = (await it.run('history')).stdout
    for (const text of [undefined, 'no database at all', '']) {
      const index = join(it.cwd, '.drover/history.sqlite')
      rmSync(index)
      if (text !== undefined) writeFileSync(index, text)
      const all = await Promise.all([1, 2, 3, 4].map(() => it.run('history')))
      for (const { stdout, stderr } of all) expect({ stdout, stderr }).toEqual({ stdout: answer, stderr: '' })
    }
  })

  test('tells a damaged journal, and show its line', async () => {
    const it = localProject(STEPS)
    await it.apply()
    const [id = ''] = runIds(it.cwd)
    const events = join(runFolder(it.cwd, id), 'events.jsonl')
    const lines = readFileSync(events, 'utf8').split('\n')
    writeFileSync(events, [...lines.slice(0, 4), ...lines.slice(5)].join('\n'))
    const history = await it.run('history')
    expect(history.stdout).toMatch(/^✖ .* damaged$/m)
    expect(history.stderr).toBe(`Damaged: drover show ${id} tells where.\n`)
    for (const verb of ['show', 'attach']) {
      const refused = await it.run(verb, 'last')
      expect(refused.status).toBe(3)
      expect(refused.stderr).toContain(`the journal of run ${id} is damaged: line 5 has the number 6`)
    }
  })

  test('--prune removes what is old, and a new run does so by itself', async () => {
    const it = localProject(STEPS)
    const old = ['20260901-000000-aaaa', '20260902-000000-bbbb', '20260903-000000-cccc']
    for (const id of old) await makeRun(it.cwd, id)
    const kept = { cwd: it.cwd, env: { DROVER_KEEP_RUNS: '2' } }
    const pruned = await drover(['history', '--prune'], kept)
    expect(pruned.stdout).toBe(`removed ${old[0]}\nRemoved 1 run.\n`)
    expect((await drover(['history', '--prune'], kept)).stdout).toBe('There was nothing to remove.\n')
    expect((await drover(['apply', it.play, ...it.inventory, '-l', 'h1'], kept)).status).toBe(0)
    expect(runIds(it.cwd).slice(0, -1)).toEqual(old.slice(2))
    const wrong = { cwd: it.cwd, env: { DROVER_KEEP_RUNS: 'many' } }
    for (const args of [
      ['history', '--prune'],
      ['apply', it.play, ...it.inventory],
    ]) {
      const refused = await drover(args, wrong)
      expect(refused.status).toBe(3)
      expect(refused.stderr).toContain('DROVER_KEEP_RUNS is "many"')
    }
    expect(runIds(it.cwd)).toHaveLength(2)
  })
})

describe('drover show RUN', () => {
  test('tells a run again', async () => {
    const it = localProject(STEPS)
    const applied = await it.apply('-v')
    const [id = ''] = runIds(it.cwd)
    const shown = await it.run('show', id.slice(0, 13))
    expect(shown).toMatchObject({ status: 0, stderr: '' })
    expect(shown.stdout).toMatch(new RegExp(`^✖ run ${id}: finished\n  begun .* by .*, took .*\n`))
    expect(shown.stdout).toContain(`drover apply ${it.play} ${it.inventory.join(' ')}`)
    expect(shown.stdout).toContain('h2 │ two   │   trouble\n')
    expect(shown.stdout).not.toContain('hello')
    const lines = (text: string) => text.slice(text.indexOf('\nh1 │')).trim().split('\n')
    for (const option of ['-v', '--output']) {
      const whole = await it.run('show', 'last', option)
      expect(lines(whole.stdout)).toEqual(lines(`\n${applied.stdout}`))
    }
  })

  test('as the same events, or some of them', async () => {
    const it = localProject(STEPS)
    const applied = await it.apply('--format', 'json')
    const shown = await it.run('show', 'last', '--format', 'json')
    expect(shown.stdout).toBe(applied.stdout)
    const some = await it.run('show', 'last', '--format', 'json', '--host', 'h2', '--step', 'two')
    const nodes = eventsOf(some).filter(({ step }) => step !== undefined)
    expect(nodes.map(({ event, host, step }) => [event, host, step])).toEqual([
      ['node_started', 'h2', 'two'],
      ['node_output', 'h2', 'two'],
      ['node_finished', 'h2', 'two'],
    ])
    const text = await it.run('show', 'last', '--output', '--host', 'h*:!h1')
    expect(text.stdout).toContain('hello from h2')
    expect(text.stdout).not.toContain('hello from h1')
    expect(text.stdout).toContain('\n  only results of hosts h*:!h1 are shown and counted\n\n')
    for (const wrong of [
      ['--host', 'web'],
      ['--step', 'tow'],
      ['--format', 'markdown'],
    ])
      expect((await it.run('show', 'last', ...wrong)).status).toBe(3)
  })

  test('takes a file for a plan, and what is neither for a run that there is not', async () => {
    const it = localProject(STEPS)
    await it.apply()
    await it.run('plan', it.play, ...it.inventory, '--out', 'last')
    expect((await it.run('show', 'last')).stdout).toContain('not applied yet')
    mkdirSync(join(it.cwd, '2026'))
    expect((await it.run('show', '2026')).stdout).toContain('run 2026')
    const none = await it.run('show', 'nothing')
    expect(none.status).toBe(3)
    expect(none.stderr).toContain('there is no run nothing in this folder')
    expect((await it.run('show', 'nothing.json')).stderr).toContain('nothing.json: there is no such file')
  })

  test('tells what a run that was broken off had come to', async () => {
    const cwd = workFolder()
    const it = localProject(STEPS, ['h1'], cwd)
    await makeRun(cwd, '20261101-000000-aaaa', { leave: ['h1 two'] })
    const { stdout } = await it.run('show', 'last')
    expect(stdout).toContain('Broken off: 3 changed, 1 unknown.\n  unknown: h1 · two\n')
    expect(stdout).toContain('drover resume 20261101-000000-aaaa goes on with it.\n')
    const shown = await it.run('show', 'last', '--format', 'json')
    expect(endsOf(shown)['h1 two']).toMatchObject({ outcome: 'unknown', failure: { code: 'interrupted' } })
  })
})

describe('a run that went on', () => {
  test('is one run, whose outcomes are the last ones', async () => {
    const it = localProject(`  - { id: one, run: "echo one >> marks" }
  - { id: gate, run: "test -e ready" }
`)
    expect((await it.apply()).status).toBe(1)
    writeFileSync(join(it.cwd, 'ready'), '')
    expect((await it.run('resume', 'last')).status).toBe(0)
    const { stdout } = await it.run('history')
    expect(stdout.split('\n')[1]).toMatch(/^✔ .* finished .* 4 changed on 2 hosts$/)
    const shown = await it.run('show', 'last')
    expect(shown.stdout).toContain('\n  went on 20')
    expect((await it.run('attach', 'last')).status).toBe(0)
  })
})
