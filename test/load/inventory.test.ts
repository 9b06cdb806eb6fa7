import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type InventoryOptions, loadInventory } from '../../src/load/inventory.ts'
import type { Host } from '../../src/model/host.ts'
import { ProblemsError } from '../../src/model/problem.ts'
import { Secret } from '../../src/model/secret.ts'
import { inventoryJson } from '../../src/render/inventory/json.ts'
import { secretsOfHosts } from '../../src/secrets/known-secrets.ts'

const root = mkdtempSync(join(tmpdir(), 'drover-inventory-'))
afterAll(() => rmSync(root, { recursive: true }))

let folders = 0

/** Writes files into a folder of their own and loads what `sources` name there. */
async function load(
  files: Record<string, string>,
  sources?: readonly string[],
  more?: Partial<InventoryOptions>,
) {
  const cwd = join(root, String(folders++))
  for (const [name, text] of Object.entries(files)) {
    const path = join(cwd, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { mode: 0o600 })
    if (text.startsWith('#!')) chmodSync(path, 0o700)
  }
  return loadInventory(sources ?? [Object.keys(files)[0] ?? ''], {
    cwd,
    user: 'me',
    home: '/home/me',
    ...more,
  })
}

async function hostOf(text: string, name: string): Promise<Host> {
  const host = (await load({ 'hosts.ini': text })).hosts.get(name)
  if (host === undefined) throw new Error(`no host ${name}`)
  return host
}

async function problemsOf(loading: Promise<unknown>) {
  const error = await loading.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ProblemsError)) throw error ?? new Error('it was accepted')
  return error.problems
}

const revealed = (secret: unknown) => (secret instanceof Secret ? secret.reveal() : secret)

describe('how a host is reached', () => {
  test.each([
    ['h1', { address: 'h1', port: 22, user: 'me', keys: [], transport: 'ssh' }],
    ['h1:2222', { port: 2222 }],
    [
      'h1 ansible_host=10.0.0.1 ansible_port=2201 ansible_user=root',
      { address: '10.0.0.1', port: 2201, user: 'root' },
    ],
    ['h1 ansible_ssh_host=a ansible_ssh_port=1 ansible_ssh_user=u', { address: 'a', port: 1, user: 'u' }],
    ['h1 ansible_host=a ansible_ssh_host=b', { address: 'b' }],
    [
      'h1 host=10.0.0.1 port=2201 user=root key=/k',
      { address: '10.0.0.1', port: 2201, user: 'root', keys: ['/k'] },
    ],
    ['h1:2222 user=root', { port: 2222, user: 'root' }],
    ['h1 ansible_host=10.0.0.1 port=6379 user=redis', { address: '10.0.0.1', port: 22, user: 'me' }],
    ['h1 ansible_host=[2001:db8::1]', { address: '2001:db8::1' }],
    ['[2001:db8::1]:22', { address: '2001:db8::1', port: 22 }, '2001:db8::1'],
    ['root@h1', { address: 'h1', user: 'root' }, 'root@h1'],
    ['h1 ansible_host=ubuntu@10.0.0.1', { address: '10.0.0.1', user: 'ubuntu' }],
    ['h1 ansible_host= ansible_user="" ansible_port=', { address: 'h1', port: 22, user: 'me' }],
    ['h1 ansible_connection=local', { transport: 'local' }],
    ['h1 ansible_connection=ansible.builtin.ssh', { transport: 'ssh' }],
    ['h1 ansible_ssh_private_key_file=~/.ssh/k.pem', { keys: ['/home/me/.ssh/k.pem'] }],
    ['h1 ansible_user="CORP\\\\jane"', { user: 'CORP\\jane' }],
    ['h1\n[all:vars]\nuser=deploy\nport=2200', { user: 'deploy', port: 2200 }],
    ['h1 ansible_user=x\n[all:vars]\nport=8080', { user: 'x', port: 22 }],
    ['h1\n[all:vars]\nansible_user=root # the boss', undefined],
  ])('%s', async (text, connection, name = 'h1') => {
    if (connection === undefined) expect(await problemsOf(load({ h: text }))).toHaveLength(1)
    else expect((await hostOf(text, name)).connection).toMatchObject(connection)
  })

  test('a relative key is looked for beside the inventory, then in the working folder', async () => {
    const files = { 'inv/hosts.ini': 'h1 key=keys/a\nh2 key=keys/b', 'inv/keys/a': '', 'keys/b': '' }
    const { hosts } = await load(files)
    expect(hosts.get('h1')?.connection.keys[0]).toMatch(/\/inv\/keys\/a$/)
    expect(hosts.get('h2')?.connection.keys[0]).toMatch(/\d\/keys\/b$/)
  })

  test('what only Ansible can evaluate is listed, but cannot be a target', async () => {
    const host = await hostOf('h1 ansible_user="{{ who }}"', 'h1')
    expect(host.unusable).toMatchObject({ code: 'inventory_value', where: { line: 1, col: 4 } })
    expect((await hostOf('h1 ansible_connection=winrm', 'h1')).unusable?.message).toContain('winrm')
  })
})

