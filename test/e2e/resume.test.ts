import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EVENTS_FILE, runFolder, runIds } from '../../src/journal/folder.ts'
import { drover, type Finished, outcomesOf, startDrover, untilPrinted } from './drover.ts'
import { linesOf, writeLocalHosts } from './local-hosts.ts'
import { workFolder, writePlaybook } from './work-folder.ts'

/** A folder with a playbook and its hosts, and the verbs on it. */
function project(steps: string, hosts: readonly string[] = ['h1', 'h2'], head = '') {
  const cwd = workFolder()
  const inventory = writeLocalHosts(cwd, hosts)
  const play = writePlaybook(cwd, steps, head)
  const run = (...args: readonly string[]) => drover(args, { cwd })
  return {
    cwd,
    play,
    inventory,
    apply: (...args: readonly string[]) => run('apply', play, ...inventory, ...args),
    resume: (...args: readonly string[]) => run('resume', 'last', ...args),
    json: async (...args: readonly string[]) =>
      outcomesOf(await run('resume', 'last', '--format', 'json', ...args)),
    marks: () => linesOf(cwd, 'marks').toSorted(),
    make: (name: string, text = '') => writeFileSync(join(cwd, name), text),
    rewrite: (text: string) => writePlaybook(cwd, text, head),
  }
}

/** The folder of the only run. */
function folderOf(cwd: string): string {
  const [id = ''] = runIds(cwd)
  return runFolder(cwd, id)
}

/** A step that writes its name and host to the file `marks`; `more` may make it fail. */
const marking = (id: string, more = '') =>
  `  - { id: ${id}, run: "echo ${id} $h >> marks${more}", env: { h: "\${{ host.name }}" } }\n`

const FAILS_ONCE = ' && test -e ready'

