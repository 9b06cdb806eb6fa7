import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SshConfig } from '../../../src/load/ssh-config.ts'
import { describeWith } from '../../sshd/requirements.ts'
import { askDrover, askSsh, writeConfig } from './oracle.ts'

/** What ssh takes as it stands, though it may not look like it. `DIR` is the folder of the file. */
const TAKEN = [
  ...['"Port" 5', 'Po"rt" 5', 'Port=5', ' = Port 5', 'Port\t=\t5', '\rPort 5', 'Port 5\r\r', 'Port 5\f'],
  ...[
    'Port 5\0 junk',
    '# \xe9\nPort 5',
    '"Port 5',
    'Port " 22"',
    'Port +5',
    'Port 022',
    'Port ssh',
    'Port https',
  ],
  ...[
    'User me@root@10.0.0.5',
    'User joe%corp#x',
    "User 'e f'",
    'User -a',
    'User a;b',
    'User ${USER}',
    'User ü',
  ],
  ...["User 'carol'", 'User c\\\\d', 'Host # c\n  User x', 'Include # c', 'SendEnv # c'],
  ...[
    'Match !all\n  User x',
    'Match host a all\n  User x',
    'Match final all\n  User x',
    'Match host= a\n  User x',
  ],
  ...[
    "Match host 'a'\n  User x",
    'Match user "a b"\n  User x',
    'Match host a # c\n  User x',
    'Match all # c\n  User x',
  ],
  ...[
    'HostName A.B',
    'HostName ::1',
    'ConnectTimeout 0',
    'ConnectTimeout 50m30',
    'ConnectTimeout 5S',
    'ConnectTimeout none\nConnectTimeout 7',
  ],
  ...['ProxyCommand = nc %h', 'ProxyCommand nc %h # c', 'ProxyCommand NONE', 'ProxyCommand "nc" ${HOME} %%'],
  ...['ProxyJump none\nProxyCommand x', 'ProxyCommand none\nProxyJump x', 'ProxyCommand x\nProxyJump y'],
  ...['ProxyJump none\nProxyJump j', 'ProxyJump NONE\nProxyCommand none'],
  ...[
    'ProxyJump j:ssh',
    'ProxyJump j:',
    'ProxyJump j:+5',
    'ProxyJump [j]:5',
    'ProxyJump [::1]',
    'ProxyJump [::1]:',
  ],
  ...[
    'ProxyJump u3@[::1]:2203',
    'ProxyJump u@d@j',
    'ProxyJump ssh://j/',
    'ProxyJump ssh://j:',
    'ProxyJump ssh://j:5/',
  ],
  ...['ProxyJump ssh://u%40d@j', 'ProxyJump ssh://u;x=y@j', 'ProxyJump ssh://j.', 'ProxyJump ssh://j_k'],
  ...[
    'ProxyJump j # c',
    'ProxyJump j#c',
    'ProxyJump j k',
    'ProxyJump j,k l,m',
    'ProxyJump j\tk',
    'ProxyJump = j',
  ],
  ...[
    'Include DIR/folder',
    'Include DIR/dangling',
    'Include DIR/none',
    'Include DIR/none/*',
    ...[
      'one',
      '[o]ne',
      '[n-p]ne',
      '[z-a]ne',
      '[p-n]ne',
      '[!x]ne',
      '[^o]ne',
      '[]o]ne',
      '[!]x]ne',
      '[o',
      '[x-]ne',
    ].map(name => `Include DIR/${name}.conf`),
    ...[
      '[]ne',
      '[!]ne',
      '[!o-]ne',
      'on[e-]',
      '*[n]e',
      '*n*e*',
      '?ne',
      'o*n*n*e',
      '[[o]ne',
      '[\\\\o]ne',
      '\\\\one',
    ].map(name => `Include DIR/${name}.conf`),
    'Include ~nobody-here/x',
  ],
  ...['IgnoreUnknown Bo*\nBogus y', 'IgnoreUnknown x,BOGUS\nBogus "y z"', 'IgnoreUnknown *\nBogus y\nUser x'],
  ...['Protocol 2,1', 'RSAAuthentication yes', 'Cipher blowfish', 'CompressionLevel 9', 'UseRoaming no'],
  ...['Ciphers aes128-ctr,', 'Ciphers -aes*', 'HostKeyAlgorithms ssh-*', 'PubkeyAcceptedKeyTypes rsa*'],
  ...[
    'IdentityFile none\nIdentityFile /k',
    'IdentityFile /k\nIdentityFile none',
    'CertificateFile none\nCertificateFile /c',
  ],
  ...['Host a\n  HostName b.x\nMatch final\n  Port 5\nHost b.x\n  User fin\nHost a\n  User orig'],
  ...['Host b\n  Include DIR/final.conf\nHost a\n  HostName x.y\nHost x.y\n  User fin'],
  ...['Host a\n  Match all\n  User x', 'Host z\n  Include DIR/one.conf\nPort 7'],
]

