import * as fc from 'fast-check'

/** Names that are looked up, and that stand in configurations. */
export const names = fc.constantFrom('a', 'b', 'web1', 'web2', 'db.x', 'db')

const pick = fc.constantFrom

const pattern = fc.oneof(names, pick('*', 'web?', 'web*', 'd*.x', '?', '*.x', 'WEB1', 'a,b', '"web1"'))

const patterns = fc
  .array(fc.tuple(pick('', '', '', '!'), pattern), { minLength: 1, maxLength: 3 })
  .map(all => all.map(([not, text]) => not + text))

/** `%` may stand before `%`, `h` or nothing at all. */
const hostNames = fc.oneof(names, pick('%h.x', 'B.Example', '10.0.0.1', '::1', '%h'))

const jump = fc
  .tuple(
    pick('', '', '', '', 'u@', 'u@v@', 'ssh://', 'ssh://u@'),
    pick('j1', 'j1', 'j2', 'j3', 'j-4.x', '[j1]'),
    pick('', '', '', '', '', ':5', ':', ':ssh'),
  )
  .map(parts => parts.join(''))
const jumps = fc
  .tuple(fc.array(jump, { minLength: 1, maxLength: 3 }), pick('', '', '', '', ' # c', ' x', '#c'))
  .map(([all, end]) => all.join(',') + end)

const file = pick('/k/1', '/k/2', '"/k/a b"', '/k/a\\ b', '~/k', 'none', '/k/%h-%r-%p', '/k/%%', '"/k/c"')
const flag = pick('yes', 'no', 'YES', 'true', 'false', '"no"')
const list = (own: string, ...others: readonly string[]) =>
  pick(own, `-${own}`, `^${own}`, `+${own}`, ...others)

const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  HostName: hostNames,
  Port: pick('1', '22', '2222', '65535', 'ssh', '"22"', '022', '+7'),
  User: pick('bob', 'u-1', '"carol"', 'dave # no', 'CORP\\\\joe'),
  IdentityFile: file,
  CertificateFile: file,
  IdentitiesOnly: flag,
  IdentityAgent: pick('none', 'SSH_AUTH_SOCK', '/run/agent', '~/agent', '/run/%r'),
  ProxyJump: fc.oneof(
    { weight: 2, arbitrary: pick('none', 'NONE', 'j1', 'j2,j3') },
    { weight: 3, arbitrary: jumps },
  ),
  ProxyCommand: pick('none', 'nc %h %p', 'nc -x "p q" %h', '"nc" 1 # c', "ssh -W '[%h]:%p' j1"),
  UserKnownHostsFile: pick('/kh/1', '/kh/1 "/kh/2"', 'none', '/kh/%h', '~/kh'),
  GlobalKnownHostsFile: pick('/kh/1', '/kh/1 /kh/2', 'none', '/dev/null'),
  HostKeyAlias: pick('other', 'Other.X'),
  StrictHostKeyChecking: pick('yes', 'no', 'ask', 'off', 'accept-new', 'true', 'FALSE'),
  ConnectTimeout: pick('5', '1m30', 'none', '0', '1h', '10s'),
  ConnectionAttempts: pick('1', '3', '+2'),
  AddressFamily: pick('any', 'inet', 'INET6'),
  BindAddress: pick('127.0.0.2', '::1'),
  BindInterface: pick('lo', 'eth0'),
  PubkeyAuthentication: fc.oneof(flag, pick('unbound', 'host-bound')),
  PasswordAuthentication: flag,
  KbdInteractiveAuthentication: flag,
  ChallengeResponseAuthentication: flag,
  PreferredAuthentications: pick(
    'publickey',
    'password,publickey',
    'gssapi-with-mic,publickey',
    'x',
    'hostbased',
  ),
  NumberOfPasswordPrompts: pick('0', '1', '3'),
  BatchMode: flag,
  HashKnownHosts: flag,
  Ciphers: list('aes256-gcm@openssh.com,aes256-ctr', '-aes1*', 'aes128-ctr,'),
  MACs: list('hmac-sha2-512-etm@openssh.com,umac-64@openssh.com', '-hmac-sha2-*-etm@openssh.com'),
  KexAlgorithms: list('curve25519-sha256,ecdh-sha2-nistp256', '-diffie*', '+diffie-hellman-group1-sha1'),
  HostKeyAlgorithms: list('ssh-ed25519,rsa-sha2-512', 'ecdsa*,ssh-ed25519', '+ssh-rsa'),
  PubkeyAcceptedKeyTypes: list('ssh-ed25519', '+ssh-rsa', 'rsa-sha2-*', '^rsa*'),
  PubkeyAcceptedAlgorithms: list('ssh-ed25519', '+ssh-rsa'),
  Compression: pick('yes', 'no'),
  ForwardAgent: pick('yes', 'no'),
  ServerAliveInterval: pick('5', '1m'),
  ControlPath: pick('~/.ssh/%C', '"a b"'),
  SendEnv: pick('LANG LC_*'),
  SetEnv: pick('A=b', '"A=b c" D=e'),
  LogLevel: pick('QUIET', 'error'),
  Protocol: pick('2', '1,2', 'whatever it says'),
  LocalCommand: pick('echo "x"', 'echo %n'),
}