describe('what has been done is not done again', () => {
  test('steps that failed, were blocked or had not begun run', async () => {
    const it = project(marking('a') + marking('b', FAILS_ONCE) + marking('c'))
    expect((await it.apply()).status).toBe(1)
    expect(it.marks()).toEqual(['a h1', 'a h2', 'b h1', 'b h2'])
    it.make('ready')
    const resumed = await it.resume()
    expect(resumed).toMatchObject({ status: 0, stderr: '' })
    expect(it.marks()).toEqual(['a h1', 'a h2', 'b h1', 'b h1', 'b h2', 'b h2', 'c h1', 'c h2'])
    const again = await it.resume()
    expect(again.status).toBe(0)
    expect(again.stdout).toMatch(/^Nothing is left to do in run \S+: all of it has been done on 2 hosts\.\n$/)
    expect(it.marks()).toHaveLength(8)
  })

  test('what they printed is there for those that come after', async () => {
    const it =
      project(`  - { id: a, run: "echo 'a  b'; printf '\\\\303\\\\244'; head -c 3000 /dev/zero | tr '\\\\0' x" }
  - { id: gate, run: "test -e ready" }
  - { id: b, run: 'printf %s "$X" > "got-$h"', env: { X: "\${{ steps.a.stdout }}", h: "\${{ host.name }}" } }
`)
    expect((await it.apply()).status).toBe(1)
    it.make('ready')
    expect((await it.resume()).status).toBe(0)
    expect(readFileSync(join(it.cwd, 'got-h1'), 'utf8')).toBe(`a  b\nä${'x'.repeat(3000)}`)
  })

  test('a step that failed once and is retried again counts by its last attempt', async () => {
    const it = project(
      `  - id: a
    run: n=$(cat n 2>/dev/null || echo 0); n=$((n + 1)); echo $n > n; echo "attempt $n"; test $n -ge 2
    retry: { attempts: 3, delay: 10ms }
  - { id: gate, run: "test -e ready" }
  - { id: b, run: 'echo "$X" > got', env: { X: "\${{ steps.a.stdout }}" } }
`,
      ['h1'],
    )
    expect((await it.apply()).status).toBe(1)
    it.make('ready')
    expect((await it.resume()).status).toBe(0)
    expect(linesOf(it.cwd, 'got')).toEqual(['attempt 2'])
    expect(linesOf(it.cwd, 'n')).toEqual(['2'])
  })

  test('facts are gathered again where they are needed', async () => {
    const it = project(
      `${marking('a', FAILS_ONCE)}  - { id: b, run: 'echo "$X" > os', env: { X: "\${{ facts.os.family }}" } }\n`,
      ['h1'],
    )
    expect((await it.apply()).status).toBe(1)
    it.make('ready')
    expect((await it.resume()).status).toBe(0)
    expect(linesOf(it.cwd, 'os')[0]).toMatch(/./)
  })

  test('cleanup runs again with what it cleans up after', async () => {
    const it = project(
      `${marking('work', FAILS_ONCE)}  - { id: tidy, run: "echo tidy >> marks", needs: [{ step: work, if: always }] }\n`,
      ['h1'],
    )
    expect((await it.apply()).status).toBe(1)
    expect(it.marks()).toEqual(['tidy', 'work h1'])
    it.make('ready')
    expect((await it.resume()).status).toBe(0)
    expect(it.marks()).toEqual(['tidy', 'tidy', 'work h1', 'work h1'])
  })

  test('what was skipped for the sake of a step that failed runs once that has not', async () => {
    const it = project(
      `${marking('work', FAILS_ONCE).replace('} }\n', '}, on_failure: continue }\n')}  - { id: then, run: "echo then >> marks", when: "steps.work.outcome == 'changed'" }
  - { id: never, run: "echo never >> marks", when: "host.name == 'h9'" }\n`,
      ['h1'],
    )
    expect((await it.apply()).status).toBe(1)
    expect(it.marks()).toEqual(['work h1'])
    it.make('ready')
    expect((await it.resume()).status).toBe(0)
    expect(it.marks()).toEqual(['then', 'work h1', 'work h1'])
  })

  test('a rolling group goes on with the batch that failed', async () => {
    const it = project(
      `  - id: roll
    rolling: { batch: 1 }
    steps:
      - { id: a, run: 'echo $h >> marks; test $h != h2 || test -e ready', env: { h: "\${{ host.name }}" } }
`,
      ['h1', 'h2', 'h3'],
    )
    expect((await it.apply()).status).toBe(1)
    expect(it.marks()).toEqual(['h1', 'h2'])
    it.make('ready')
    expect((await it.resume()).status).toBe(0)
    expect(it.marks()).toEqual(['h1', 'h2', 'h2', 'h3'])
  })

  test('it keeps its variables and limits, and may be named by the beginning of its id', async () => {
    const it = project(
      `  - { id: a, run: 'echo "$r $h" >> marks; test -e ready', env: { r: "\${{ vars.release }}", h: "\${{ host.name }}" } }\n`,
      ['h1', 'h2'],
      'vars: { release: "1" }\n',
    )
    await it.apply('-e', 'release=2.10', '-l', 'h2')
    it.make('ready')
    const [id = ''] = runIds(it.cwd)
    expect((await drover(['resume', id.slice(0, -2)], { cwd: it.cwd })).status).toBe(0)
    expect(it.marks()).toEqual(['2.10 h2', '2.10 h2'])
  })
})

describe('a step that was under way', () => {
  async function killed() {
    const it = project(
      `${marking('a')}  - { id: b, run: 'echo "b $h" >> marks; echo up; sleep 5', env: { h: "\${{ host.name }}" } }\n${marking('c')}`,
      ['h1'],
    )
    const running = startDrover(['apply', it.play, ...it.inventory, '--format', 'json'], { cwd: it.cwd })
    await untilPrinted(running, 'h1')
    running.child.kill('SIGKILL')
    await running.finished
    return it
  }

  test('is not run again unless somebody says so', async () => {
    const it = await killed()
    const refused = await it.resume()
    expect(refused.status).toBe(4)
    expect(refused.stderr).toContain(
      '1 step was under way when the run ended, and may or may not have run: b on h1',
    )
    expect(refused.stderr).toContain(
      '--rerun-unknown runs them again, --skip-unknown leaves them as they are',
    )
    expect(it.marks()).toEqual(['a h1', 'b h1'])
  })

  test('can be left as it is', async () => {
    const it = await killed()
    expect(await it.json('--skip-unknown')).toEqual({
      'h1 a': 'changed',
      'h1 b': 'skipped',
      'h1 c': 'changed',
    })
    expect(it.marks()).toEqual(['a h1', 'b h1', 'c h1'])
    expect((await it.resume()).stdout).toContain('Nothing is left to do')
  })

  test('can be run again', async () => {
    const it = await killed()
    expect(await it.json('--rerun-unknown')).toEqual({
      'h1 a': 'changed',
      'h1 b': 'changed',
      'h1 c': 'changed',
    })
    expect(it.marks()).toEqual(['a h1', 'b h1', 'b h1', 'c h1'])
  })

  test('and is not in the playbook any more is told, and stays unknown', async () => {
    const it = await killed()
    it.rewrite(marking('a') + marking('c'))
    const resumed = await it.resume('--accept-changes')
    expect(resumed).toMatchObject({
      status: 0,
      stderr:
        '1 step was under way when the run ended, and may or may not have run; the playbook does not have it any more: b on h1\n',
    })
    expect(it.marks()).toEqual(['a h1', 'b h1', 'c h1'])
    expect((await drover(['history'], { cwd: it.cwd })).stdout).toContain('2 changed, 1 unknown')
  })

  test('stays unknown when a resumed run does not get to it', async () => {
    const it = await killed()
    const running = startDrover(['resume', 'last', '--rerun-unknown', '--format', 'json'], { cwd: it.cwd })
    await untilPrinted(running, 'h1')
    running.child.kill('SIGKILL')
    await running.finished
    expect((await it.resume()).status).toBe(4)
  })
})