/** What ssh refuses, wherever it stands. */
const REFUSED = [
  ...[
    'Bogus x',
    'Host z\n  Bogus x',
    'UseKeychain yes',
    '\ufeffPort 5',
    '\ufeff# c\nPort 5',
    'IgnoreUnknown Bogus\nBogus',
  ],
  ...['Host z\n  IgnoreUnknown Bo*\nHost *\n  Bogus x', 'IgnoreUnknown Bogus\nBogus "x', 'Port', 'Port\f5'],
  ...[
    '"Port"=5',
    'Port==5',
    'Port = = 5',
    'Port 5 6',
    'Port 22 "#"',
    'Port 5 \r # x',
    'Host z\n  Port x',
    'Port 0x16',
  ],
  ...['Host', 'Host ""', "Host a ''", 'Match', 'Match # c', 'Match host', 'Match host # c', 'Match host ""'],
  ...['Match all all', 'Match host a user x all', 'Match final all x', 'Match host a=b', 'Match nonsense x'],
  ...[
    'Match host "a',
    'Include ""',
    'Include "x',
    'HostName a b',
    "HostName a'b",
    'HostName %x',
    'HostName %',
  ],
  ...[
    'ProxyJump',
    'ProxyJump #c',
    'ProxyJump a,,b',
    'ProxyJump ,',
    'ProxyJump j,',
    'ProxyJump a, b',
    'ProxyJump u@',
  ],
  ...[
    'ProxyJump @j',
    'ProxyJump u@j,k:0',
    'ProxyJump j:x',
    'ProxyJump j:65536',
    'ProxyJump j:-1',
    'ProxyJump j:5x',
  ],
  ...[
    'ProxyJump ::1',
    'ProxyJump u@::1',
    'ProxyJump [::1',
    'ProxyJump [::1]x',
    'ProxyJump j/5',
    'ProxyJump j:5:6',
  ],
  ...['ProxyJump ssh://', 'ProxyJump ssh://u3@[::1]:2203', 'ProxyJump ssh://j/x', 'ProxyJump ssh://@j'],
  ...[
    'ProxyJump ssh://u@v@j',
    'ProxyJump ssh://u%4@j',
    'ProxyJump ssh://a..b',
    'ProxyJump SSH://j',
    'ProxyJump "j',
  ],
  ...[
    'Host z\n  ProxyJump j:0',
    'Host a\n  HostName b\n  ProxyJump b',
    'Host a\n  Port 5\n  ProxyJump x,a:5',
  ],
  ...[
    'ProxyCommand nc "x',
    'LocalCommand "x',
    'ConnectTimeout soon',
    'ConnectTimeout NONE',
    'ConnectTimeout 99999999999',
  ],
  ...[
    'UserKnownHostsFile none /a',
    'UserKnownHostsFile /a none',
    'UserKnownHostsFile ""',
    'IdentityAgent $no-pe',
  ],
  ...['IdentityAgent $', 'StrictHostKeyChecking never', 'AddressFamily ipv4', 'NumberOfPasswordPrompts -1'],
  ...['ConnectionAttempts 0', 'CanonicalizeHostname none', 'Compression maybe', 'SetEnv A', 'SendEnv A=b'],
  ...['Ciphers arcfour', 'Ciphers +', 'Ciphers aes*', 'MACs hmac-ripemd160', 'Include DIR/bogus.conf'],
  ...['Host z\n  Include DIR/bogus.conf'],
]

describeWith(['ssh'], 'what is an odd line to people', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-lines-'))
    mkdirSync(join(folder, 'folder'))
    symlinkSync(join(folder, 'nothing'), join(folder, 'dangling'))
    writeConfig(folder, {
      'one.conf': 'User one\n',
      'final.conf': 'Match final\n  Port 77\n',
      'bogus.conf': 'Bogus x\n',
    })
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function write(text: string): string {
    const config = join(mkdtempSync(join(folder, 'case-')), 'config')
    // One letter may be one byte that is not UTF-8.
    const bytes = text.replaceAll('DIR', folder)
    writeFileSync(config, bytes.includes('\xe9') ? Buffer.from(bytes, 'latin1') : bytes)
    return config
  }

  test.each(TAKEN)('ssh takes %j, and so does drover', text => {
    // A jump host goes straight, or it would lead back to itself.
    const straight = 'Host j* k m ::1\n  ProxyJump none\nHost *\n'
    const config = write(/ProxyJump/.test(text) ? straight + text : text)
    const asked = askSsh(config, 'a')
    expect(asked).toBeDefined()
    expect(askDrover(config, 'a')).toEqual(asked)
  })

  test('a file with a byte order mark, or in UTF-16, is told as such, and no line takes long to read', () => {
    const problemOf = (bytes: string | Buffer) => {
      const file = join(mkdtempSync(join(folder, 'case-')), 'config')
      writeFileSync(file, bytes)
      const options = { file, home: folder, user: 'me', cwd: '/', env: {} }
      return new SshConfig(options).lookUp({ name: 'a' }).problems[0]?.message
    }
    expect(problemOf('\ufeffHost a\n  Port 5')).toContain('byte order mark')
    expect(problemOf(Buffer.from('\ufeffHost a\n  Port 5', 'utf16le'))).toContain('UTF-16')
    const long = 'x'.repeat(200_000)
    const since = performance.now()
    expect(problemOf(`ConnectTimeout ${'1'.repeat(200)}x`)).toContain('no value')
    expect(problemOf(`Host ${'*?'.repeat(2000)}y\n  Port 5`)).toBeUndefined()
    for (const line of [
      `User "${long}`,
      `ProxyJump ${'a,'.repeat(50_000)}`,
      `Match host ${long}`,
      `Host ${long}`,
      long,
    ])
      problemOf(line)
    expect(performance.now() - since).toBeLessThan(5000)
  })

  test.each(REFUSED)('ssh refuses %j, and so does drover', text => {
    const config = write(text)
    expect(askSsh(config, 'a')).toBeUndefined()
    expect(askDrover(config, 'a')).toBeUndefined()
  })
})
