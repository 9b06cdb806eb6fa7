import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SshConfig } from '../../../src/load/ssh-config.ts'
import { describeWith } from '../../sshd/requirements.ts'
import { askDrover, askSsh, writeConfig } from './oracle.ts'

/** Each is a configuration, and the names that are looked up in it. `DIR` is the folder of the files. */
const CASES: readonly (readonly [text: string, hosts: string])[] = [
  ['', 'a A a.b'],
  ['Host a\n  HostName a.example\n  Port 2222\n  User bob', 'a b A'],
  ['Host a b\n  User x\nHost b\n  User y\n  Port 3', 'a b'],
  ['User early\nHost *\n  User late', 'a'],
  ['Host web*\n  User w', 'web web1 ewb'],
  ['Host web?\n  User w', 'web web1 web12'],
  ['Host * !web2\n  User w', 'web1 web2'],
  ['Host !web2 *\n  User w', 'web1 web2'],
  ['Host !web2\n  User w', 'web1 web2'],
  ['Host *.a.* b*c*d\n  User w', 'x.a.y bcd bxcyd bdc'],
  ['Host WEB\n  User w', 'web WEB'],
  ['Host "a" \'b\'\n  User w', 'a b'],
  ['Host a # c\n  User w # not me\n  Port 5', 'a c'],
  ['Host=a\n  User=w\n  Port = 5', 'a'],
  ['Host a\r\n  User w\r\n', 'a'],
  ['\tHost a\n\t\tUser\tw\t', 'a'],
  ['host a\nuSeR w\nPORT 4', 'a'],
  ['HostName %h.example.com', 'a b.c'],
  ['Host a\n  HostName b\nHost b\n  User x', 'a b'],
  ['Host a\n  HostName B.Example', 'a'],
  ['IdentityFile /k/1\nHost a\n  IdentityFile /k/2\n  IdentityFile /k/1', 'a b'],
  ['IdentityFile none', 'a'],
  ['IdentityFile "/k/a b"', 'a'],
  ['IdentityFile /k/a\\ b', 'a'],
  ['IdentitiesOnly yes\nHost a\n  IdentitiesOnly no', 'a'],
  ['Host a\n  IdentitiesOnly no\nHost *\n  IdentitiesOnly yes', 'a b'],
  ['IdentityAgent none', 'a'],
  ['IdentityAgent /run/agent', 'a'],
  ['IdentityAgent ~/agent', 'a'],
  ['IdentityAgent SSH_AUTH_SOCK', 'a'],
  ['CertificateFile /c/1\nCertificateFile /c/2', 'a'],
  ['UserKnownHostsFile /a /b', 'a'],
  ['UserKnownHostsFile none\nGlobalKnownHostsFile none', 'a'],
  ['UserKnownHostsFile ~/x/%h-%p-%r-%n\nPort 7\nHostName z\nUser u', 'a'],
  ['GlobalKnownHostsFile /g1 "/g 2"', 'a'],
  ['StrictHostKeyChecking yes', 'a'],
  ['StrictHostKeyChecking no', 'a'],
  ['StrictHostKeyChecking off', 'a'],
  ['StrictHostKeyChecking accept-new', 'a'],
  ['StrictHostKeyChecking ask', 'a'],
  ['HostKeyAlias other', 'a'],
  ['Host a\n  HashKnownHosts no\nHost *\n  HashKnownHosts yes', 'a b'],
  ['ConnectTimeout 10', 'a'],
  ['ConnectTimeout 1m30\nConnectTimeout 5', 'a'],
  ['ConnectTimeout none', 'a'],
  ['Host * !j\n  ProxyJump j', 'j x'],
  ['Host a\n  ProxyJump u@j:2222', 'a b'],
  ['Host a\n  ProxyJump j,u@k,l:3', 'a'],
  ['Host a\n  ProxyJump j\nHost j\n  HostName jump\n  User ju\n  ProxyJump k\nHost k\n  Port 9', 'a j k'],
  ['Host a\n  ProxyJump x,j\nHost j\n  ProxyJump k', 'a j'],
  ['Host a\n  ProxyJump none\nHost *\n  ProxyJump b\nHost b\n  User never', 'a'],
  ['Host b\n  ProxyJump none\nHost *\n  ProxyJump b', 'a b'],
  ['Host a\n  ProxyJump ssh://u@j:5', 'a'],
  ['Host a\n  ProxyJump [::1]:5', 'b'],
  ['Host a\n  ProxyCommand nc x 22\n  ProxyJump j', 'a'],
  ['Host a\n  ProxyJump j\n  ProxyCommand nc x 22', 'a'],
  ['ProxyCommand none\nProxyJump j', 'a'],
  ['Match host a\n  User x\nMatch host b,c\n  User y', 'a b c d'],
  ['Host a\n  HostName b\nMatch host b\n  User x\nMatch host a\n  Port 9', 'a b'],
  ['Host a\n  HostName b\nMatch originalhost a\n  User x', 'a b'],
  ['Match host a user root,bob\n  Port 1\nMatch user !root,*\n  Port 2', 'a b'],
  ['User bob\nMatch user bob\n  Port 1', 'a'],
  ['Match !host a\n  User x', 'a b'],
  ['Match host * !user root\n  Port 8\nMatch all\n  Port 9', 'a'],
  ['Match localuser nobody\n  Port 8\nMatch localuser *\n  Port 9', 'a'],
  ['Match Host A\n  User x', 'a A'],
  ['Match host=a\n  User x', 'a b'],
  ['Match host "a" originalhost a\n  User x', 'a b'],
  ['Match all\n  User x\nHost b\n  Port 2', 'a b'],
  ['Host a\n  HostName final.example\nMatch final host final.example\n  User f', 'a b final.example'],
  ['Match final\n  User f\nHost a\n  User g', 'a b'],
  ['Match final all\n  Port 5\nHost *\n  HostName %h.x', 'a'],
  ['Match !final\n  Port 5\nMatch final\n  Port 6', 'a'],
  ['Match canonical\n  Port 5\nMatch final\n  User f', 'a'],
  ['Match exec "true"\n  User yes\nMatch exec false\n  Port 5', 'a'],
  ['Match exec "test %h = a"\n  User yes', 'a b'],
  ['Match host b exec "test %n = b"\n  User yes', 'a b'],
  ['Match !exec true\n  User yes', 'a'],
  ['Include DIR/one.conf\nHost a\n  User second', 'a b'],
  ['Include DIR/conf.d/*.conf\nUser last', 'a b'],
  ['Include DIR/conf.d/[a-b].conf DIR/missing', 'a b'],
  ['Host a\n  Include DIR/one.conf\nHost b\n  User b', 'a b'],
  ['Host b\n  Include DIR/one.conf\n  Port 44', 'a b'],
  ['Match host a\n  Include DIR/match.conf\n  Port 44', 'a b'],
  ['Include DIR/nested.conf', 'a b'],
  ['IgnoreUnknown Foo*\nFooBar baz\nUser x', 'a'],
  [
    'Compression yes\nForwardAgent yes\nControlMaster auto\nControlPath ~/.ssh/%C\nServerAliveInterval 5\nUser x',
    'a',
  ],
]

