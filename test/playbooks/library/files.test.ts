import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { HOSTILE, refusal, settle } from '../settle.ts'

describeWith(['root', 'sshd'], 'folders, links, lines and templates of the library', () => {
  let server: TestServer
  let at: (name: string) => string
  beforeAll(async () => {
    server = await startSshd({ account: {} })
    at = name => join(server.home, name)
  })
  afterAll(async () => {
    expect(readdirSync(server.home).filter(name => name === 'pwned' || name.startsWith('.drover'))).toEqual(
      [],
    )
    await server.stop()
  })

  const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8)

  test('directory: is made with its mode and those above it, changes its mode, and goes', async () => {
    for (const path of [`deep/${HOSTILE}`, at('absolute')]) {
      const full = path.startsWith('/') ? path : at(path)
      expect(await settle(server, 'directory', { path, mode: '2750' })).toEqual(['present'])
      expect(mode(full)).toBe('2750')
      expect(await settle(server, 'directory', { path, mode: '755' })).toEqual(['present'])
      expect(mode(full)).toBe('755')
      expect(await settle(server, 'directory', { path })).toEqual([])
      writeFileSync(join(full, 'file'), '')
      expect(await settle(server, 'directory', { path, state: 'absent' })).toEqual(['absent'])
      expect(existsSync(full)).toBe(false)
    }
    expect(await settle(server, 'directory', { path: '~/of home' })).toEqual(['present'])
    expect(mode(at('of home'))).toBe('755')
  })

  test('directory: owner and group are looked at; who may not change them is told so', async () => {
    expect(
      await settle(server, 'directory', { path: 'mine', owner: server.user, group: server.user }),
    ).toEqual(['present'])
    expect(await refusal(server, 'directory', { path: 'mine', owner: 'root' })).toMatch(
      /chown.*not permitted/i,
    )
    expect(await refusal(server, 'directory', { path: 'mine', owner: 'nobody-has-this' })).toMatch(
      /nobody-has-this/,
    )
    expect(await refusal(server, 'directory', { path: '/', state: 'absent' })).toMatch(/path/)
    expect(await refusal(server, 'directory', { path: '//.', state: 'absent' })).toMatch(/root folder/)
    expect(await refusal(server, 'directory', { path: 'x', mode: '9' })).toMatch(/mode/)
  })

  test('symlink: is made, switched from folder to folder in one move, and goes; nothing else is replaced', async () => {
    mkdirSync(at('one'))
    mkdirSync(at('two'))
    for (const path of ['current', HOSTILE]) {
      for (const target of ['one', `${HOSTILE}\n`]) {
        expect(await settle(server, 'symlink', { path, target })).toEqual(['present'])
        expect(readlinkSync(at(path))).toBe(target)
      }
      expect(await settle(server, 'symlink', { path, state: 'absent' })).toEqual(['absent'])
      expect(existsSync(at(path))).toBe(false)
    }
    expect([readdirSync(at('one')), readdirSync(at('two'))]).toEqual([[], []])
    expect(await refusal(server, 'symlink', { path: 'one', target: 'two' })).toMatch(/no symbolic link/)
    expect(await refusal(server, 'symlink', { path: 'one', state: 'absent' })).toMatch(/no symbolic link/)
    expect(await refusal(server, 'symlink', { path: 'new' })).toMatch(/needs a target/)
  })

  test('line_in_file: replaces, appends and removes; everything else of the file stays', async () => {
    const path = HOSTILE
    writeFileSync(at(path), 'port = 1\nname=x\nport = 2\nlast')
    execFileSync('chown', ['--', server.user, at(path)])
    chmodSync(at(path), 0o600)
    const use = (params: object) => settle(server, 'line_in_file', { path, ...params })
    const content = () => readFileSync(at(path), 'utf8')
    expect(await use({ line: 'port = 3', match: '^port *=' })).toEqual(['present'])
    expect(content()).toBe('port = 1\nname=x\nport = 3\nlast')
    expect(await use({ line: `-e${HOSTILE}` })).toEqual(['present'])
    expect(content()).toBe(`port = 1\nname=x\nport = 3\nlast\n-e${HOSTILE}\n`)
    expect(await use({ line: 'new', match: '^nothing has this' })).toEqual(['present'])
    expect(await use({ line: 'port = 1' })).toEqual([])
    expect(await use({ match: '^(port|last)', state: 'absent' })).toEqual(['absent'])
    expect(await use({ line: `-e${HOSTILE}`, state: 'absent' })).toEqual(['absent'])
    expect(content()).toBe('name=x\nnew\n')
    expect(mode(at(path))).toBe('600')
  })

  test('line_in_file: makes a file only where it may, follows a link to it, and refuses what makes no sense', async () => {
    const use = (params: object) => settle(server, 'line_in_file', { path: 'lines', ...params })
    const refused = (params: object) => refusal(server, 'line_in_file', { path: 'lines', ...params })
    expect(await refused({ line: 'a' })).toMatch(/is no file.*create: true/)
    expect(await use({ line: 'a', state: 'absent' })).toEqual([])
    expect(await use({ line: 'a', create: true })).toEqual(['present'])
    symlinkSync('lines', at('link'))
    expect(await use({ path: 'link', line: 'b' })).toEqual(['present'])
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true)
    expect(readFileSync(at('lines'), 'utf8')).toBe('a\nb\n')
    expect(await refused({})).toMatch(/give the "line"/)
    expect(await refused({ line: 'two\nlines' })).toMatch(/line/)
    expect(await refused({ line: 'c', match: '(' })).toMatch(/grep/)
  })

  test('template: renders its values for the host, and again only when they change', async () => {
    const files = {
      'conf.tmpl':
        'port ${{ params.values.port }} on ${{ host.name }}\n${{ for s in params.values.servers }}\n- ${{ s }}\n${{ end }}\n',
    }
    const use = (values: object, more: object = {}) =>
      settle(server, 'template', { src: 'conf.tmpl', dest: 'made.conf', values, ...more }, { files })
    expect(await use({ port: 80, servers: ['a', HOSTILE] })).toEqual(['file'])
    expect(readFileSync(at('made.conf'), 'utf8')).toBe(`port 80 on h1\n- a\n- ${HOSTILE}\n`)
    expect(mode(at('made.conf'))).toBe('644')
    expect(await use({ port: 81, servers: [] }, { mode: '0600', owner: server.user })).toEqual(['file'])
    expect(readFileSync(at('made.conf'), 'utf8')).toBe('port 81 on h1\n')
    expect(mode(at('made.conf'))).toBe('600')
  })
})
