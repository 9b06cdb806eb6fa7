import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { networkInterfaces, userInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { parseFacts } from '../../src/facts/parse.ts'
import { FACTS_SCRIPT } from '../../src/facts/script.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { describeWith } from '../sshd/requirements.ts'
import { SHELLS, type Shell } from '../steps/shells.ts'
import { runOnSmallHost, type SmallHost } from './small-host.ts'

function factsHere({ command: [program = '', ...args], path }: Shell): unknown {
  const env = { ...process.env, ...(path === undefined ? {} : { PATH: path }) }
  const ran = spawnSync(program, [...args, '-c', `set -e; ${FACTS_SCRIPT}`], { encoding: 'utf8', env })
  expect(ran).toMatchObject({ status: 0, stderr: '' })
  return parseFacts(ran.stdout)
}

const said = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' }).trim()
const written = (value: number) => ({ kind: 'number', text: String(value) })

describe.each(SHELLS)('facts under %s', (_name, shell) => {
  test('they are what the tools of this machine say', () => {
    const memoryKb = Number(/^MemTotal:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1])
    const [, , , , , home, login] = said('getent', 'passwd', userInfo().username).split(':')
    expect(factsHere(shell)).toMatchObject({
      arch: said('uname', '-m'),
      kernel: said('uname', '-r'),
      hostname: said('uname', '-n'),
      fqdn: said('sh', '-c', 'hostname -f || uname -n'),
      cpus: written(Number(said('nproc'))),
      memory_mb: written(Math.floor(memoryKb / 1024)),
      user: said('id', '-un'),
      home,
      shell: login,
    })
  })

  test('the addresses are those of the interfaces but the loopback', () => {
    const all = Object.values(networkInterfaces()).flatMap(addresses => addresses ?? [])
    const public_ = all.filter(
      ({ internal, address }) => !internal && !/^(fe[89ab]|169\.254\.)/.test(address),
    )
    const { ips } = factsHere(shell) as { ips: string[] }
    expect(ips.toSorted()).toEqual([...new Set(public_.map(({ address }) => address))].toSorted())
    expect(ips).toEqual(ips.toSorted((a, b) => Number(a.includes(':')) - Number(b.includes(':'))))
  })

  test('the operating system is what os-release says', () => {
    const script = '. /etc/os-release; printf "%s|%s|%s" "$ID" "$VERSION_ID" "$PRETTY_NAME"'
    const [id, version, name] = said('sh', '-c', script).split('|')
    expect(factsHere(shell)).toMatchObject({ os: { id, version, name } })
  })
})

const ALPINE = {
  '/etc/os-release':
    'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\nHOME_URL="https://alpinelinux.org/"\n',
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/ash\nroots:x:1:1::/:/bin/false\n',
  '/proc/meminfo': 'MemTotal:         497304 kB\nMemFree: 12 kB\n',
  '/proc/1/comm': 'init\n',
  '/run/openrc/softlevel': 'default',
  '/sbin/apk': '',
}