const FILES = {
  'one.conf': 'Host a\n  User first\n  Port 11\nHost *\n  Port 12\n',
  'match.conf': 'User matched\nMatch host b\n  Port 13\n',
  'nested.conf': 'Include DIR/one.conf\nHost b\n  User nested\n',
  'conf.d/a.conf': 'Host a\n  User ca\n',
  'conf.d/b.conf': 'Host *\n  User cb\n',
  'conf.d/.hidden.conf': 'User hidden\nPort 99\n',
  'conf.d/z.txt': 'Port 98\n',
}

describeWith(['ssh'], 'the configuration of OpenSSH means what it means to ssh', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-sshconfig-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function write(text: string): string {
    const own = mkdtempSync(join(folder, 'case-'))
    mkdirSync(join(own, 'conf.d'))
    const files = Object.entries({ ...FILES, config: text })
    return writeConfig(
      own,
      Object.fromEntries(files.map(([name, body]) => [name, body.replaceAll('DIR', own)])),
    )
  }

  const lookUp = (file: string, name: string, allowExec = true) =>
    new SshConfig({ file, allowExec, home: folder, user: 'me', cwd: '/', env: {} }).lookUp({ name })
  const problemsOf = (file: string, name: string, allowExec?: boolean) =>
    lookUp(file, name, allowExec).problems

  test.each(CASES)('%j for %s', (text, hosts) => {
    const config = write(text)
    for (const host of hosts.split(' ')) {
      expect({ host, ...askDrover(config, host) }).toEqual({ host, ...askSsh(config, host) })
    }
  })

  test.each([
    ['Host a\n  User x\nMatch user bob\n  Port 5', { user: 'bob' }],
    ['Port 5\nUser x\nMatch host a\n  HostName z', { port: 77, user: 'y' }],
    ['Match user bob\n  ProxyJump j\nUser x', { user: 'bob' }],
  ])('what is given counts before %j', (text, given: { user?: string; port?: number }) => {
    const config = write(text)
    const { user, port } = given
    const args = [...(user ? ['-l', user] : []), ...(port ? ['-p', String(port)] : [])]
    expect(askDrover(config, 'a', given)).toEqual(askSsh(config, 'a', args))
  })

  test.each([
    'Host a\n  Port 0',
    'Port x',
    'User "a',
    'User',
    'Host a\n  User a b',
    'StrictHostKeyChecking maybe',
    'ConnectTimeout soon',
    'IdentitiesOnly perhaps',
    'Match nonsense x\n  User y',
    'Match host\n  User y',
  ])('both refuse %j', text => {
    const config = write(text)
    expect(askSsh(config, 'a')).toBeUndefined()
    expect(askDrover(config, 'a')).toBeUndefined()
  })

  test.each([
    ['HostName %%x%h', /no host name/],
    ['ProxyJump -x', /no host name/],
    ['Host a\n  ProxyJump a', /lead back to a: a → a/],
    ['ProxyJump b', /lead back to b: b → b/],
    ['Host *\n  ProxyJump u@b:5', /lead back to b: b → b/],
    ['Host a\n  HostName b\n  ProxyJump a', /lead back to a: a → a/],
    ['Host a\n  ProxyJump b\nHost b\n  ProxyJump c\nHost c\n  ProxyJump a', /a: a → b → c → a/],
    ['Host *\n  ProxyJump b\n  HostName x', /lead back to b: b → b/],
    ['Host a\n  ProxyJump j1-%n\nHost j*\n  ProxyJump j1-%n', /more than 8 jump hosts|lead back/],
    ['Host a\n  HostName x y', /more than one value/],
    ['KexAlgorithms diffie-hellman-group1-sha1', /none of the algorithms/],
    ['Ciphers aes128-cbc,3des-cbc', /none of the algorithms/],
    ['HostKeyAlgorithms ssh-dss', /none of the algorithms/],
    ['Match version OpenSSH_9*\n  Port 5', /Match version is not supported/],
    ['Match command *\n  Port 5', /Match command is not supported/],
    ['Match localnetwork 10.0.0.0/99\n  Port 5', /no list of networks/],
    ['CanonicalizeHostname yes', /CanonicalizeHostname/],
    ['User "a;b"\nProxyCommand nc %r', /characters that a shell reads/],
    ['User "a`b"\nMatch exec "test %r"\n  Port 5', /characters that a shell reads/],
    ['HostName "a;b"\nMatch exec "test %h"\n  Port 5', /characters that a shell reads/],
    ['ProxyCommand nc x 1\nProxyUseFdpass yes', /ProxyUseFdpass/],
    ['RevokedHostKeys /etc/ssh/revoked', /RevokedHostKeys/],
    ['IdentityFile ~bob/key', /another user/],
    ['IdentityFile ${DROVER_NOT_THERE}/key', /environment has no/],
    ['UserKnownHostsFile /kh/%Z', /token %Z/],
    ['Include config', /too deeply/],
    ['Include config\n'.repeat(9), /too deeply/],
  ])('drover refuses %j', (text, message) => {
    const config = write(text.replace('Include config', 'Include DIR/config'))
    const found = problemsOf(config, 'a')
    expect(found[0]).toMatchObject({
      code: 'ssh_config',
      severity: 'error',
      where: { file: config },
    })
    expect(found[0]?.message).toMatch(message)
  })

  test('a command of Match is not run unless that is allowed', () => {
    const mark = join(folder, 'ran')
    const config = write(`Match host a exec "touch ${mark}"\n  Port 5\nHost *\n  User x`)
    expect(problemsOf(config, 'a', false)[0]?.hint).toContain('--allow-match-exec')
    expect(problemsOf(config, 'b', false)).toEqual([])
    const idle = write(`Match exec "touch ${mark}"\n  Compression yes`)
    expect(problemsOf(idle, 'a', false)).toEqual([])
    expect(existsSync(mark)).toBe(false)
    expect(problemsOf(config, 'a', true)).toEqual([])
    expect(existsSync(mark)).toBe(true)
  })

  test('a file that others can write is refused where ssh refuses it', () => {
    const config = write('Include DIR/one.conf')
    chmodSync(join(dirname(config), 'one.conf'), 0o666)
    expect(askSsh(config, 'a')).toBeUndefined()
    expect(problemsOf(config, 'a')[0]?.message).toContain('changed by somebody else')
  })

  test('without a file, and with none', () => {
    expect(lookUp('none', 'a')).toMatchObject({ address: 'a', port: 22, setup: {}, problems: [] })
    expect(problemsOf(join(folder, 'missing'), 'a')[0]).toMatchObject({ code: 'file_unreadable' })
  })

  test('any configuration', () => {
    const name = fc.constantFrom('a', 'b', 'web1', 'web2', 'db.x', 'db')
    const pattern = fc.oneof(name, fc.constantFrom('*', 'web?', 'web*', 'd*.x', '?'))
    const patterns = fc
      .array(fc.tuple(fc.constantFrom('', '', '', '!'), pattern), { minLength: 1, maxLength: 3 })
      .map(all => all.map(([not, text]) => not + text))
    const setting = fc.oneof(
      name.map(text => `User u-${text}`),
      fc.integer({ min: 1, max: 65_535 }).map(port => `Port ${port}`),
      name.map(text => `HostName ${text}`),
      fc.constant('HostName %h.x'),
      name.map(text => `IdentityFile /k/${text}`),
      name.map(text => `HostKeyAlias ${text}`),
      fc.constantFrom('IdentitiesOnly yes', 'IdentitiesOnly no', 'ConnectTimeout 5', 'IdentityAgent none'),
      fc.constantFrom('ProxyJump j1', 'ProxyJump u@j1:5,j2', 'ProxyJump none', 'ProxyCommand nc %h 1'),
      fc.constantFrom('UserKnownHostsFile /kh/%h', 'StrictHostKeyChecking yes', 'StrictHostKeyChecking no'),
    )
    const criterion = fc.oneof(
      fc
        .tuple(fc.constantFrom('host', '!host', 'originalhost', 'user'), patterns)
        .map(([key, all]) => `${key} ${all.join(',')}`),
      fc.constantFrom('final', '!final'),
    )
    const head = fc.oneof(
      patterns.map(all => `Host ${all.join(' ')}`),
      fc.array(criterion, { minLength: 1, maxLength: 2 }).map(all => `Match ${all.join(' ')}`),
      fc.constantFrom('Match all', 'Include DIR/one.conf'),
    )
    const block = fc
      .tuple(head, fc.array(setting, { maxLength: 3 }))
      .map(([first, lines]) => [first, ...lines.map(line => `  ${line}`)].join('\n'))
    const config = fc.array(fc.oneof(block, setting), { maxLength: 6 }).map(all => all.join('\n'))
    fc.assert(
      fc.property(config, name, (text, host) => {
        const file = write(text)
        expect(askDrover(file, host)).toEqual(askSsh(file, host))
      }),
      { seed: 6, numRuns: 80 },
    )
  })
})
