/** Configurations as people have them: a name, the file (`DIR` is its folder), and the names that are looked up. */
export const DOTFILES: readonly (readonly [name: string, text: string, hosts: string])[] = [
  [
    'a bastion for a domain',
    `# Work
Host bastion
    HostName bastion.corp.example.com
    User jdoe
    Port 2222
    IdentityFile ~/.ssh/work_ed25519

Host *.internal.corp.example.com !bastion*
    ProxyJump bastion
    User deploy
    StrictHostKeyChecking accept-new
    UserKnownHostsFile ~/.ssh/known_hosts_work

Host *
    ServerAliveInterval 60
    ServerAliveCountMax 3
    AddKeysToAgent yes
    HashKnownHosts yes
    IdentitiesOnly yes
`,
    'bastion web.internal.corp.example.com github.com',
  ],
  [
    'everything through one jump host, which goes straight',
    `Host jump
  HostName 203.0.113.9
  ProxyJump none
Host *
  ProxyJump jump
  User admin
`,
    'jump a b.example',
  ],
  [
    'everything but the jump host',
    `Host * !jump !localhost
  ProxyJump jump
Host jump
  HostName jump.example.org
  User ops
Host 10.20.*
  User root
`,
    'jump localhost 10.20.3.4 x',
  ],
  [
    'several accounts at GitHub',
    `Host github.com
  HostName github.com
  User git
  IdentityFile ~/.ssh/id_github_personal
  IdentitiesOnly yes

Host github-work
  HostName ssh.github.com
  Port 443
  User git
  IdentityFile "~/.ssh/id github work"
  IdentitiesOnly yes
  PreferredAuthentications publickey
Host gitlab.com bitbucket.org
  User git
  PubkeyAcceptedKeyTypes +ssh-rsa
`,
    'github.com github-work gitlab.com bitbucket.org',
  ],
  [
    'a chain of three',
    `Host edge
  HostName edge.example.net
  User u1
Host middle
  HostName 10.0.0.2
  User u2
  ProxyJump edge
Host inner
  HostName 192.168.7.7
  ProxyJump middle
Host direct
  HostName 192.168.7.8
  ProxyJump u9@edge:2200,middle
`,
    'edge middle inner direct',
  ],
  [
    'netcat, the way before ProxyJump',
    `Host old-*
    ProxyCommand ssh -q gateway nc -w 120 %h %p
Host old2-?
    ProxyCommand ssh -W %h:%p -q gateway
Host gateway
    HostName gw.example.com
`,
    'old-1 old2-x gateway',
  ],
  [
    'a corporate proxy',
    `Host github.com
    Hostname ssh.github.com
    Port 443
    User git
    ProxyCommand /usr/bin/ncat --proxy proxy.corp:3128 --proxy-type http %h %p
Host *.lab
    ProxyCommand connect -H "proxy.corp:8080" %h %p
Host socks-*
    ProxyCommand nc -X 5 -x 127.0.0.1:1080 %h %p
Host *
    ConnectTimeout 15
    TCPKeepAlive yes
`,
    'github.com a.lab socks-1 x',
  ],
  [
    'instances by their ids',
    `# SSH over Session Manager
host i-* mi-*
    ProxyCommand sh -c "aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters 'portNumber=%p'"
    User ec2-user
    IdentityFile ~/.ssh/aws.pem
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
`,
    'i-0abc123 mi-1 j-1',
  ],
  [
    'virtual machines on this one',
    `Host default
  HostName 127.0.0.1
  User vagrant
  Port 2222
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  PasswordAuthentication no
  IdentityFile "/home/x y/.vagrant/machines/default/virtualbox/private_key"
  IdentitiesOnly yes
  LogLevel FATAL
  PubkeyAcceptedKeyTypes +ssh-rsa
  HostKeyAlgorithms +ssh-rsa
`,
    'default other',
  ],
  [
    'Match by user and by name',
    `Match host *.prod.example.com user root
    IdentityFile ~/.ssh/prod_root
Match originalhost db?,cache* !localuser nobody
    Port 2022
    User dba
Match user git
    IdentitiesOnly yes
    IdentityAgent none
Match all
    User fallback
`,
    'a.prod.example.com db1 cache7 web',
  ],
  [
    'a command that tells whether one is at home',
    `Match host nas exec "test 1 = 2"
  HostName nas.lan
Match host nas !exec "false"
  ProxyJump home.example.org
Host nas
  HostName 192.168.1.5
Match exec "test %h = printer"
  User lp
`,
    'nas printer x',
  ],
  [
    'pieces in a folder',
    `Include DIR/conf.d/*
Include DIR/conf.d/none/*.conf

Host late
  User never
  Port 99
`,
    'late piece other',
  ],
  [
    'an Include in a block, which holds for the block only',
    `Host piece
  Include DIR/conf.d/20-piece
Host *
  User everybody
`,
    'piece late other',
  ],
  [
    'line ends of Windows, tabs and no newline at the end',
    '\tHost win\r\n\t\tHostName win.example.com\r\n\t\tUser Administrator\r\n\r\nHost *\r\n\tPort 2200\r\n\tIdentityFile ~/.ssh/id_win # mine',
    'win x',
  ],
  [
    'keywords and values with =',
    `Host=eq
HostName=eq.example.com
Port = 2201
User= "quoted user"
IdentityFile="/k/with space"
UserKnownHostsFile="/kh/a b" /kh/c
`.replace('quoted user', 'quoted'),
    'eq',
  ],
  [
    'old switches and routers',
    `Host sw-*
    User cisco
    KexAlgorithms +diffie-hellman-group1-sha1,diffie-hellman-group14-sha1
    Ciphers +aes128-cbc,3des-cbc
    HostKeyAlgorithms +ssh-rsa,ssh-dss
    PreferredAuthentications keyboard-interactive,password
    PubkeyAuthentication no
    NumberOfPasswordPrompts 1
Host only-new
    Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com
    KexAlgorithms curve25519-sha256,curve25519-sha256@libssh.org
    MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com
    HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com,ssh-ed25519,rsa-sha2-512
`,
    'sw-1 only-new x',
  ],
  [
    'the name that the second pass knows',
    `Host short
  HostName short.example.com
Host *.example.com
  User domain
  IdentityFile ~/.ssh/domain
Match final
  Port 2202
`,
    'short a.example.com b',
  ],
  [
    'tokens and names of hosts',
    `Host *.cluster
  HostName %h.example.com
  IdentityFile ~/.ssh/%r@%h
  IdentityFile /keys/%n
  CertificateFile /keys/%n-cert.pub
  UserKnownHostsFile ~/.ssh/known/%h-%p
  ProxyCommand nc -v %h %p %r %n %%
`,
    'n1.cluster n2',
  ],
  [
    'multiplexing, forwarding, and what else has nothing to do with the way',
    `Host tunnel
  HostName 10.9.8.7
  LocalForward 5432 db.internal:5432
  RemoteForward 9000 localhost:9000
  DynamicForward 1080
  ForwardAgent yes
  ForwardX11 no
  RequestTTY force
  RemoteCommand tmux new -A -s main
  ControlMaster auto
  ControlPath ~/.ssh/sockets/%r@%h-%p
  ControlPersist 10m
  SendEnv LANG LC_*
  SetEnv TERM=xterm-256color
  PermitLocalCommand yes
  LocalCommand echo "%n" >> ~/.ssh/log
  VisualHostKey yes
  UpdateHostKeys no
  Compression yes
  LogLevel ERROR
  BatchMode yes
`,
    'tunnel',
  ],
  [
    'what another ssh knows, where it may be passed over',
    `IgnoreUnknown UseKeychain,AddKeysToAgentX
Host *
  UseKeychain yes
  AddKeysToAgentX yes
  User mac
`,
    'x',
  ],
  ['what another ssh knows, where it may not', 'Host x\n  Keychains yes\nHost y\n  User fine\n', 'x y'],
  [
    'IPv6, and from one address only',
    `Host six
  HostName 2001:db8::5
  AddressFamily inet6
  BindAddress 2001:db8::1
Host through-six
  ProxyJump admin@[2001:db8::9]:2222
Host four
  AddressFamily inet
  BindInterface eth0
`,
    'six through-six four',
  ],
]

/** What the files above include. */
export const PIECES: Readonly<Record<string, string>> = {
  'conf.d/10-late': 'Host late\n  User early\n',
  'conf.d/20-piece': 'Port 2020\nHost piece late\n  HostName piece.example.com\n',
}
