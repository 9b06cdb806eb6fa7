import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { type Project, project } from './planning.ts'
import { openTerminal } from './terminal.ts'

const STEPS = `
  - { id: conf, put: { src: conf, dest: conf } }
  - { id: text, put: { template: text, dest: text } }
  - { id: go, run: touch went }
`

describeWith(['root', 'sshd', 'tmux'], 'while the question of approval is open', () => {
  let server: TestServer
  let own: Project
  beforeAll(async () => {
    server = await startSshd({ account: {} })
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    for (const name of readdirSync(server.home)) rmSync(join(server.home, name), { recursive: true })
    own = project({ h1: server }, STEPS)
    own.write('conf', 'shown\n')
    own.write('text', 'shown too\n')
  })

  async function asked() {
    const args = ['apply', 'play.yml', '--known-hosts', 'known_hosts']
    const terminal = openTerminal(args, { cwd: own.folder })
    await terminal.until('Apply this to 1 host? (yes/no)')
    return terminal
  }

  test('a host that changes is refused', async () => {
    const terminal = await asked()
    writeFileSync(join(server.home, 'conf'), 'by hand\n')
    terminal.answer('yes')
    expect(await terminal.status()).toBe(4)
    expect(terminal.shown()).toContain('"conf" is no longer what the plan saw: it appeared')
    expect(readFileSync(join(server.home, 'conf'), 'utf8')).toBe('by hand\n')
    expect(existsSync(join(server.home, 'went'))).toBe(false)
  })

  test('a file to put that changes is refused', async () => {
    const terminal = await asked()
    own.write('conf', 'not shown\n')
    terminal.answer('yes')
    expect(await terminal.status()).toBe(4)
    expect(terminal.shown()).toMatch(/conf" is no longer what the plan/)
    expect(readdirSync(server.home)).toEqual([])
  })

  test('a template that changes is not sent as it is then', async () => {
    const terminal = await asked()
    own.write('text', 'not shown\n')
    terminal.answer('yes')
    const status = await terminal.status()
    const text = existsSync(join(server.home, 'text')) ? readFileSync(join(server.home, 'text'), 'utf8') : ''
    expect([
      [0, 'shown too\n'],
      [4, ''],
    ]).toContainEqual([status, text])
  })

  test('a playbook that changes: done is what was shown', async () => {
    const terminal = await asked()
    own.write('play.yml', 'hosts: all\nsteps:\n  - { run: touch other }\n')
    terminal.answer('yes')
    expect(await terminal.status()).toBe(0)
    expect(readdirSync(server.home).sort()).toEqual(['conf', 'text', 'went'])
  })

  test('a host that comes back stays untouched', async () => {
    const gone = { host: '127.0.0.1', port: 1 }
    own = project({ h1: server, h2: gone }, '  - { id: go, run: touch went, creates: went }\n')
    const terminal = await asked()
    expect(terminal.shown()).toContain('h2  unreachable')
    terminal.answer('yes')
    expect(await terminal.status()).toBe(4)
    expect(terminal.shown().replaceAll(/\s+/g, ' ')).toContain('its host could not be reached then')
    expect(existsSync(join(server.home, 'went'))).toBe(true)
  })
})