describeWith(['root', 'chroot', 'busybox'], 'facts of small hosts', () => {
  const facts = (host: SmallHost) => parseFacts(runOnSmallHost(host, FACTS_SCRIPT)) as Record<string, unknown>

  test('one like Alpine, with busybox for everything', () => {
    expect(facts({ files: ALPINE })).toMatchObject({
      os: { id: 'alpine', version: '3.20.3', family: 'alpine', name: 'Alpine Linux v3.20' },
      memory_mb: written(485),
      package_manager: 'apk',
      init: 'openrc',
      user: 'root',
      home: '/root',
      shell: '/bin/ash',
      hostname: said('uname', '-n'),
    })
  })

  test('a container without an init, an account or a /proc tells what there is', () => {
    const env = { HOME: '/srv', SHELL: '/usr/bin/sh', USER: 'app' }
    expect(facts({ env, tools: ['uname'] })).toMatchObject({
      os: { id: 'linux', version: '', family: 'linux' },
      arch: said('uname', '-m'),
      ips: [],
      cpus: written(0),
      memory_mb: written(0),
      package_manager: '',
      init: '',
      user: 'app',
      home: '/srv',
      shell: '/usr/bin/sh',
    })
  })

  test('no tool at all', () => {
    expect(facts({ tools: [] })).toMatchObject({ arch: '', kernel: '', hostname: '', fqdn: '', user: '' })
  })

  test.each<[string, Record<string, string>]>([
    ['busybox', {}],
    ['runit', { '/proc/1/comm': 'runit\n' }],
    ['systemd', { '/run/systemd/system/x': '' }],
  ])('init %s', (init, more) => {
    const files = { '/proc/1/comm': 'init\n', '/sbin/init': '', ...more }
    const script = `ln -sf /bin/busybox /sbin/init; ${FACTS_SCRIPT}`
    expect(parseFacts(runOnSmallHost({ files }, script))).toMatchObject({ init })
  })

  test('an init that is a program of its own is sysvinit', () => {
    expect(facts({ files: { '/proc/1/comm': 'init\n', '/sbin/init': '' } })).toMatchObject({
      init: 'sysvinit',
    })
  })

  test('addresses from /proc alone', () => {
    const files = {
      '/proc/net/fib_trie':
        'Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 0.0.0.0\n        /0 universe UNICAST\n     |-- 10.1.2.3\n        /32 host LOCAL\n' +
        '     |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 10.1.2.255\n        /32 link BROADCAST\nLocal:\n     |-- 10.1.2.3\n        /32 host LOCAL\n',
      '/proc/net/if_inet6':
        '00000000000000000000000000000001 01 80 10 80 lo\n20010db8000000000000000000000001 02 40 00 80 eth0\nfe800000000000000000000000000001 02 40 20 80 eth0\n',
    }
    expect(facts({ files, tools: ['uname'] })).toMatchObject({ ips: ['10.1.2.3', '2001:db8::1'] })
  })

  test.each([
    [
      'net-tools',
      'eth0: flags=4163<UP>  mtu 1500\n        inet 10.0.0.5  netmask 255.255.255.0  broadcast 10.0.0.255\n        inet6 2001:db8::5  prefixlen 64  scopeid 0x0<global>\n        inet6 fe80::1  prefixlen 64\n\nlo: flags=73<UP>\n        inet 127.0.0.1  netmask 255.0.0.0\n        inet 10.99.0.1\n',
    ],
    [
      'busybox',
      'eth0      Link encap:Ethernet  HWaddr 02:42:AC:11:00:02\n          inet addr:10.0.0.5  Bcast:10.0.0.255  Mask:255.255.255.0\n          inet6 addr: 2001:db8::5/64 Scope:Global\n\nlo        Link encap:Local Loopback\n          inet addr:127.0.0.1  Mask:255.0.0.0\n          inet addr:10.99.0.1\n',
    ],
    [
      'BSD',
      'em0: flags=8843<UP> metric 0 mtu 1500\n\tether 00:0c:29:3e:1b:2a\n\tinet 10.0.0.5 netmask 0xffffff00 broadcast 10.0.0.255\n\tinet6 fe80::20c:29ff%em0 prefixlen 64 scopeid 0x1\n\tinet6 2001:db8::5 prefixlen 64\nlo0: flags=8049<UP>\n\tinet 127.0.0.1 netmask 0xff000000\n\tinet 10.99.0.1\n',
    ],
  ])('addresses from the ifconfig of %s', (_kind, output) => {
    const files = { '/usr/local/bin/ifconfig': `#!/usr/bin/sh\ncat <<'EOF'\n${output}EOF\n` }
    expect(facts({ files, tools: ['uname', 'cat'] })).toMatchObject({ ips: ['10.0.0.5', '2001:db8::5'] })
  })

  test('old releases are known by their release file', () => {
    expect(facts({ files: { '/etc/redhat-release': 'CentOS release 6.10 (Final)\n' } })).toMatchObject({
      os: { id: 'centos', version: '6.10', family: 'rhel', name: 'CentOS release 6.10 (Final)' },
    })
  })

  test('nothing that a host has on it adds a line or leaves the bounds', () => {
    const files = {
      '/etc/os-release': `ID="evil\nos.id=worse\nend=1\nPRETTY_NAME="\u001b[31mred"\nVERSION_ID=$(reboot)\n${'ID_LIKE=x'.repeat(99_999)}`,
      '/etc/passwd': `root:x:0:0:${'x'.repeat(99_999)}:/root:/bin/sh\n`,
      '/proc/meminfo': 'MemTotal: 99999999999999999999999 kB\n',
    }
    const env = { HOME: '/home\nend=1\nos.id=evil', SHELL: 'x'.repeat(20_000) }
    const printed = runOnSmallHost({ files, env }, FACTS_SCRIPT)
    expect(printed.length).toBeLessThan(LIMITS.capturedHead)
    expect(printed.match(/^end=/gm)).toHaveLength(1)
    expect(parseFacts(printed)).toMatchObject({
      os: { id: 'linux', version: '', name: 'Linux' },
      memory_mb: written(0),
      home: '',
      shell: '',
    })
  })
})
