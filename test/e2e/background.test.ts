import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runFolder, runIds } from '../../src/journal/folder.ts'
import { ownerOf } from '../../src/journal/owner.ts'
import { describeWith } from '../sshd/requirements.ts'
import { setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { endRun, localProject, WAITING } from './background.ts'
import { drover, eventsOf, outcomesOf, startDrover } from './drover.ts'
import { openTerminal } from './terminal.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

const BIN = resolve(import.meta.dirname, '../../bin/drover.js')
const AFTER = '  - { id: after, run: "echo after >> marks" }\n'
const GONE = { timeout: 20_000, interval: 50 }

describe('a run in the background', () => {
  test('has begun when the command ends, and goes on in a session of its own', async () => {
    const it = localProject(WAITING + AFTER)
    const { id, pid, stderr } = await it.detach()
    expect(stderr).toContain(`drover attach ${id} follows it, drover stop ${id} ends it.`)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    const [, , group, session, terminal] = stat
    expect([group, session, terminal]).toEqual([String(pid), String(pid), '0'])
    const history = await it.run('history')
    expect(history.stdout).toContain(`running (process ${pid})`)
    writeFileSync(join(it.cwd, 'go'), '')
    const attached = await it.run('attach', id, '--format', 'json')
    expect(attached.status).toBe(0)
    expect(outcomesOf(attached)).toMatchObject({ 'h1 wait': 'changed', 'h2 after': 'changed' })
    expect(it.marks()).toEqual(['after', 'after', 'h1', 'h2'])
    expect(readFileSync(join(runFolder(it.cwd, id), 'log'), 'utf8')).toBe('')
  })

  test('does as its options say, and their secrets are on no command line', async () => {
    const it = localProject(`${WAITING}  - { id: say, run: "echo \${{ vars.word }} >> said" }
vars: { word: none }
`)
    const { pid } = await it.detach('-e', 'word=hidden-in-here', '-l', 'h2')
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('hidden-in-here')
    writeFileSync(join(it.cwd, 'go'), '')
    expect((await it.run('attach', 'last')).status).toBe(0)
    expect(readFileSync(join(it.cwd, 'said'), 'utf8')).toBe('hidden-in-here\n')
    expect(it.marks()).toEqual(['h2'])
  })

  test('that cannot begin says why, with its own status, and leaves nothing', async () => {
    const it = localProject('  - { id: bad, run: "echo ${{ vars.none }}" }\n')
    const refused = await it.apply('--detach')
    expect(refused).toMatchObject({ status: 3, stdout: '' })
    expect(refused.stderr).toContain('vars.none')
    expect(runIds(it.cwd)).toEqual([])
    const options = [['--no-journal'], ['--dry-run'], ['--format', 'json']]
    for (const more of options) expect((await it.apply('--detach', ...more)).status).toBe(3)
  })

  test('asks for approval where nobody can be asked just as one in the foreground', async () => {
    const it = localProject(AFTER)
    const running = startDrover(['apply', it.play, ...it.inventory, '--detach'], {
      cwd: it.cwd,
      unapproved: true,
    })
    expect((await running.finished).status).toBe(4)
    expect(runIds(it.cwd)).toEqual([])
  })

  test('applies a saved plan', async () => {
    const it = localProject(AFTER)
    expect((await it.run('plan', it.play, ...it.inventory, '--out', 'p.json')).status).toBe(0)
    const started = await it.run('apply', 'p.json', '--detach')
    expect(started.status).toBe(0)
    expect((await it.run('attach', started.stdout.trim())).status).toBe(0)
    expect(it.marks()).toEqual(['after', 'after'])
    const again = await it.run('apply', 'p.json', '--detach')
    expect(again.status).toBe(4)
    expect(again.stderr).toContain('this plan was applied already')
  })

  test('that is killed is broken off, and says so to who is attached and in the history', async () => {
    const it = localProject(WAITING)
    const { id, pid } = await it.detach()
    const attached = startDrover(['attach', id], { cwd: it.cwd })
    await expect.poll(it.marks, GONE).toEqual(['h1', 'h2'])
    process.kill(pid, 'SIGKILL')
    const { status, stderr } = await attached.finished
    expect(status).toBe(1)
    expect(stderr).toContain(`Run ${id} was broken off`)
    expect(stderr).toContain(`drover resume ${id} goes on`)
    const history = await it.run('history')
    expect(history.stdout).toContain('broken off')
    expect(history.stdout).toContain('2 unknown on 2 hosts')
    expect(history.stderr).toBe(`Broken off: drover resume ${id} goes on with it.\n`)
    const shown = await it.run('show', id)
    expect(shown.stdout).toContain('Broken off: 2 unknown.\n  unknown: h1 · wait\n  unknown: h2 · wait\n')
    expect((await it.run('stop', id)).status).toBe(4)
  })
})

describe('drover attach', () => {
  test('shows the same in several terminals, from the beginning, and leaves without stopping', async () => {
    const it = localProject(WAITING + AFTER)
    const { id, pid } = await it.detach()
    await expect.poll(it.marks, GONE).toEqual(['h1', 'h2'])
    const watchers = [1, 2].map(() => startDrover(['attach', id, '--format', 'json'], { cwd: it.cwd }))
    const leaver = startDrover(['attach', 'last', '--format', 'json'], { cwd: it.cwd })
    await expect.poll(() => leaver.stdout().match(/node_started/g)?.length, GONE).toBe(2)
    process.kill(leaver.pid, 'SIGINT')
    const left = await leaver.finished
    expect(left.status).toBe(0)
    expect(left.stderr).toContain(`Run ${id} goes on`)
    expect(ownerOf(runFolder(it.cwd, id))).toMatchObject({ state: 'alive', pid })
    writeFileSync(join(it.cwd, 'go'), '')
    const [one, two] = await Promise.all(watchers.map(({ finished }) => finished))
    expect(one?.stdout).toBe(two?.stdout)
    expect(one?.status).toBe(0)
    const printed = eventsOf(one ?? { stdout: '' }).filter(({ event }) => event === 'node_output')
    expect(printed.map(({ text }) => text)).toEqual(['gone on\n', 'gone on\n'])
  })

  test('follows a run in the foreground, and ends with the status of one that has ended', async () => {
    const it = localProject('  - { id: bad, run: "echo oh; exit 3" }\n')
    const applied = await it.apply('--format', 'json')
    const attached = await it.run('attach', 'last', '--format', 'json')
    expect(attached.status).toBe(1)
    expect(attached.stdout).toBe(applied.stdout)
  })

  test('waits for a reader that is slow, who misses nothing', async () => {
    const it = localProject('  - { id: flood, run: "head -c 3000000 /dev/zero | tr \\\\0 x" }\n', ['h1'])
    await it.detach()
    const attach = [process.execPath, BIN, 'attach', 'last', '--format', 'json']
    const piped = spawn('sh', ['-c', '"$@" | { sleep 1; cat; }', 'sh', ...attach], { cwd: it.cwd })
    const read = await text(piped.stdout)
    expect(read).toBe((await it.run('show', 'last', '--format', 'json')).stdout)
    const printed = eventsOf({ stdout: read }).map(event => event.text ?? '')
    expect(printed.join('')).toHaveLength(3_000_000)
  })

  test('ends where nobody reads any more', async () => {
    const it = localProject(WAITING)
    const { id } = await it.detach()
    const attached = startDrover(['attach', id, '--format', 'json'], { cwd: it.cwd })
    await expect.poll(() => attached.stdout(), GONE).toContain('node_started')
    attached.child.stdout?.destroy()
    writeFileSync(join(it.cwd, 'go'), '')
    expect((await attached.finished).status).toBe(0)
  })

  test('knows no run that there is not', async () => {
    const it = localProject(AFTER)
    expect((await it.run('attach', 'last')).status).toBe(3)
    expect((await it.run('attach', '../x')).status).toBe(3)
    expect((await it.run('stop', 'last')).status).toBe(3)
  })
})

describe('drover stop', () => {
  test('ends a run as Ctrl-C does, and waits for that', async () => {
    const it = localProject(WAITING + AFTER)
    const { id, pid } = await it.detach()
    await expect.poll(it.marks, GONE).toEqual(['h1', 'h2'])
    const stopped = await it.run('stop', id)
    expect(stopped).toMatchObject({ status: 0, stderr: `drover resume ${id} goes on with it.\n` })
    expect(stopped.stdout).toBe(`Run ${id}: stopped: interrupted · 4 cancelled\n`)
    expect(ownerOf(runFolder(it.cwd, id))).toMatchObject({ state: 'gone', pid })
    expect((await it.run('attach', id)).status).toBe(130)
    const again = await it.run('stop', id)
    expect(again.status).toBe(4)
    expect(again.stderr).toContain(`run ${id} is not running: stopped: interrupted`)
  })

  test('ends a run in the foreground of another terminal', async () => {
    const it = localProject(WAITING)
    const running = startDrover(['apply', it.play, ...it.inventory], { cwd: it.cwd })
    await expect.poll(it.marks, GONE).toEqual(['h1', 'h2'])
    expect((await it.run('stop', 'last')).status).toBe(0)
    expect((await running.finished).status).toBe(130)
  })

  test('--now does not wait for what takes no TERM', async () => {
    const it = localProject(`  - id: stubborn
    run: 'trap "" TERM; echo up >> marks; sleep 120; sleep 120'
`)
    const { id } = await it.detach('-l', 'h1')
    await expect.poll(it.marks, GONE).toEqual(['up'])
    const since = performance.now()
    expect((await it.run('stop', 'last', '--now')).stdout).toContain(`Run ${id}: stopped: interrupted`)
    expect(performance.now() - since).toBeLessThan(4_900)
  })

  test('never signals a process that has the number of one that is gone', async () => {
    const it = localProject(AFTER)
    await it.apply()
    const [id = ''] = runIds(it.cwd)
    const folder = runFolder(it.cwd, id)
    const events = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n')
    writeFileSync(join(folder, 'events.jsonl'), `${events.slice(0, -1).join('\n')}\n`)
    // Its own boot, machine and number, but another start.
    const [, machine, boot] = readFileSync(join(folder, 'pid'), 'utf8').split('\n')
    rmSync(join(folder, 'pid'))
    writeFileSync(join(folder, 'pid'), `${process.pid}\n${machine}\n${boot}\n1\n`)
    const refused = await it.run('stop', id)
    expect(refused.status).toBe(4)
    expect(refused.stderr).toContain(`run ${id} is not running: broken off`)
    expect((await it.run('history')).stdout).toContain('broken off')
  })

  test('says where a run is that is not on this machine', async () => {
    const it = localProject(AFTER)
    await it.apply()
    const [id = ''] = runIds(it.cwd)
    const folder = runFolder(it.cwd, id)
    const events = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n')
    writeFileSync(join(folder, 'events.jsonl'), `${events.slice(0, -1).join('\n')}\n`)
    writeFileSync(join(folder, 'pid'), '42\nsome-other-machine\nx\n1\n')
    const refused = await it.run('stop', id)
    expect(refused.status).toBe(4)
    expect(refused.stderr).toContain('process 42 on some-other-machine')
  })
})

describeWith(['root', 'sshd', 'sudo', 'tmux'], 'a password for sudo', () => {
  const PASSWORD = 'Background-sudo-1'
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: { password: PASSWORD } })
    setSudoers(server.user, [`${server.user} ALL=(ALL) ALL`])
  })
  afterAll(() => server.stop())

  test.each([['--yes'], []])('is asked for in the foreground, and stands nowhere (%s)', async (...more) => {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server })
    const play = writePlaybook(cwd, '  - { id: who, run: "id -un; sleep 1", become: true }\n')
    const terminal = openTerminal(['apply', play, ...hosts, '-K', '--detach', ...more], { cwd })
    await terminal.until('Password to become another user:')
    terminal.answer(PASSWORD)
    if (more.length === 0) {
      await terminal.until('Apply this to 1 host?')
      terminal.answer('yes')
    }
    expect(await terminal.status()).toBe(0)
    const [id = ''] = runIds(cwd)
    const { pid = 0 } = ownerOf(runFolder(cwd, id)) ?? {}
    for (const file of ['cmdline', 'environ'])
      expect(readFileSync(`/proc/${pid}/${file}`, 'utf8')).not.toContain(PASSWORD)
    const attached = await drover(['attach', id, '-v'], { cwd })
    expect(attached.stdout).toContain('h1 │ who │ root')
    expect(attached.status).toBe(0)
    for (const file of readdirSync(runFolder(cwd, id)))
      expect(readFileSync(join(runFolder(cwd, id), file), 'utf8')).not.toContain(PASSWORD)
  })
})