describe('passwords', () => {
  const NAMES = [
    'ansible_password',
    'ansible_ssh_pass',
    'ansible_become_pass',
    'password',
    'passphrase',
    'db_password',
  ]

  test.each(NAMES)('%s is a secret', async name => {
    const host = await hostOf(`h1 ${name}="hunter2 x"`, 'h1')
    expect(JSON.stringify(host)).not.toContain('hunter2')
    expect(revealed(host.vars[name])).toBe('hunter2 x')
  })

  test('the one of the connection is at hand', async () => {
    expect(revealed((await hostOf('h1 ansible_ssh_pass="a;b#c"', 'h1')).connection.password)).toBe('a;b#c')
    expect(revealed((await hostOf("h1\n[all:vars]\nansible_password='a b'", 'h1')).connection.password)).toBe(
      'a b',
    )
  })

  test('numbers are secrets, too, and so is what lies in lists and maps', async () => {
    const cwd = join(root, 'nested')
    mkdirSync(join(cwd, 'group_vars'), { recursive: true })
    writeFileSync(join(cwd, 'hosts.ini'), 'h1')
    const vars =
      'pin_password: 0123456\ncompass: north-1\nusers: [{ name: bob-1, pwd: bobs-pw }]\nold_passwd: [first-pw, 20261]\n'
    writeFileSync(join(cwd, 'group_vars/all.yml'), vars, { mode: 0o644 })
    const inventory = await loadInventory(['hosts.ini'], { cwd })
    const host = inventory.hosts.get('h1') as Host
    expect(revealed(host.vars.pin_password)).toBe('0123456')
    expect(secretsOfHosts([host]).map(revealed)).toEqual(['0123456', 'bobs-pw', 'first-pw', '20261'])
    expect(inventory.warnings).toMatchObject([{ hint: 'chmod 600 group_vars/all.yml' }])
    expect(inventoryJson(inventory, [host])).not.toMatch(/0123456|bobs-pw|first-pw|20261/)
    writeFileSync(join(cwd, 'group_vars/all.yml'), 'users: [{ name: bob, pwd: bobs-pw }]\n')
    expect((await loadInventory(['hosts.ini'], { cwd })).warnings).toHaveLength(1)
  })

  test('a file that others can read is a warning, where it holds one', async () => {
    const cwd = join(root, 'readable')
    mkdirSync(cwd)
    writeFileSync(join(cwd, 'open.ini'), 'h1 ansible_password=x', { mode: 0o644 })
    writeFileSync(join(cwd, 'none.ini'), 'h2 a=x', { mode: 0o644 })
    const { warnings } = await loadInventory(['open.ini', 'none.ini'], { cwd })
    expect(warnings).toMatchObject([{ severity: 'warning', hint: 'chmod 600 open.ini' }])
  })

  test.each([
    'h1 ansible_port=x ansible_password=hunter2',
    'h1 ansible_password=hunter2 hunter2',
    '[web:children]\nansible_password=hunter2',
    'ansible_password=hunter2',
    'h1\n[all:vars]\nansible_port=x\npassword hunter2',
    'h1 ansible_password="hunter2',
    '[h1]\nhost = a\nport = x\npassword = hunter2\npassword = hunter2',
    '[h1]\nhost = a\n[h2]\nhots = b\npassword = hunter2',
    '[h1]\nport = 22\npassword = hunter2',
  ])('no problem shows one: %s', async text => {
    const problems = await problemsOf(load({ 'hosts.ini': text }))
    expect(JSON.stringify(problems)).not.toMatch(/hunter2/)
  })
})

