import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { secretForms } from '../../src/secrets/forms.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { connectionsSeen, type Project, project } from './planning.ts'

describeWith(['root', 'sshd', 'mkfifo'], 'the file of a saved plan', () => {
  let server: TestServer
  let own: Project
  let text: string
  beforeAll(async () => {
    server = await startSshd({ account: {} })
    writeFileSync(join(server.home, 'conf'), 'old\n')
  })
  afterAll(() => server.stop())
  beforeEach(async () => {
    own = project(
      { h1: server },
      '  - { id: go, run: touch went }\n  - { id: conf, put: { content: x, dest: sub/conf, parents: true }, needs: [] }\n',
    )
    await own.plan()
    text = readFileSync(at('p.json'), 'utf8')
  })

  const at = (file: string) => join(own.folder, file)

  /** What both verbs say of it: neither crashes, waits, or connects. */
  async function refused(file: string): Promise<readonly [status: number | string, message: string]> {
    const seen = connectionsSeen(server)
    const [applied, shown] = await Promise.all([own.run('apply', file), own.run('show', file)])
    expect([applied.stdout, shown.stdout]).toEqual(['', ''])
    expect(applied.stderr).toBe(shown.stderr)
    expect(applied.status).toBe(shown.status)
    expect(applied.stderr).not.toMatch(/ at |bug/)
    expect(connectionsSeen(server)).toBe(seen)
    return [applied.status, applied.stderr.split('\n')[0]?.replace(/^error: \S+: /, '') ?? '']
  }

  const TAMPERED = [4, 'the plan file was changed or cut off after it was made [plan_tampered]'] as const
  const NO_PLAN = [3, 'it is no plan file [plan_file]'] as const

  test.each<[what: string, change: (own: string) => string]>([
    ['a letter', own => own.replace('touch went', 'touch went2')],
    ['a verdict', own => own.replace('"kind":"change"', '"kind":"unknown","because":"x"')],
    ['its formatting', own => JSON.stringify(JSON.parse(own), null, 2)],
    ['its formatting, to one line', own => JSON.stringify(JSON.parse(own))],
    ['its line ends', own => own.replaceAll('\n', '\r\n')],
    ['its end', own => own.slice(0, -20)],
    ['what comes after its end', own => `${own}\n`],
    ['a key that is there twice', own => own.replace('"made":', '"made":{},\n"made":')],
    ['its checksum', own => own.replace(/sha256:[0-9a-f]{4}/, 'sha256:0000')],
  ])('refused as tampered with: %s', async (_, change) => {
    own.write('p.json', change(text))
    expect(await refused('p.json')).toEqual(TAMPERED)
  })

  test('and the body of another plan', async () => {
    await own.plan('--out', 'q.json')
    const other = readFileSync(at('q.json'), 'utf8')
    const headOf = (whole: string) => whole.split('\n').slice(0, 2).join('\n')
    expect(other).not.toBe(text)
    own.write('p.json', text.replace(headOf(text), headOf(other)))
    expect(await refused('p.json')).toEqual(TAMPERED)
  })

  test.each<[what: string, make: (path: string) => void, expected: readonly [number, string]]>([
    [
      'another version',
      path => writeFileSync(path, text.replace('{"drover_plan":1', '{"drover_plan":9')),
      [3, 'the plan file has format version 9, and this drover knows only 1 [plan_file]'],
    ],
    ['nothing', path => writeFileSync(path, ''), NO_PLAN],
    ['other JSON', path => writeFileSync(path, '{"a":1}'), NO_PLAN],
    ['bytes', path => writeFileSync(path, Buffer.from([0xff, 0xfe, 0, 1])), NO_PLAN],
    ['a folder', path => mkdirSync(path), [3, 'it is not a regular file [plan_file]']],
    ['a pipe', path => void spawnSync('mkfifo', [path]), [3, 'it is not a regular file [plan_file]']],
    [
      'a link to nothing',
      path => symlinkSync('nowhere', path),
      [3, 'there is no such file [file_unreadable]'],
    ],
    [
      'a link in a circle',
      path => symlinkSync(path, path),
      [3, 'it cannot be read (ELOOP) [file_unreadable]'],
    ],
    [
      'far too much',
      path => void spawnSync('truncate', ['-s', '8G', path]),
      [3, 'it is larger than 67 MB, which no plan is [plan_file]'],
    ],
  ])('no plan: %s', async (_, make, expected) => {
    make(at('other.json'))
    expect(await refused('other.json')).toEqual(expected)
  })

  test('a pipe without such a name is no playbook either, and keeps nobody waiting', async () => {
    spawnSync('mkfifo', [at('pipe')])
    const { status, stderr } = await own.run('apply', 'pipe')
    expect(status).toBe(3)
    expect(stderr).toContain('pipe is not a regular file')
  })

  test('may have any name, and be reached by a link', async () => {
    symlinkSync('p.json', at('link'))
    own.write('release.plan', text)
    for (const file of ['link', 'release.plan'])
      expect((await own.run('show', file)).stdout).toMatch(/^\S+: made /)
    expect((await own.run('apply', 'link')).status).toBe(0)
    expect((await own.run('apply', 'release.plan')).status).toBe(4)
  })

  test.each([
    ...[
      ['-i', 'hosts.ini'],
      ['-l', 'h1'],
      ['-e', 'a=1'],
      ['-t', 'x'],
      ['--skip-tags', 'x'],
      ['--step', 'go'],
    ],
    ...[['--rev', 'HEAD'], ['-b'], ['--become-user', 'root'], ['--become-method', 'su'], ['--dry-run']],
    ...[['--require-clean'], ['--allow-outside']],
  ])('it takes no options that say what to do: %s', async (...args) => {
    const options = args as readonly string[]
    const seen = connectionsSeen(server)
    const { status, stderr } = await own.apply(...options)
    expect(status).toBe(3)
    expect(stderr).toMatch(/^drover: --[a-z-]+ is for making a plan, and a saved one is applied as it is\n/)
    expect(connectionsSeen(server)).toBe(seen)
  })

  test('those that say how are taken, and --yes says nothing new', async () => {
    const how = ['-f', '1', '--host-key-policy', 'strict', '-vv', '--color', 'never', '--yes']
    const { status, stdout } = await own.run('apply', 'p.json', '--format', 'lines', ...how)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^✔ 2 steps on 1 host/m)
    const again = await own.run('apply', 'p.json', '--again', '-q')
    expect(again).toMatchObject({ status: 0, stdout: '' })
    const playbook = await own.run('apply', 'play.yml', '--again')
    expect(playbook).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('--again is for saved plans'),
    })
  })

  test('is for its owner only, whatever was there and whatever the umask', async () => {
    expect(statSync(at('p.json')).mode & 0o777).toBe(0o600)
    own.write('p.json', 'old')
    chmodSync(at('p.json'), 0o644)
    const umask = process.umask(0o022)
    await own.plan().finally(() => process.umask(umask))
    expect(statSync(at('p.json')).mode & 0o777).toBe(0o600)
  })

  const SECRETS = { ssh: `S5h-p'a s"s$1`, become: 'B3come&pass/wo+rd', passphrase: 'Pa55 phrase%20' }

  test('has no password in any spelling, nor has what shows it', async () => {
    const values = Object.values(SECRETS)
    const spelled = values.flatMap(value => secretForms(value).exact).join('\n')
    own.write('files/spelled', `${spelled}\nnew\n`)
    writeFileSync(join(server.home, 'conf'), `${spelled}\nold\n`)
    spawnSync('chown', [`${server.user}:`, join(server.home, 'conf')])
    own.write(
      'play.yml',
      `hosts: all
steps:
  - { id: look, run: cat conf, read_only: true, needs: [] }
  - { id: conf, put: { src: files/spelled, dest: conf }, needs: [look] }
  - id: go
    name: 'Go ${SECRETS.become}'
    run: "echo '${SECRETS.become}'"
    env: { A: "${SECRETS.become}" }
`,
    )
    const vars = {
      ansible_password: SECRETS.ssh,
      ansible_become_password: SECRETS.become,
      ansible_ssh_private_key_passphrase: SECRETS.passphrase,
    }
    own.write('group_vars/all.yml', JSON.stringify(vars))
    const made = await own.plan('-v')
    const texts = [made.stdout, made.stderr, readFileSync(at('p.json'), 'utf8')]
    for (const format of ['text', 'json', 'markdown'])
      for (const [verb, file] of [
        ['plan', 'play.yml'],
        ['show', 'p.json'],
      ] as const) {
        const { status, stdout, stderr } = await own.run(verb, file, '-v', '--format', format)
        expect(status).toBe(0)
        texts.push(stdout, stderr)
      }
    for (const form of values.flatMap(value => secretForms(value).exact))
      for (const shown of texts) expect(shown).not.toContain(form)
    expect(made.stdout).toContain('***')
    expect((await own.apply()).status).toBe(0)
    expect(readFileSync(join(server.home, 'conf'), 'utf8')).toBe(`${spelled}\nnew\n`)
  })

  test('an option that holds a password cannot be kept, and is named', async () => {
    own.write(
      'hosts.ini',
      `${readFileSync(at('hosts.ini'), 'utf8')}[all:vars]\nansible_become_password=Tr1cky-one\n`,
    )
    own.write('play.yml', `vars: { a: x }\n${readFileSync(at('play.yml'), 'utf8')}`)
    const made = own.plan('-e', 'a=Tr1cky-one')
    await expect(made).rejects.toThrow('holds that of a host (--var)')
    await expect(made).rejects.not.toThrow('Tr1cky')
  })
})