describeWith(['tmux'], 'a terminal', () => {
  test('that is closed takes no run in the background with it, and what was approved is what is done', async () => {
    const it = localProject(`  - { id: conf, put: { content: "x\\n", dest: "${'$'}{{ vars.to }}" } }
${WAITING}
vars: { to: /nonexistent }
`)
    const to = join(it.cwd, 'conf')
    const terminal = openTerminal(
      ['apply', it.play, ...it.inventory, '-l', 'h1', '-e', `to=${to}`, '--detach'],
      { cwd: it.cwd },
    )
    await terminal.until('Apply this to 1 host?')
    expect(runIds(it.cwd)).toEqual([])
    terminal.answer('yes')
    expect(await terminal.status()).toBe(0)
    const [id = ''] = runIds(it.cwd)
    expect(terminal.shown()).toContain(`\n${id}\n`)
    terminal.close()
    try {
      await expect.poll(it.marks, GONE).toEqual(['h1'])
      const attached = startDrover(['attach', id, '-v'], { cwd: it.cwd })
      writeFileSync(join(it.cwd, 'go'), '')
      expect((await attached.finished).stdout).toContain('h1 │ wait │ gone on')
      expect(readFileSync(to, 'utf8')).toBe('x\n')
      expect(readdirSync(runFolder(it.cwd, id)).sort()).toEqual([
        ...['events.jsonl', 'log', 'output.jsonl', 'pid', 'plan.json'],
      ])
    } finally {
      endRun(it.cwd, id)
    }
  })

  test('shows a run with live rows; Ctrl-C takes them away', async () => {
    const it = localProject(WAITING)
    const { id } = await it.detach()
    const terminal = openTerminal(['attach', id], { cwd: it.cwd })
    await terminal.until(/h2\s+.*wait/)
    terminal.press('C-c')
    expect(await terminal.status()).toBe(0)
    expect(terminal.screen()).toMatch(new RegExp(`^Run ${id} goes on: drover attach`))
  })
})