describe('one section a host', () => {
  const FOLDER = resolve(import.meta.dirname, '../inventories/configparser')

  test('user, password and port of each host, raw to the end of the line', async () => {
    const { hosts, groups } = await loadInventory(['hosts-and-groups.ini'], {
      cwd: FOLDER,
      user: 'me',
      home: '/home/me',
    })
    expect([...hosts.keys()]).toEqual(['h1', 'h2', 'h3'])
    const h1 = hosts.get('h1')?.connection
    expect(h1).toMatchObject({ address: '10.0.0.1', port: 22, user: 'root' })
    expect(revealed(h1?.password)).toBe('p;w#d "x" %s')
    const h3 = hosts.get('h3')
    expect(h3?.connection).toMatchObject({
      address: 'h3.example.com',
      user: 'deploy',
      keys: ['/home/me/.ssh/id_h3'],
    })
    expect(h3?.vars.role).toBe('standby')
    expect(h3?.groups).toEqual(['all', 'db_servers', 'everything'])
    expect(groups.get('web_clusters')?.hosts).toEqual(['h1', 'h2'])
    expect(groups.get('everything')?.children).toEqual(['web_clusters', 'db_servers'])
    expect(groups.has('groups')).toBe(false)
  })

  test('groups one a line, continued lists, defaults', async () => {
    const { hosts, groups } = await loadInventory(['lists.ini'], { cwd: FOLDER, user: 'me' })
    expect(groups.get('web_clusters')?.hosts).toEqual(['h1', 'h2', 'h3'])
    expect(groups.get('db_servers')?.hosts).toEqual(['h3'])
    expect(groups.get('one')?.hosts).toEqual(['h1', 'h2'])
    expect(groups.get('many')?.hosts).toEqual(['h3'])
    expect(groups.get('empty')?.hosts).toEqual([])
    expect(hosts.get('h1')?.connection).toMatchObject({ address: '192.0.2.1', port: 22, user: 'shared' })
    expect(hosts.get('h3')?.connection).toMatchObject({ address: '2001:db8::3', port: 2200 })
  })

  test('a mixture names both lines', async () => {
    const text = '[h1]\nhost = 10.0.0.1\n[web]\nh1\n[web:vars]\nx=1\n'
    expect(await problemsOf(load({ 'hosts.ini': text }))).toMatchObject([
      { code: 'inventory_syntax', where: { line: 5, col: 1 }, message: expect.stringContaining('line 2') },
    ])
  })
})

describe('several sources', () => {
  test('later ones add and override; groups may be declared in any of them', async () => {
    const files = {
      'a.ini': '[prod:children]\nweb\n[other]\nx',
      'b.ini': '[web]\nw1 a=1\nx b=2',
      'c.ini': 'w1 a=3',
    }
    const { hosts } = await load(files, ['a.ini', 'b.ini', 'c.ini'])
    expect(hosts.get('w1')).toMatchObject({ groups: ['all', 'prod', 'web'], vars: { a: '3' } })
  })

  test('a folder: .ini too, but no backups, no vars files, nothing hidden; programs are never run', async () => {
    const files = {
      'inv/hosts.ini': 'h1',
      'inv/more': 'h2',
      'inv/sub/third': 'h3',
      'inv/x.bak': 'bad',
      'inv/hosts.ini.rpmsave': 'bad',
      'inv/.git': 'bad',
      'inv/group_vars/all.yml': 'a: 1',
      'inv/run.sh': '#!/bin/sh\ntouch ran\n',
      'inv/cloud.yml': 'plugin: aws_ec2',
    }
    const { hosts, warnings } = await load(files, ['inv'])
    expect([...hosts.keys()]).toEqual(['h1', 'h2', 'h3'])
    expect(warnings.map(warning => warning.where?.file)).toEqual(['inv/cloud.yml', 'inv/run.sh'])
  })

  test('a list of hosts', async () => {
    const { hosts } = await load({ f: '' }, ['web1,web2:2222, 2001:db8::1'])
    expect(Array.from(hosts.values(), host => [host.name, host.connection.port])).toEqual([
      ['web1', 22],
      ['web2', 2222],
      ['2001:db8::1', 22],
    ])
    expect((await load({ f: '' }, ['solo,'])).hosts.size).toBe(1)
  })

  test('vars files beside the playbook count too, after those of the inventory', async () => {
    const files = {
      'inv/hosts.ini': '[web]\nw1 line=ini all=ini',
      'inv/group_vars/web.yml': 'line: inv\nboth: inv\nweb: inv',
      'play/group_vars/all.yml': 'all: play\nboth: play-all\nweb: play-all',
      'play/group_vars/web.yml': 'web: play',
      'play/host_vars/w1.yml': 'line: play-host',
    }
    const { hosts } = await load(files, undefined, { playbookFolder: 'play' })
    expect(hosts.get('w1')?.vars).toMatchObject({ line: 'play-host', all: 'ini', both: 'inv', web: 'play' })
  })

  test('a BOM and CRLF are accepted', async () => {
    const { hosts } = await load({ 'hosts.ini': '\ufeff[web]\r\nw1 a=1\r\n[web:vars]\r\nb = 2\r\n' })
    expect(hosts.get('w1')?.vars).toMatchObject({ a: '1', b: '2' })
  })

  test('what ansible-vault encrypted inside a file is left out with a warning', async () => {
    const { hosts, warnings } = await load({
      h: 'h1',
      'group_vars/all.yml': 'a: !vault |\n  $ANSIBLE_VAULT;1\nb: 1',
    })
    expect(Object.keys(hosts.get('h1')?.vars ?? {})).toEqual(['b'])
    expect(warnings).toMatchObject([{ where: { file: 'group_vars/all.yml', line: 1 } }])
  })
})

