import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFacts } from '../../src/facts/parse.ts'
import { FACT_FIELDS } from '../../src/model/facts.ts'

const told = (...lines: string[]) => parseFacts(['drover_facts=1', ...lines, 'end=1', ''].join('\n'))

const UNTOLD = {
  os: { id: '', version: '', family: '', name: '' },
  arch: '',
  kernel: '',
  hostname: '',
  fqdn: '',
  ips: [],
  cpus: { kind: 'number', text: '0' },
  memory_mb: { kind: 'number', text: '0' },
  package_manager: '',
  init: '',
  user: '',
  home: '',
  shell: '',
}

test('what a host does not tell is empty', () => {
  expect(told()).toEqual(UNTOLD)
})

test.each([
  ['nothing', ''],
  ['no first and last line', 'os.id=debian'],
  ['no last line', 'drover_facts=1\nos.id=debian'],
  ['the wrong order', 'end=1\ndrover_facts=1'],
  ['a flood', `drover_facts=1\n${'x'.repeat(1e6)}\nend=1\n`],
])('half an answer is none: %s', (_what, text) => {
  expect(parseFacts(text)).toBeUndefined()
})

test.each([
  ['os.id="Debian"', { os: { ...UNTOLD.os, id: 'debian', family: 'debian', name: 'debian' } }],
  ["os.id='pop'", { os: { ...UNTOLD.os, id: 'pop', family: 'debian', name: 'pop' } }],
  ['os.id=unheard', { os: { ...UNTOLD.os, id: 'unheard', family: 'unheard', name: 'unheard' } }],
  ['fqdn=web1.example.org.', { fqdn: 'web1.example.org' }],
  ['fqdn=localhost.localdomain', { fqdn: '' }],
  ['hostname=-rf', {}],
  ['hostname=a b', {}],
  ['kernel=6.1\u001b[31m', {}],
  ['home=relative', {}],
  ['home=/a\u202eb', {}],
  ['home=/caf\ufffd', {}],
  ['home=/home/zo\u00eb', { home: '/home/zo\u00eb' }],
  ['user=DOMAIN\\anna', { user: 'DOMAIN\\anna' }],
  ['user=a:b', {}],
  ['passwd=app:x:1:1::/srv/app:', { home: '/srv/app', shell: '/bin/sh' }],
  ['passwd=app:x:1:1:/srv/app:/bin/sh', {}],
  ['cpus=-1', {}],
  ['cpus=1e3', {}],
  ['cpus=99999999', {}],
  ['cpus=08', { cpus: { kind: 'number', text: '8' } }],
  ['memory_bytes=17179869184', { memory_mb: { kind: 'number', text: '16384' } }],
  ['ip=10.0.0.1/24', { ips: ['10.0.0.1'] }],
  ['ip=300.0.0.1', {}],
  ['ip=::1/128', {}],
  ['ip=169.254.9.9', {}],
  ['ip6hex=20010db8', {}],
  ['init=launchd', {}],
  ['manager=rm', {}],
  ['manager=apt-get', { package_manager: 'apt' }],
  ['nonsense', {}],
  ['=x', {}],
])('%j', (line, expected) => {
  expect(told(line)).toEqual({ ...UNTOLD, ...expected })
})

test('of several package managers, that of the family is meant', () => {
  const tools = ['manager=apt-get', 'manager=yum', 'manager=dnf', 'manager=pkg']
  expect(told('os.id=rocky', 'os.like="rhel centos fedora"', ...tools)).toMatchObject({
    package_manager: 'dnf',
  })
  expect(told('os.id=nobara', 'os.like=fedora', ...tools)).toMatchObject({
    os: { family: 'rhel' },
    package_manager: 'dnf',
  })
  expect(told('os.id=constructor', ...tools)).toMatchObject({ package_manager: 'apt' })
})

test('the first fitting value counts; addresses come once, IPv4 first, and not without end', () => {
  const many = Array.from({ length: 2000 }, (_, index) => `ip=10.0.${index >> 8}.${index & 255}`)
  expect((told('ip=2001:DB8::1/64', ...many, ...many.slice(0, 9)) as { ips: string[] }).ips).toHaveLength(100)
  expect(told('cpus=x', 'cpus=4', 'cpus=5', 'ip=2001:DB8::1/64', 'ip=10.0.0.1', 'ip=10.0.0.1')).toMatchObject(
    {
      cpus: { kind: 'number', text: '4' },
      ips: ['10.0.0.1', '2001:db8::1'],
    },
  )
})

test('whatever a host prints, the fields have their types and hold no control characters', () => {
  const key = fc.constantFrom(
    'os.id',
    'os.name',
    'arch',
    'ip',
    'ip6hex',
    'cpus',
    'memory_kb',
    'passwd',
    'home',
    'user',
  )
  const line = fc.tuple(key, fc.string({ unit: 'binary' })).map(([name, value]) => `${name}=${value}`)
  fc.assert(
    fc.property(fc.array(line), lines => {
      const facts = told(...lines) as Record<string, unknown>
      const { os, ...top } = facts
      for (const [name, type] of Object.entries(FACT_FIELDS)) {
        const [first, second = ''] = name.split('.')
        const value = first === 'os' ? (os as Record<string, unknown>)[second] : top[name]
        if (type === 'string') expect(value).toMatch(/^\P{Cc}*$/u)
        if (type === 'int')
          expect(value).toMatchObject({ kind: 'number', text: expect.stringMatching(/^\d+$/) })
        if (type === 'list<string>') expect(value).toEqual(expect.any(Array))
      }
    }),
  )
})