describe('what has changed', () => {
  const TEXT = marking('a') + marking('b', FAILS_ONCE)

  async function failed() {
    const it = project(TEXT)
    await it.apply()
    it.make('ready')
    return it
  }

  test('is told, and nothing runs', async () => {
    const it = await failed()
    it.rewrite(`${TEXT}${marking('c')}`)
    appendFileSync(join(it.cwd, 'hosts.ini'), '\n')
    const { status, stderr } = await it.resume()
    expect(status).toBe(4)
    expect(stderr).toContain('play.yml has changed since the run was started [run_changed]')
    expect(stderr).toContain('hosts.ini has changed since the run was started')
    expect(stderr).toContain('--accept-changes goes on with what there is now')
    expect(it.marks()).toHaveLength(4)
  })

  test('can be accepted: a step that is still the same does not run again, another one does', async () => {
    const it = project(marking('a') + marking('b') + marking('c', FAILS_ONCE))
    await it.apply()
    it.make('ready')
    it.rewrite(marking('a') + marking('b', ' # mended') + marking('c', FAILS_ONCE) + marking('d'))
    expect((await it.resume('--accept-changes')).status).toBe(0)
    const marks = it.marks()
    expect(marks.filter(mark => mark.startsWith('a'))).toHaveLength(2)
    expect(marks.filter(mark => mark.startsWith('b'))).toHaveLength(4)
    expect(marks.filter(mark => mark.startsWith('d'))).toHaveLength(2)
    expect((await it.resume()).stdout).toContain('Nothing is left to do')
  })

  test('a file that is put goes again when it has another content', async () => {
    const it = project(
      `  - { id: one, put: { src: one.txt, dest: "\${{ env.HOME }}/copy-one" } }
  - { id: two, put: { src: two.txt, dest: "\${{ env.HOME }}/copy-two" } }
  - { id: gate, run: "test -e ready" }
`,
      ['h1'],
    )
    it.make('one.txt', '1')
    it.make('two.txt', '2')
    expect((await it.apply()).status).toBe(1)
    it.make('ready')
    it.make('two.txt', 'two')
    for (const name of ['copy-one', 'copy-two']) rmSync(join(it.cwd, name))
    expect((await it.resume()).stderr).toContain('two.txt has changed since the run was started')
    expect((await it.resume('--accept-changes')).status).toBe(0)
    expect(linesOf(it.cwd, 'copy-one')).toEqual([])
    expect(readFileSync(join(it.cwd, 'copy-two'), 'utf8')).toBe('two')
  })

  test('a variable of the environment counts too', async () => {
    const it = project(
      `${marking('a', FAILS_ONCE)}  - { id: b, run: 'echo "$X" >> marks', env: { X: "\${{ env.LANG }}" } }\n`,
      ['h1'],
    )
    await it.apply()
    it.make('ready')
    const { status, stderr } = await drover(['resume', 'last'], { cwd: it.cwd, env: { LANG: 'C' } })
    expect(status).toBe(4)
    expect(stderr).toContain('steps would do something else than when it was started: b')
  })
})

