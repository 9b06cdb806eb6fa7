import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadInventory } from '../../src/load/inventory.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { ProblemsError } from '../../src/model/problem.ts'

const root = mkdtempSync(join(tmpdir(), 'drover-bad-inventory-'))
afterAll(() => rmSync(root, { recursive: true }))

let folders = 0

/** Each problem as `code line:col message`; the line and column where it has a place. */
async function problemsOf(files: Record<string, string | Buffer>, sources?: readonly string[]) {
  const cwd = join(root, String(folders++))
  mkdirSync(cwd)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), content, { mode: 0o600 })
  }
  try {
    await loadInventory(sources ?? [Object.keys(files)[0] ?? ''], { cwd, user: 'me', home: '/home/me' })
    return []
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    return error.problems.map(
      ({ code, where, message }) => `${code} ${where ? `${where.line}:${where.col} ` : ''}${message}`,
    )
  }
}

const chain = (length: number) =>
  Array.from({ length }, (_, n) => `[g${n}:children]\ng${n + 1}\n`).join('') + `[g${length}]\nh\n`

const BAD: readonly (readonly [text: string, ...problems: string[]])[] = [
  ['', 'inventory_syntax 1:1 hosts.ini names no host'],
  ['# only a comment\n\n', 'inventory_syntax 1:1 hosts.ini names no host'],
  ['[web]\n', 'inventory_syntax 1:1 hosts.ini names no host'],
  ['[web\nh1', 'inventory_syntax 1:1 a section header is never closed'],
  ['h1\n[]\nh2', 'inventory_syntax 2:1 a section has no name'],
  ['h1\n[ web ]', 'inventory_syntax 2:2 a section header holds no white space'],
  ['h1\n[web servers]', 'inventory_syntax 2:2 a section header holds no white space'],
  ['h1\n[web:childs]', 'inventory_syntax 2:6 a section cannot be of kind "childs"'],
  ['h1\n[web:vars:more]', 'inventory_syntax 2:6 a section cannot be of kind "vars:more"'],
  ['h1\n[web] ; c', 'inventory_syntax 2:7 a comment after a section header starts with #, not with ;'],
  ['h1\n[-web]', 'inventory_name 2:2 "-web" cannot name a group'],
  ['h1\n[we$b]', 'inventory_name 2:2 "we$b" cannot name a group'],
  ['h1\n[../etc]', 'inventory_name 2:2 "../etc" cannot name a group'],
  ['-h1', 'inventory_name 1:1 "-h1" cannot name a host'],
  ['.h1', 'inventory_name 1:1 ".h1" cannot name a host'],
  ['h1;reboot', 'inventory_name 1:1 "h1;reboot" cannot name a host'],
  ['$(id)', 'inventory_name 1:1 "$(id)" cannot name a host'],
  ['`id`', 'inventory_name 1:1 "`id`" cannot name a host'],
  ['a/b', 'inventory_name 1:1 "a/b" cannot name a host'],
  ['"my host"', 'inventory_name 1:1 "my host" cannot name a host'],
  ['{{host}}', 'inventory_name 1:1 "{{host}}" cannot name a host'],
  ['<ip>', 'inventory_name 1:1 "<ip>" cannot name a host'],
  ['h1 ""', 'inventory_syntax 1:4 this is not name=value'],
  ['""', 'inventory_syntax 1:1 a host has no name'],
  ['---\nall: {}', 'inventory_syntax 1:1 hosts.ini is not INI'],
  ['h1\n---', 'inventory_syntax 2:1 this is YAML, not INI'],
  ['{"all": {}}', 'inventory_syntax 1:1 hosts.ini is not INI'],
  ['#!/usr/bin/env python3\nprint()', 'inventory_syntax 1:1 hosts.ini is a program, not an inventory'],
  [
    '$ANSIBLE_VAULT;1.1;AES256\n3162',
    'inventory_syntax 1:1 hosts.ini is encrypted with ansible-vault, which drover cannot read',
  ],
  ['h1 h2', 'inventory_syntax 1:4 "h2" is not name=value'],
  ['h1 a = 1', 'inventory_syntax 1:4 "a" is not name=value'],
  ['h1 = 10.0.0.1', 'inventory_syntax 1:4 "h1 =" is not a host with its variables'],
  ['h1 ; comment', 'inventory_syntax 1:4 a comment after a host starts with #, not with ;'],
  ['all:\n  hosts:\n    h1:', 'inventory_syntax 1:1 hosts.ini is not INI'],
  ['# fleet\n\nweb: # of the shop\n  hosts:', 'inventory_syntax 1:1 hosts.ini is not INI'],
  ['[web]\nuser=root\nport=22\nh1', 'inventory_syntax 2:1 "user=" stands where a host is expected'],
  ['h1 a=1 \\\n  b=2 \\\n  c=3\nh2', 'inventory_syntax 1:8 a line cannot be continued with a backslash'],
  ['h1,h2', 'inventory_name 1:1 "h1,h2" cannot name a host'],
  ['h1\u00a0a=1', 'inventory_name 1:1 "h1\u00a0a=1" cannot name a host'],
  ['h1 a="open', 'inventory_syntax 1:6 a quote is never closed'],
  ["  h1 a='x y", 'inventory_syntax 1:8 a quote is never closed'],
  ['h1 a=b\\', 'inventory_syntax 1:7 a line cannot be continued with a backslash'],
  ['h1:70000', 'inventory_value 1:4 70000 is not a port'],
  ['h1:0', 'inventory_value 1:4 0 is not a port'],
  ['h1:ssh', 'inventory_value 1:4 ssh is not a port'],
  ['h1:', 'inventory_value 1:3 a name ends in ":" but no port follows'],
  ['[2001:db8::1]:99999', 'inventory_value 1:15 99999 is not a port'],
  ['h1 ansible_port=70000', 'inventory_value 1:4 ansible_port "70000" is not a port'],
  ['h1 ansible_port=abc', 'inventory_value 1:4 ansible_port "abc" is not a port'],
  ['h1 ansible_port=-1', 'inventory_value 1:4 ansible_port "-1" is not a port'],
  ['h1 ansible_port=22.0', 'inventory_value 1:4 ansible_port "22.0" is not a port'],
  ['h1 port=x', 'inventory_value 1:4 port "x" is not a port'],
  ['h[1:3] ansible_port=x', 'inventory_value 1:8 ansible_port "x" is not a port'],
  ['h1\n[all:vars]\nansible_port = x', 'inventory_value 3:1 ansible_port "x" is not a port'],
  [
    'h1 ansible_host=-oProxyCommand=x',
    'inventory_value 1:4 ansible_host "-oProxyCommand=x" is not a host name or an IP address',
  ],
  [
    'h1 ansible_host=10.0.0.1:22',
    'inventory_value 1:4 ansible_host "10.0.0.1:22" is not a host name or an IP address',
  ],
  ['h1 ansible_host="a b"', 'inventory_value 1:4 ansible_host "a b" is not a host name or an IP address'],
  ['h1 ansible_user="-l root"', 'inventory_value 1:4 ansible_user "-l root" is not a user name'],
  ['h1 ansible_user="a;b"', 'inventory_value 1:4 ansible_user "a;b" is not a user name'],
  ['h1\n[all:vars]\nansible_user=root # x', 'inventory_value 3:1 ansible_user "root # x" is not a user name'],
  ['h[1:', 'inventory_syntax 1:2 a range is never closed'],
  ['h]1', 'inventory_syntax 1:2 "]" closes no range'],
  ['h[5:1]', 'inventory_syntax 1:2 the range starts at 5 and ends before it, at 1'],
  ['h[c:a]', 'inventory_syntax 1:2 the range starts at c and ends before it, at a'],
  ['h[01:100]', 'inventory_syntax 1:2 a zero-padded range has ends of equal length'],
  ['h[1:9:0]', 'inventory_syntax 1:2 the step of a range cannot be 0'],
  ['h[1-9]', 'inventory_syntax 1:2 [1-9] is not a range'],
  ['h[1]', 'inventory_syntax 1:2 [1] is not a range'],
  ['h[a:9]', 'inventory_syntax 1:2 [a:9] goes from a letter to a number'],
  ['h[1:]', 'inventory_syntax 1:2 [1:] is not a range'],
  ['h[aa:cc]', 'inventory_syntax 1:2 [aa:cc] is not a range'],
  [
    'x\nh[1:1000000000]',
    'inventory_limit 2:1 the range stands for 1,000,000,000 hosts, more than drover takes',
  ],
  [
    'h[1:9999][1:9999][1:9999]',
    'inventory_limit 1:1 the range stands for 999,700,029,999 hosts, more than drover takes',
  ],
  ['h[1:99999999999999999999]', 'inventory_syntax 1:2 99999999999999999999 is too large a number'],
  [
    `a[1:150000]\nb[1:150000]`,
    `inventory_limit 2:1 there are more than ${LIMITS.hosts} hosts, or too many hosts in groups`,
  ],
  ['h1\n[web:children]\ndb', 'inventory_name 3:1 there is no group "db"'],
  ['h1\n[web:vars]\na=1', 'inventory_name 2:2 variables for a group "web" that there is not'],
  ['h1\n[web:children]\na b', 'inventory_syntax 3:1 "a b" is not the name of a group'],
  ['h1\n[a]\n[web:children]\na:22', 'inventory_syntax 4:1 "a:22" is not the name of a group'],
  ['h1\n[all:vars]\nnovalue', 'inventory_syntax 3:1 this is not name=value'],
  ['h1\n[all:vars]\n=x', 'inventory_syntax 3:1 this is not name=value'],
  [
    'h1\n[a]\n[a:vars]\nansible_group_priority=high',
    'inventory_value 4:24 a group priority is a whole number',
  ],
  ['h1\n[a:children]\na', 'inventory_cycle 3:1 groups contain each other: a → a'],
  [
    'h1\n[a:children]\nb\n[b:children]\nc\n[c:children]\na',
    'inventory_cycle 7:1 groups contain each other: a → b → c → a',
  ],
  ['h1\n[a]\n[a:children]\nall', 'inventory_cycle 4:1 groups contain each other: all → a → all'],
  [
    chain(LIMITS.groupDepth),
    `inventory_limit the group "g${LIMITS.groupDepth}" is nested more than ${LIMITS.groupDepth} deep`,
  ],
  ['[h1]\nhost = a\nport = 70000', 'inventory_value 3:8 port "70000" is not a port'],
  ['[h1]\nhost =', 'inventory_syntax 2:1 host has no value'],
  ['[h1]\nhost = a b', 'inventory_value 2:8 host "a b" is not a host name or an IP address'],
  ['[h1]\nhost = a\nhost = b', 'inventory_syntax 3:1 host is there twice'],
  [
    '[h1]\nhost = a\nhostname = b',
    'inventory_syntax 3:1 hostname means the same as host, which is set above',
  ],
  ['[h1]\nhost = a\n[h1]\nhost = b', 'inventory_syntax 3:1 [h1] is there twice, first on line 1'],
  ['[h1]\nhost = a\nnonsense', 'inventory_syntax 3:1 this is not key = value'],
  ['[h1]\nhost = a\n[h2]\nhots = b\npassword = p', 'inventory_syntax 3:2 [h2] has a password but no host'],
  ['[h 1]\nhost = a', 'inventory_name 1:2 "h 1" cannot name a host'],
  ['[h1]\nhost = a\n[web]\nh2', 'inventory_name 4:1 there is no host or group "h2"'],
  ['[h1]\nhost = a\n[groups]\nweb = h1, h3', 'inventory_name 4:11 there is no host or group "h3"'],
  ['[h1]\nhost = a\n[groups]\nmy web = h1', 'inventory_name 4:1 "my web" cannot name a group'],
]