const spelling = fc.constantFrom<(word: string) => string>(
  word => word,
  word => word,
  word => word.toLowerCase(),
  word => word.toUpperCase(),
  word => `"${word}"`,
)
const separator = fc.constantFrom(' ', ' ', ' ', '\t', '  ', '=', ' = ', ' =\t')
const ending = fc.constantFrom('', '', '', '', ' ', '\t', '\r', ' # why', '\f')

/** What ssh refuses. */
const wrong = pick(
  ...[
    'Port 0',
    'Port 65536',
    'Port x',
    'Port 5 6',
    'Port',
    'User',
    'User ""',
    'HostName %z',
    'User "a',
    'Bogus x',
  ],
  ...['ProxyJump u@', 'ProxyJump a,,b', 'ProxyJump ::1', 'ProxyJump j:0', 'ProxyJump ssh://u3@[::1]:2203'],
  ...['ProxyJump j1,', 'ProxyJump j/7', 'ProxyJump j1:99999', 'ProxyJump @j1', 'ProxyCommand nc "%h'],
  ...[
    'IdentityAgent $no-pe',
    'UserKnownHostsFile none /kh',
    'UserKnownHostsFile /kh ""',
    'ConnectTimeout soon',
  ],
  ...['StrictHostKeyChecking never', 'IdentitiesOnly maybe', 'ConnectTimeout None', 'ConnectionAttempts x'],
  ...[
    'AddressFamily ipv4',
    'NumberOfPasswordPrompts -1',
    'Ciphers arcfour,aes128-ctr',
    'Ciphers aes*',
    'Ciphers +',
  ],
  ...['MACs hmac-ripemd160', 'Compression maybe', 'ServerAliveInterval x', 'ControlPath a b', 'SendEnv A=b'],
  ...[
    'SetEnv A',
    'LogLevel loud',
    'LocalCommand echo "x',
    'UseKeychain yes',
    'Match nonsense x',
    'Match host',
  ],
  ...[
    'Match host=a',
    'Match host a user b all',
    'Host ""',
    'Include ""',
    'Host',
    'Port = = 5',
    '\ufeffPort 5',
  ],
)

const right = fc
  .tuple(pick(...Object.keys(VALUES)), spelling, separator, ending)
  .chain(([name, spelled, between, end]) =>
    // Behind a quoted keyword, `=` is part of the value; and `none # why` is a host to some versions of ssh.
    (VALUES[name] ?? pick('x')).map(
      value =>
        `${between.includes('=') ? name : spelled(name)}${between}${value}${/^none$/i.test(value) ? '' : end}`,
    ),
  )

const settings = fc.oneof({ weight: 60, arbitrary: right }, { weight: 1, arbitrary: wrong })

const criterion = fc.oneof(
  fc
    .tuple(pick('host', '!host', 'originalhost', 'Host', 'user', '!user'), patterns)
    .map(([key, all]) => `${key} ${all.join(',')}`),
  pick('final', '!final', 'canonical', 'localuser root', 'localuser *', 'exec true', 'exec "test %n = a"'),
  pick('user "b b"', 'user bob,!root', 'localuser "*" '),
)

const heads = fc.oneof(
  { weight: 4, arbitrary: patterns.map(all => `Host ${all.join(' ')}`) },
  {
    weight: 3,
    arbitrary: fc.array(criterion, { minLength: 1, maxLength: 2 }).map(all => `Match ${all.join(' ')}`),
  },
  {
    weight: 2,
    arbitrary: pick(
      'Match all',
      'Include DIR/one.conf',
      'Include DIR/conf.d/*.conf DIR/none',
      'Match final all',
    ),
  },
  {
    weight: 1,
    arbitrary: pick('# c', '', '   ', 'IgnoreUnknown Bo*,UseKeychain', 'Include DIR/nested.conf'),
  },
)

const lines = (setting: fc.Arbitrary<string>) =>
  fc.array(
    fc.oneof(
      setting,
      fc
        .tuple(heads, fc.array(setting, { maxLength: 3 }))
        .map(([head, below]) => [head, ...below.map(line => `  ${line}`)].join('\n')),
    ),
    { maxLength: 6 },
  )

/** Jump hosts that have one themselves lead back, mostly. */
const STRAIGHT = 'Host j*\n  ProxyJump none\nHost *\n'

/** Whole files, with `DIR` for the folder of what they include. */
export const configs = fc
  .tuple(pick(STRAIGHT, STRAIGHT, ''), lines(settings), pick('\n', '\n', '\r\n'), pick('', '\n'))
  .map(([before, all, end, last]) => (before + all.join('\n')).replaceAll('\n', end) + last)