describe('a run that cannot go on', () => {
  const journalOf = (cwd: string) => join(runFolder(cwd, runIds(cwd)[0] ?? ''), EVENTS_FILE)

  test('is still going on', async () => {
    const it = project("  - { id: a, run: 'echo up; sleep 30' }\n", ['h1'])
    const running = startDrover(['apply', it.play, ...it.inventory, '--format', 'json'], { cwd: it.cwd })
    await untilPrinted(running, 'h1')
    const { status, stderr } = await it.resume()
    expect(status).toBe(4)
    expect(stderr).toMatch(new RegExp(`run \\S+ is going on: process ${running.pid} \\[run_state\\]`))
    running.child.kill('SIGINT')
    expect((await running.finished).status).toBe(130)
  })

  test('does not exist, or is damaged', async () => {
    const it = project(marking('a', FAILS_ONCE), ['h1'])
    expect(await it.resume()).toMatchObject({ status: 3 })
    await it.apply()
    expect((await drover(['resume', '2020'], { cwd: it.cwd })).stderr).toContain(
      'there is no run 2020 in this folder [run_unknown]',
    )
    const file = journalOf(it.cwd)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"failed"', '"changed"'))
    const { status, stderr } = await it.resume()
    expect(status).toBe(3)
    expect(stderr).toMatch(
      /the journal of run \S+ is damaged: line \d+ is not as it was written .*\[run_damaged\]/,
    )
  })

  test('was torn by a crash, and goes on all the same', async () => {
    const it = project(marking('a') + marking('b', FAILS_ONCE), ['h1'])
    await it.apply()
    it.make('ready')
    const file = journalOf(it.cwd)
    const bytes = readFileSync(file)
    // Of the end of the run, and of that of b.
    const cut = bytes.lastIndexOf('\n', bytes.lastIndexOf('\n', bytes.length - 2) - 1) + 20
    writeFileSync(file, bytes.subarray(0, cut))
    expect((await it.resume('--rerun-unknown')).status).toBe(0)
    expect(it.marks()).toEqual(['a h1', 'b h1', 'b h1'])
    expect((await it.resume()).stdout).toContain('Nothing is left to do')
  })
})

describe('what somebody has done to the folder of a run', () => {
  const STEPS = `${marking('a')}${marking('b', FAILS_ONCE)}  - { id: c, run: 'echo "$X" > got', env: { X: "\${{ steps.a.stdout }}" } }\n`

  test('that ended on another machine does not keep it from going on', async () => {
    const it = project(STEPS, ['h1'])
    expect((await it.apply()).status).toBe(1)
    const pid = join(folderOf(it.cwd), 'pid')
    writeFileSync(pid, readFileSync(pid, 'utf8').replace(/\n.*\n/, '\nelsewhere\n'))
    it.make('ready')
    expect(await it.resume()).toMatchObject({ status: 0, stderr: '' })
  })

  test('that was killed there does, until its pid file is gone, which is told', async () => {
    const it = project(STEPS, ['h1'])
    expect((await it.apply()).status).toBe(1)
    const [id = ''] = runIds(it.cwd)
    writeFileSync(join(folderOf(it.cwd), 'pid'), '1\nelsewhere\n\n\n')
    it.make('ready')
    const refused = await it.resume()
    expect(refused).toMatchObject({ status: 4 })
    expect(refused.stderr).toContain(`process 1 on elsewhere`)
    expect(refused.stderr).toContain(`remove .drover/runs/${id}/pid*`)
    rmSync(join(folderOf(it.cwd), 'pid'))
    expect((await it.resume()).status).toBe(0)
  })

  test('output that is gone is no output', async () => {
    const it = project(
      `  - { id: a, run: echo hello }\n  - { id: gate, run: "test -e ready" }\n  - { id: c, run: 'echo "$X"', env: { X: "\${{ steps.a.stdout }}" } }\n`,
      ['h1'],
    )
    expect((await it.apply()).status).toBe(1)
    rmSync(join(folderOf(it.cwd), 'output.jsonl'))
    it.make('ready')
    const resumed = await it.resume()
    expect(resumed).toMatchObject({ status: 1, stderr: '' })
    expect(resumed.stdout).toContain('its output of before the run went on was not kept as it was')
  })

  test('a run that was killed after its last step ends when it goes on', async () => {
    const it = project(marking('a'), ['h1'])
    expect((await it.apply()).status).toBe(0)
    const events = join(folderOf(it.cwd), EVENTS_FILE)
    const lines = readFileSync(events, 'utf8').split('\n')
    writeFileSync(events, `${lines.slice(0, -2).join('\n')}\n`)
    expect(await it.resume()).toMatchObject({ status: 0, stderr: '' })
    expect(it.marks()).toEqual(['a h1'])
    expect((await it.resume()).stdout).toMatch(/^Nothing is left to do/)
    expect((await drover(['history'], { cwd: it.cwd })).stdout).toContain('finished')
  })
})