describe('a bad inventory', () => {
  test.each(BAD)('%j', async (text, ...problems) => {
    expect(await problemsOf({ 'hosts.ini': text })).toEqual(problems)
  })

  test('a mixture of the two forms names both lines', async () => {
    const found = await problemsOf({ 'hosts.ini': '[h1]\nhost = a\n[web]\nh2 ansible_host=b' })
    expect(found).toEqual([
      'inventory_syntax 4:1 Ansible\'s form (line 4) is mixed with one section a host ("host =" on line 2)',
    ])
  })

  test('everything is told at once, by line', async () => {
    const found = await problemsOf({ 'hosts.ini': '-a\nb:99999\n[x:vars]\n[w] ;\nh ansible_port=0' })
    expect(found.map(text => text.split(' ')[1])).toEqual(['1:1', '2:3', '3:2', '4:5', '5:3'])
  })

  test('of very many problems only the first ones', async () => {
    const found = await problemsOf({ 'hosts.ini': '-bad\n'.repeat(50_000) })
    expect(found).toHaveLength(LIMITS.problems)
  })
})

describe('a bad file', () => {
  test.each([
    [['nothing.ini'], 'file_unreadable nothing.ini does not exist'],
    [['h', 'gone.ini'], 'file_unreadable gone.ini does not exist'],
    [['/dev/zero'], 'file_unreadable /dev/zero is not a regular file'],
    [['latin1'], 'file_encoding 2:3 latin1 is not UTF-8'],
    [['utf16'], 'file_encoding 1:1 utf16 is UTF-16, not UTF-8'],
    [['nul'], 'file_encoding 1:2 nul holds a NUL character'],
    [['inv.yml'], 'inventory_syntax 1:1 inv.yml is not INI'],
    [['empty'], 'inventory_syntax 1:1 empty names no host'],
    [[''], 'usage an inventory has an empty name'],
    [['exec:'], 'usage exec: names no program'],
    [['h,empty'], 'usage "h,empty" is a list of hosts, but h is a file'],
  ])('%j', async (sources, problem) => {
    const files = {
      h: 'h1',
      latin1: Buffer.from('h1\n# \xe9\n', 'latin1'),
      utf16: Buffer.from('\ufeffh1', 'utf16le'),
      nul: 'h\u00001',
      'inv.yml': 'all:\n  hosts:\n    h1:\n',
      'empty/README.md': '',
    }
    expect(await problemsOf(files, sources)).toEqual([problem])
  })
})

