import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import { setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, outcomesOf } from './drover.ts'
import { connectionsSeen, type Project, project } from './planning.ts'
import { openTerminal, type TerminalOptions } from './terminal.ts'

const PASSWORD = 'Approve-sudo-1'
const STEPS = `
  - { id: conf, put: { src: conf, dest: conf } }
  - { id: text, put: { template: text, dest: text } }
  - { id: go, run: touch went }
`
const QUESTION = 'Apply this to 1 host? (yes/no)'

describeWith(['root', 'sshd', 'sudo', 'tmux'], 'approval', () => {
  let server: TestServer
  let own: Project
  beforeAll(async () => {
    server = await startSshd({ account: { password: PASSWORD } })
    setSudoers(server.user, [`${server.user} ALL=(ALL) ALL`])
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    for (const name of readdirSync(server.home)) rmSync(join(server.home, name), { recursive: true })
    own = project({ h1: server }, STEPS)
    own.write('conf', 'shown\n')
    own.write('text', 'shown too\n')
  })

  const KNOWN = ['--known-hosts', 'known_hosts']
  const untouched = () => expect(readdirSync(server.home)).toEqual([])

  function open(args: readonly string[] = [], options: Partial<TerminalOptions> = {}) {
    return openTerminal(['apply', 'play.yml', ...KNOWN, ...args], { cwd: own.folder, ...options })
  }

  async function asked(args: readonly string[] = [], options: Partial<TerminalOptions> = {}) {
    const terminal = open(args, options)
    await terminal.until(QUESTION)
    return terminal
  }

  test.each(['yes', 'y', ' YES '])('%o does what was shown', async answer => {
    const terminal = await asked()
    untouched()
    terminal.answer(answer)
    expect(await terminal.status()).toBe(0)
    expect(readdirSync(server.home).sort()).toEqual(['conf', 'text', 'went'])
  })

  test.each(['no', '', 'yess', 'ye', 'ja', 'yes please'])('%o does nothing', async answer => {
    const terminal = await asked()
    terminal.answer(answer)
    expect(await terminal.status()).toBe(4)
    expect(terminal.shown()).toContain('Not applied: nothing was changed.')
    untouched()
  })

  test.each([
    ['Ctrl-C', 'C-c', 130],
    ['Ctrl-D', 'C-d', 4],
  ])('%s at the question does nothing', async (_, key, status) => {
    const terminal = await asked()
    terminal.press(key)
    expect(await terminal.status()).toBe(status)
    expect(terminal.shown()).toContain('Not applied: nothing was changed.')
    untouched()
  })

  test('what is typed before the question is no answer to it', async () => {
    const terminal = open()
    terminal.answer('yes')
    await terminal.until(QUESTION)
    terminal.answer('no')
    expect(await terminal.status()).toBe(4)
    untouched()
  })

  test('what is out of sight in a low terminal is summed up above the question', async () => {
    const terminal = await asked([], { columns: 80, rows: 8 })
    expect(terminal.screen()).toContain(
      `unreachable\n~ to change   conf (1), text (1), go (1)\n\n${QUESTION}`,
    )
    terminal.answer('no')
    expect(await terminal.status()).toBe(4)
  })

  test('it looks right, narrow and wide', async () => {
    const narrow = await asked()
    expect(narrow.screen().replaceAll(/\d+ B/g, 'N B')).toBe(`play.yml
The hosts were asked what they have; nothing was changed.

~ 1. conf
   h1
     + conf  new, N B, mode 0644
       │ +shown

~ 2. text
   h1
     + text  new, N B, mode 0644
       │ +shown too

~ 3. go
   h1
     run touch went

Plan: 3 to change, 0 unchanged, 0 unknown, 0 unreachable

${QUESTION}`)
    narrow.answer('no')
    await narrow.status()
    const wide = await asked([], { columns: 200, rows: 50 })
    expect(wide.screen()).toBe(narrow.shown().slice(0, narrow.shown().indexOf(' no\n')))
    wide.answer('yes')
    expect(await wide.status()).toBe(0)
    expect(wide.screen().split('\n').at(-1)).toMatch(/^✔ 3 steps on 1 host: 3 changed · /)
  })

  test('the preview goes to stderr: what the run writes has stdout for itself, in any format', async () => {
    const lines = await asked([], { stdout: 'out' })
    lines.answer('yes')
    expect(await lines.status()).toBe(0)
    expect(readFileSync(join(own.folder, 'out'), 'utf8')).toMatch(/^h1 │ conf │ ✔ changed/)
    const json = await asked(['--format', 'json', '--no-diff'], { stdout: 'out.json' })
    json.answer('yes')
    expect(await json.status()).toBe(0)
    const stdout = readFileSync(join(own.folder, 'out.json'), 'utf8')
    expect(outcomesOf({ stdout })).toEqual({ 'h1 conf': 'ok', 'h1 text': 'ok', 'h1 go': 'changed' })
  })

  test('-q asks, too, and shows what it asks about', async () => {
    const terminal = await asked(['-q'])
    expect(terminal.shown()).toContain('+ conf  new')
    terminal.answer('yes')
    expect(await terminal.status()).toBe(0)
    expect(terminal.shown().split('\n').at(-1)).toBe(`${QUESTION} yes`)
  })

  test('there is no question where no host can be reached', async () => {
    own = project({ h1: server }, '  - { id: go, run: touch went, creates: went }\n')
    own.write('hosts.ini', 'h1 ansible_host=127.0.0.1 ansible_port=1\n')
    const terminal = open()
    expect(await terminal.status()).toBe(1)
    expect(terminal.shown()).toMatch(/h1\s+unreachable[\s\S]*\nNot applied: no host can be reached\.$/)
  })

  test('without a terminal it is refused before any host is asked, and says what to do', async () => {
    const seen = connectionsSeen(server)
    const { status, stdout, stderr } = await drover(['apply', 'play.yml', ...KNOWN], {
      cwd: own.folder,
      unapproved: true,
    })
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' })
    expect(
      stderr,
    ).toBe(`error: apply asks before it changes anything, and there is no terminal to ask on [approval]
  hint: approve it with --yes, or apply a saved plan: drover plan PLAYBOOK --out plan.json
`)
    expect(connectionsSeen(server)).toBe(seen)
    own.write('play.yml', 'hosts: all\nsteps:\n  - { ruin: x }\n')
    const wrong = await drover(['apply', 'play.yml', ...KNOWN], { cwd: own.folder, unapproved: true })
    expect(wrong.status).toBe(3)
    expect(wrong.stderr).toContain('play.yml:3')
    expect(wrong.stderr).not.toContain('[approval]')
  })

  test('problems are told in place of a question', async () => {
    own.write('play.yml', 'hosts: all\nsteps:\n  - { ruin: x }\n')
    const terminal = open()
    expect(await terminal.status()).toBe(3)
    expect(terminal.shown()).toContain('play.yml:3')
  })

  test('--yes, a saved plan, and what is typed as a command ask nothing', async () => {
    await own.plan()
    const host = ['-i', 'hosts.ini', ...KNOWN]
    const approved = open(['--yes'])
    expect(await approved.status()).toBe(0)
    rmSync(join(server.home, 'conf'))
    rmSync(join(server.home, 'text'))
    for (const args of [
      ['apply', 'p.json', ...KNOWN],
      ['run', '-g', 'all', ...host, '--', 'touch typed'],
      ['put', '-g', 'all', ...host, 'conf', 'put'],
    ]) {
      const terminal = openTerminal(args, { cwd: own.folder })
      expect(await terminal.status()).toBe(0)
      expect(terminal.shown()).not.toContain('(yes/no)')
    }
    expect(readdirSync(server.home)).toContain('typed')
  })

  test('first whether to trust a host, then whether to do it; a password is asked for once', async () => {
    own = project(
      { h1: server },
      `  - { id: who, run: id -un >${server.home}/who, creates: ${server.home}/who, become: true }\n`,
    )
    const terminal = openTerminal(['apply', 'play.yml', '-K'], { cwd: own.folder })
    await terminal.until(/Password .*:/)
    terminal.answer(PASSWORD)
    await terminal.until('Trust it and remember the key? (yes/no/[fingerprint])')
    terminal.answer('yes')
    await terminal.until(QUESTION)
    terminal.answer('yes')
    expect(await terminal.status()).toBe(0)
    const shown = terminal.shown()
    expect(shown.match(/Password/g)).toHaveLength(1)
    expect(shown).not.toContain(PASSWORD)
    expect(readFileSync(join(server.home, 'who'), 'utf8')).toBe('root\n')
  })

  test('a saved plan takes -K', async () => {
    own = project(
      { h1: server },
      `  - { id: who, run: id -un >${server.home}/who, creates: ${server.home}/who, become: true }\n`,
    )
    await own.plan()
    const terminal = openTerminal(['apply', 'p.json', '-K', ...KNOWN], { cwd: own.folder })
    await terminal.until(/Password .*:/)
    terminal.answer(PASSWORD)
    expect(await terminal.status()).toBe(0)
    expect(readFileSync(join(server.home, 'who'), 'utf8')).toBe('root\n')
  })
})