describe('exec:', () => {
  const script = (json: string) => `#!/bin/sh\ncat <<'END'\n${json}\nEND\n`
  const GROUPS = '{"web": {"hosts": ["w1"], "vars": {"n": 1.10}, "children": ["sub"]}, "sub": ["s1"]'

  test('groups, children, variables and _meta', async () => {
    const json = `${GROUPS}, "_meta": {"hostvars": {"w1": {"ansible_host": "10.0.0.1", "__proto__": {"x": 1}}}}}`
    const { hosts } = await load({ 'inv.sh': script(json) }, ['exec:./inv.sh'])
    expect(hosts.get('w1')?.connection.address).toBe('10.0.0.1')
    expect(hosts.get('w1')?.vars.n).toEqual({ kind: 'number', text: '1.10' })
    expect(hosts.get('s1')?.groups).toEqual(['all', 'sub', 'web'])
    expect(Object.keys(hosts.get('w1')?.vars ?? {})).toContain('__proto__')
  })

  test('without _meta it is asked for each host', async () => {
    const text = `#!/bin/sh\ncase "$1" in --list) echo '${GROUPS}}';; --host) echo "{\\"me\\": \\"$2\\"}";; esac`
    const { hosts } = await load({ 'inv.sh': text }, ['exec:inv.sh'])
    expect(hosts.get('s1')?.vars.me).toBe('s1')
  })

  test.each([
    ['#!/bin/sh\necho broken >&2; exit 3', 'ended with exit code 3', 'it said: broken'],
    [script('not json'), 'printed something that is not JSON', undefined],
    [script('[1, 2]'), 'printed JSON that is not an object', undefined],
    ['#!/bin/sh\nkill -9 $$', 'was ended by SIGKILL', undefined],
    ["#!/bin/sh\nprintf '\\377'", 'printed something that is not UTF-8', undefined],
    [script('{"a b": []}'), '"a b" cannot name a group', expect.any(String)],
    [script('{"web": {"hosts": "x"}}'), 'the hosts of "web" are not a list', undefined],
    [`#!/bin/sh\necho '${'['.repeat(5000)}'`, 'not JSON', undefined],
  ])('%s', async (text, message, hint) => {
    const [problem] = await problemsOf(load({ 'inv.sh': text }, ['exec:./inv.sh']))
    expect(problem?.message).toContain(message)
    expect(problem?.hint).toEqual(hint)
  })

  test('it is ended with all that it started when drover is interrupted', async () => {
    const interrupt = new AbortController()
    const text = '#!/bin/sh\nsleep 600 & sleep 600'
    const loading = load({ 'inv.sh': text }, ['exec:./inv.sh'], { signal: interrupt.signal })
    setTimeout(() => interrupt.abort(), 50)
    expect(await problemsOf(loading)).toMatchObject([{ message: expect.stringContaining('was ended') }])
  })

  test('no program, no right to run it', async () => {
    expect(await problemsOf(load({ f: '' }, ['exec:./nothing']))).toMatchObject([
      { code: 'inventory_script' },
    ])
    expect(await problemsOf(load({ f: 'h1' }, ['exec:./f']))).toMatchObject([
      { hint: expect.stringContaining('chmod') },
    ])
  })
})