describe('a bad file of variables', () => {
  test.each([
    ['- a\n- b', 'inventory_syntax 1:1 a file of variables is a mapping of names to values'],
    ['a: 1\nb: [1, 2', 'yaml_syntax 2:4 this [ is never closed'],
    ['a: {{ x }}', 'inventory_syntax 1:5 a name must be plain text here'],
    ['a: !custom x', 'inventory_syntax 1:12 unknown tag !custom'],
    ['a: *nowhere', 'inventory_syntax 1:4 there is no anchor &nowhere'],
    ['ansible_port: 70000', 'inventory_value 1:15 ansible_port "70000" is not a port'],
    ['ansible_user: [a]', 'inventory_value 1:15 ansible_user is not a user name'],
    [
      '$ANSIBLE_VAULT;1.1;AES256\n6162',
      'file_encoding 1:1 group_vars/all.yml is encrypted with ansible-vault, which drover cannot read',
    ],
    [`a: ${'['.repeat(100)}${']'.repeat(100)}`, 'yaml_limit'],
    [
      `a: &a [1,1,1,1,1,1,1,1,1,1]\n${'bcdefg'.replace(/./g, c => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(10)}]\n`)}`,
      'yaml_limit',
    ],
    ['a: 1\n---\nb: 2', 'yaml_syntax 2:1 a second YAML document starts here'],
    ['a: b: c', 'yaml_syntax 1:4 a plain value goes on with ": "'],
  ])('%j', async (text, problem) => {
    const [found] = await problemsOf({ h: 'h1', 'group_vars/all.yml': text })
    expect(found).toContain(problem)
  })
})