test('the journal and the output say what has happened', async () => {
  const it = project("  - { id: a, run: 'echo hello; echo oops >&2' }\n", ['h1'])
  const finished: Finished = await it.apply()
  expect(finished.status).toBe(0)
  const folder = runFolder(it.cwd, runIds(it.cwd)[0] ?? '')
  const events = readFileSync(join(folder, EVENTS_FILE), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(events.map(({ event }) => event)).toEqual([
    ...[
      'run_started',
      'plan_compiled',
      'run_recorded',
      'node_sent',
      'host_connected',
      'node_started',
      'lock_taken',
    ],
    ...['node_finished', 'run_finished'],
  ])
  const output = readFileSync(join(folder, 'output.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(output.map(({ stream, text }) => [stream, text]).toSorted()).toEqual([
    ['stderr', 'oops\n'],
    ['stdout', 'hello\n'],
  ])
  expect(readFileSync(join(it.cwd, '.drover/.gitignore'), 'utf8')).toBe('*\n')
})

describe('what was approved', () => {
  test('a saved plan goes on as that plan, without its file', async () => {
    const it = project(
      `  - { id: one, put: { content: one, dest: "\${{ env.HOME }}/one" } }
  - { id: gate, run: "test -e ready", writes: [nothing] }
  - { id: two, put: { content: two, dest: "\${{ env.HOME }}/two" } }
`,
      ['h1'],
    )
    expect(
      (await drover(['plan', it.play, ...it.inventory, '--out', 'p.json'], { cwd: it.cwd })).status,
    ).toBe(0)
    const { status } = await drover(['apply', 'p.json'], { cwd: it.cwd, unapproved: true })
    expect(status).toBe(1)
    it.make('ready')
    rmSync(join(it.cwd, 'p.json'))
    // Somebody else was there meanwhile: that is drift.
    it.make('two', 'something else')
    const drifted = await it.json()
    expect(drifted).toEqual({ 'h1 one': 'changed', 'h1 gate': 'changed', 'h1 two': 'refused' })
    rmSync(join(it.cwd, 'two'))
    expect(await it.json()).toEqual({ 'h1 one': 'changed', 'h1 gate': 'changed', 'h1 two': 'changed' })
  })

  test('and is gone from the folder, is told, unless somebody says to go on without', async () => {
    const it = project(
      `  - { id: gate, run: "test -e ready" }\n  - { id: two, put: { content: two, dest: "\${{ env.HOME }}/two" } }\n`,
      ['h1'],
    )
    const plan = await drover(['plan', it.play, ...it.inventory, '--out', 'p.json'], { cwd: it.cwd })
    expect(plan.status).toBe(0)
    expect((await drover(['apply', 'p.json'], { cwd: it.cwd, unapproved: true })).status).toBe(1)
    it.make('ready')
    it.make('two', 'drift')
    rmSync(join(folderOf(it.cwd), 'plan.json'))
    const refused = await it.resume()
    expect(refused.status).toBe(3)
    expect(refused.stderr).toContain('--accept-changes goes on without it')
    expect(await it.json('--accept-changes')).toEqual({ 'h1 gate': 'changed', 'h1 two': 'changed' })
  })

  test('a run of a revision goes on with the files of that revision', async () => {
    const it = project(
      `  - { id: a, put: { src: a.txt, dest: "\${{ env.HOME }}/copy" } }\n  - { id: gate, run: "test -e ready" }\n  - { id: b, put: { src: a.txt, dest: "\${{ env.HOME }}/other" } }\n`,
      ['h1'],
    )
    it.make('a.txt', 'first')
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: it.cwd,
        stdio: 'pipe',
      })
    git('init', '-q')
    git('add', '.')
    git('commit', '-qm', 'one')
    expect((await it.apply('--rev', 'HEAD')).status).toBe(1)
    it.make('ready')
    it.make('a.txt', 'second')
    expect(await it.resume()).toMatchObject({ status: 0 })
    expect(readFileSync(join(it.cwd, 'other'), 'utf8')).toBe('first')
  })
})
