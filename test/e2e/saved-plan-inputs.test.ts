import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, outcomesOf } from './drover.ts'
import { connectionsSeen, type Project, project } from './planning.ts'

const PLAY = `hosts: all
vars: { release: "1" }
steps:
  - { id: written, put: { content: "\${{ vars.release }} \${{ file('files/read') }}\\n", dest: written } }
  - { id: filled, put: { template: files/template, dest: filled } }
  - { id: sent, put: { src: files/sent, dest: sent } }
  - { id: tree, put: { src: files/tree, dest: . } }
  - { id: many, put: { src: files/*.txt, dest: many/, parents: true } }
  - { id: used, use: used.yml, with: { text: x } }
  - { id: opaque, run: touch opaque }
  - { id: late, put: { src: files/late, dest: late } }
`

describeWith(['root', 'sshd'], 'what a saved plan rests on', () => {
  let server: TestServer
  let own: Project
  beforeAll(async () => {
    server = await startSshd({ account: {} })
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    for (const name of readdirSync(server.home)) rmSync(join(server.home, name), { recursive: true })
    own = project({ h1: server }, PLAY, { FLAVOUR: 'vanilla' })
    own.write('files/read', 'read')
    own.write('files/template', 'template ${{ env.FLAVOUR }}\n')
    own.write('files/sent', 'sent')
    own.write('files/late', 'late')
    own.write('files/tree/a', 'a')
    own.write('files/tree/sub/b', 'b')
    symlinkSync('a', join(own.folder, 'files/tree/link'))
    own.write('files/one.txt', '1')
    own.write(
      'used.yml',
      'params: { text: { type: string } }\nsteps:\n  - { id: own, put: { content: "${{ params.text }}", dest: used } }\n',
    )
    own.write('more.yml', 'release: "2"\n')
  })

  /** Nothing was touched, not even asked. */
  async function refusal(apply: () => ReturnType<Project['apply']>): Promise<string> {
    const seen = connectionsSeen(server)
    const refused = await apply()
    expect(refused).toMatchObject({ status: 4, stdout: '' })
    expect(refused.stderr).toMatch(/hint: .*make the plan again/)
    expect(connectionsSeen(server)).toBe(seen)
    return refused.stderr
  }

  const at = (file: string) => join(own.folder, file)
  const append = (file: string) => writeFileSync(at(file), '\n# more\n', { flag: 'a' })

  test.each<[what: string, change: () => void, message: string]>([
    ['the playbook', () => append('play.yml'), 'play.yml has changed'],
    ['a file that it uses', () => append('used.yml'), 'used.yml has changed'],
    ['a template', () => append('files/template'), 'files/template has changed'],
    ['a file that an expression reads', () => append('files/read'), 'files/read has changed'],
    ['a file that is put', () => append('files/sent'), 'files/sent has changed'],
    ['one that is put where all is unknown', () => append('files/late'), 'files/late has changed'],
    ['one that is gone', () => rmSync(at('files/sent')), 'files/sent is gone'],
    ['a file of a folder', () => append('files/tree/sub/b'), 'files/tree/sub/b has changed'],
    ['a new one there', () => append('files/tree/sub/new'), 'files/tree/sub/new is new'],
    ['one that is gone there', () => rmSync(at('files/tree/a')), 'files/tree/a is gone'],
    ['a new folder there', () => mkdirSync(at('files/tree/empty')), 'files/tree/empty is new'],
    ['where a link there leads', () => relink('files/tree/link', 'sub'), 'files/tree/link has changed'],
    [
      'a link in place of a file',
      () => relink('files/tree/a', 'sub/b'),
      'files/tree/a was a file, and is a link now',
    ],
    ['a file that a pattern matches', () => append('files/one.txt'), 'files/one.txt has changed'],
    ['one that it matches now', () => append('files/two.txt'), 'files/two.txt is new'],
    ['the inventory', () => append('hosts.ini'), 'hosts.ini has changed'],
    [
      'variables that came',
      () => own.write('group_vars/all.yml', 'release: "3"\n'),
      'group_vars/all.yml is new',
    ],
    ['variables of a host', () => own.write('host_vars/h1.yml', 'release: "3"\n'), 'host_vars/h1.yml is new'],
    ['a file of -e', () => append('more.yml'), 'more.yml has changed'],
  ])('%s', async (_, change, message) => {
    await own.plan('-e', '@more.yml')
    change()
    expect(await refusal(() => own.apply())).toContain(message)
  })

  function relink(file: string, target: string): void {
    unlinkSync(at(file))
    symlinkSync(target, at(file))
  }

  test('all of it at once, with a line for each', async () => {
    await own.plan()
    append('play.yml')
    append('files/sent')
    const told = await refusal(() => own.apply())
    expect(told.match(/^error: .*/gm)).toEqual([
      'error: files/sent has changed since the plan was made [plan_input]',
      'error: play.yml has changed since the plan was made [plan_input]',
    ])
  })

  test('the environment, where an expression uses it', async () => {
    await own.plan()
    const known = ['--known-hosts', at('known_hosts')]
    const apply = (env: Record<string, string>) =>
      drover(['apply', 'p.json', ...known], { cwd: own.folder, env })
    expect(await refusal(() => apply({ FLAVOUR: 'chocolate' }))).toContain('than was planned: filled [drift]')
    expect(await apply({})).toMatchObject({ status: 3, stdout: '' })
    expect((await apply({ FLAVOUR: 'vanilla', OTHER: 'x' })).status).toBe(0)
  })

  test('what an inventory program prints', async () => {
    const host = { ansible_host: server.host, ansible_port: server.port, ansible_user: server.user }
    const print = (name: string, more: object) => {
      const vars = { ...host, ansible_ssh_private_key_file: server.privateKey, ...more }
      own.write('printed', JSON.stringify({ all: { hosts: [name] }, _meta: { hostvars: { [name]: vars } } }))
    }
    own.write('hosts.sh', '#!/bin/sh\ncat printed\n')
    execFileSync('chmod', ['+x', at('hosts.sh')])
    print('h1', {})
    await own.plan('-i', 'exec:./hosts.sh')
    print('h2', {})
    expect(await refusal(() => own.apply())).toMatch(/hosts of the plan are gone: h1[\s\S]*does not have: h2/)
    print('h1', { ansible_host: 'localhost' })
    expect(await refusal(() => own.apply())).toContain(
      'another address, or as another user, than was planned: h1',
    )
    print('h1', { release: '9' })
    expect(await refusal(() => own.apply())).toContain('than was planned: written [drift]')
    print('h1', {})
    expect((await own.apply()).status).toBe(0)
  })

  test('the folder: the same project elsewhere is as good, another folder is none', async () => {
    await own.plan()
    const other = join(own.folder, 'elsewhere')
    mkdirSync(other)
    const applyIn = (cwd: string) =>
      drover(['apply', '../p.json', '--known-hosts', at('known_hosts')], { cwd })
    expect(await refusal(() => applyIn(other))).toContain('play.yml is gone')
    for (const name of ['play.yml', 'used.yml', 'files', 'hosts.ini', 'p.json'])
      cpSync(at(name), join(other, name), { recursive: true, verbatimSymlinks: true })
    const env = { FLAVOUR: 'vanilla' }
    const args = ['apply', 'p.json', '--format', 'json', '--known-hosts', at('known_hosts')]
    const done = await drover(args, { cwd: other, env })
    expect(done.status).toBe(0)
    expect(outcomesOf(done)['h1 tree']).toBe('changed')
  })

  test('with --rev it is what git has of a revision, whatever the working tree says', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: own.folder,
        encoding: 'utf8',
      }).trim()
    git('init', '-q')
    git('add', 'play.yml', 'used.yml', 'files', 'hosts.ini')
    git('commit', '-qm', 'one')
    git('tag', 'v1')
    append('files/sent')
    await own.plan('--rev', 'v1')
    const saved = JSON.parse(readFileSync(at('p.json'), 'utf8'))
    expect(saved.options.rev).toBe(git('rev-parse', 'v1'))
    expect(saved.made.git).toMatchObject({ commit: git('rev-parse', 'v1') })
    // The name means another commit now, and the tree is yet another.
    git('commit', '-qam', 'two')
    git('tag', '-f', 'v1')
    append('play.yml')
    rmSync(at('files/tree'), { recursive: true })
    const shown = await own.run('show', 'p.json')
    expect(shown.stdout).toContain(`with files as they were at ${saved.options.rev}`)
    const done = await own.apply()
    expect(done.stderr).toBe('')
    expect(done.status).toBe(0)
    expect(readFileSync(join(server.home, 'sent'), 'utf8')).toBe('sent')
  })

  test('the commit, the branch and what was not committed are in the plan', async () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: own.folder,
        encoding: 'utf8',
      }).trim()
    git('init', '-q', '-b', 'main')
    git('add', 'play.yml', 'used.yml', 'files')
    git('commit', '-qm', 'one')
    append('files/sent')
    await own.plan()
    const { made } = JSON.parse(readFileSync(at('p.json'), 'utf8'))
    expect(made.git).toMatchObject({ commit: git('rev-parse', 'HEAD'), branch: 'main' })
    expect(made.git.dirty).toContain('files/sent')
    expect((await own.run('show', 'p.json')).stdout).toMatch(
      /^of commit [0-9a-f]{12} on main, with \d+ files not committed$/m,
    )
  })
})
