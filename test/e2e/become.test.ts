import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startDropbear } from '../sshd/dropbear.ts'
import { describeWith } from '../sshd/requirements.ts'
import { addDoasRule, setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { processesNaming, uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import { drover, endsOf, eventsOf, type Finished, outcomesOf, startDrover, untilPrinted } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

function outputOf(finished: Finished, host: string, step: string): string {
  const own = eventsOf(finished).filter(event => event.host === host && event.step === step)
  return own.map(({ event, text }) => (event === 'node_output' ? text : '')).join('')
}

const BIN = resolve(import.meta.dirname, '../../bin/drover.js')
const PASSWORD = `pw-e2e-${process.pid}`

describeWith(['root', 'sshd', 'dropbear', 'sudo', 'doas', 'script'], 'become over sshd', () => {
  const servers: Record<string, TestServer> = {}

  beforeAll(async () => {
    const account = () => startSshd({ account: { password: PASSWORD } })
    const names = ['free', 'asks', 'doas', 'none', 'wrong', 'silent'] as const
    await Promise.all([
      ...names.map(name => add(name, account())),
      add('bear', startDropbear({ password: PASSWORD })),
    ])
    allow('free', 'NOPASSWD: ALL')
    for (const name of ['asks', 'wrong', 'silent', 'bear']) allow(name, 'ALL')
    await addDoasRule(`permit ${servers.doas?.user}`)
  })
  afterAll(async () => {
    await Promise.all(Object.values(servers).map(server => server.stop()))
  })

  async function add(name: string, starting: Promise<TestServer>): Promise<void> {
    servers[name] = await starting
  }

  function allow(name: string, rights: string): void {
    const { user } = servers[name] as TestServer
    setSudoers(user, [`${user} ALL=(ALL) ${rights}`])
  }

  /** An inventory of all hosts: each logs in by its key, and has its own word on becoming root. */
  function hosts(folder: string, ...names: string[]): string[] {
    const given = Object.fromEntries(names.map(name => [name, servers[name] as TestServer]))
    const options = writeHosts(folder, given)
    const file = join(folder, 'hosts.ini')
    const vars: Record<string, string> = {
      asks: `ansible_become_password=${PASSWORD}`,
      bear: `become_password=${PASSWORD}`,
      none: `become_password=${PASSWORD}`,
      doas: `become_method=doas become_password=${PASSWORD}`,
      wrong: 'become_password=not-it',
    }
    const lines = readFileSync(file, 'utf8').replaceAll(/ ansible_password='[^']*'/g, '')
    const whole = lines.replaceAll(/^(\w+) .*$/gm, (line, name) => `${line} ${vars[name] ?? ''}`)
    writeFileSync(file, whole, { mode: 0o600 })
    return options
  }

  test('run, put and get act as root, each host in its own way', async () => {
    const cwd = workFolder()
    const folder = join('/var/tmp', `drover-e2e-${process.pid}`)
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    mkdirSync(folder, { mode: 0o700 })
    writeFileSync(join(cwd, 'big'), Buffer.alloc(300_000, 'x'))
    const steps = `
  - { id: who, run: id -un, become: true }
  - { id: login, run: id -un, become: false, needs: [] }
  - { id: up, put: { src: big, dest: "${folder}/\${{ host.name }}", mode: "0600" } }
  - { id: back, get: { src: "${folder}/\${{ host.name }}", dest: back } }
  - { id: nobody, run: id -un, become: nobody }
`
    const play = writePlaybook(cwd, steps, 'defaults: { become: true }\n')
    const names = ['free', 'asks', 'bear']
    const finished = await drover(['apply', play, ...hosts(cwd, ...names), '--format', 'json'], { cwd })
    for (const name of names) {
      const ends = endsOf(finished)
      expect(ends[`${name} who`]).toMatchObject({ outcome: 'changed' })
      expect(outputOf(finished, name, 'who')).toBe('root\n')
      expect(outputOf(finished, name, 'login')).toBe(`${servers[name]?.user}\n`)
      expect(outputOf(finished, name, 'nobody')).toBe('nobody\n')
      expect(statSync(join(folder, name)).uid).toBe(0)
      expect(readFileSync(join(cwd, 'back', name, name))).toHaveLength(300_000)
    }
    expect(finished.status).toBe(0)
    expect(finished.stdout + finished.stderr).not.toContain(PASSWORD)
    const again = await drover(['apply', play, ...hosts(cwd, ...names), '--format', 'json'], { cwd })
    for (const name of names) expect(outcomesOf(again)[`${name} up`]).toBe('ok')
  })

  test('what is refused says why, and nothing of the step has run', async () => {
    const cwd = workFolder()
    const options = hosts(cwd, 'free', 'doas', 'none', 'wrong', 'silent')
    const args = ['run', ...options, '-g', 'all', '-b', '--format', 'json', '--', 'id -un']
    const finished = await drover(args, { cwd })
    const ends = endsOf(finished)
    const codes = Object.fromEntries(Object.entries(ends).map(([node, { failure }]) => [node, failure?.code]))
    expect(codes).toEqual({
      'free run': undefined,
      'doas run': undefined,
      'none run': 'become_denied',
      'wrong run': 'become_password',
      'silent run': 'become_password',
    })
    expect(ends['silent run']?.failure?.hint).toContain('-K')
    expect(outputOf(finished, 'doas', 'run')).toBe('root\n')
    expect(finished.status).toBe(1)
  })

  test('-K asks once on the terminal, and shows nothing', async () => {
    const cwd = workFolder()
    const options = hosts(cwd, 'silent', 'free')
    const words = [
      process.execPath,
      BIN,
      'run',
      ...options,
      '-g',
      'all',
      '-b',
      '-K',
      '--format',
      'lines',
      'id',
    ]
    const child = spawn('script', ['-qefc', words.join(' '), '/dev/null'], { cwd, stdio: 'pipe' })
    let shown = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!shown.includes('Password to') && (shown + text).includes('another user: '))
        child.stdin.write(`${PASSWORD}\r`)
      shown += text
    })
    const [status] = await once(child, 'close')
    expect(shown.match(/Password to become another user: /g)).toHaveLength(1)
    expect(shown).not.toContain(PASSWORD)
    expect(shown.match(/uid=0\(root\)/g)).toHaveLength(2)
    expect(status).toBe(0)
  })

  test('-K reads no pipe', async () => {
    const cwd = workFolder()
    const finished = await drover(['run', ...hosts(cwd, 'free'), '-g', 'all', '-b', '-K', 'id'], { cwd })
    expect(finished.status).toBe(3)
    expect(finished.stderr).toContain('-K asks on the terminal')
  })

  test('an interrupted run leaves no process of root', async () => {
    const cwd = workFolder()
    const seconds = uniqueSeconds()
    const names = ['free', 'asks', 'doas', 'bear']
    const args = ['run', ...hosts(cwd, ...names), '-g', 'all', '-b', '--format', 'json']
    const running = startDrover([...args, '--', `echo up; sleep ${seconds}`], { cwd })
    await Promise.all(names.map(name => untilPrinted(running, name)))
    expect(processesNaming(PASSWORD)).toEqual([])
    running.child.kill('SIGINT')
    expect((await running.finished).status).toBe(130)
    await untilGone(seconds)
  })

  test('the inventory and a saved playbook keep the password to themselves', async () => {
    const cwd = workFolder()
    const options = hosts(cwd, 'asks').slice(0, 2)
    const listed = await drover(['inventory', ...options, '--json'], { cwd })
    expect(listed.stdout).toContain('"ansible_become_password": "***"')
    expect(listed.stdout).not.toContain(PASSWORD)
  })
})
