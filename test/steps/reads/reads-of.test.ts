import { expect, test } from 'vitest'
import type { RunAction } from '../../../src/model/action.ts'
import { ACCOUNTS, OWNERS, TIME_ZONE } from '../../../src/steps/reads/host-files.ts'
import { readsOf } from '../../../src/steps/reads/reads-of.ts'
import { run } from '../run-action.ts'

const contents = (unless: string, env: RunAction['env'] = []) => readsOf(run('x', { unless, env })).contents

test.each<readonly [string, readonly string[]]>([
  ['true', []],
  [': # a comment', []],
  ['! test -e /a', ['/a']],
  ['[ -f /a/b ] && ! grep -q "x y" /c 2>/dev/null || false', ['/a/b', '/c']],
  ["grep -qxF 'a $b' ~/.profile", ['~/.profile']],
  ['cat /a | head -n 1 | cmp -s - /b', ['/a', '1', '/b']],
  ['test -s /a; echo done >/dev/null\nexit 1', ['/a']],
  ['LC_ALL=C sort -u /a', ['/a']],
  ["sed -n '/x/p' /a", ['/a']],
  ["cat '~/x' \\~/y", ['./~/x', './~/y']],
  ['dpkg -s nginx >/dev/null 2>&1', ['/var/lib/dpkg', '/etc/dpkg', '~/.dpkg.cfg']],
  ['dpkg-query -W -f x nginx', ['/var/lib/dpkg', '/etc/dpkg', '~/.dpkg.cfg']],
  ['rpm -q nginx', expect.arrayContaining(['/var/lib/rpm', '/usr/lib/sysimage', '/etc/rpm', '~/.rpmmacros'])],
  ['getent passwd app', ACCOUNTS],
  ['id -u app', ACCOUNTS],
  ['ls -d /a', ['/a', ...OWNERS]],
  ['ls -ld /a', ['/a', ...OWNERS, ...TIME_ZONE]],
  ['ls', [...OWNERS, '.']],
  ['stat -c %a /a', ['%a', '/a', ...OWNERS]],
  ['stat /a', ['/a', ...OWNERS, ...TIME_ZONE]],
  ['diff -u /a/b /c', ['/a/b', '/c', ...TIME_ZONE, '/c/b', '/a/b/c']],
  ['cat /x | diff - /c', ['/x', '/c', ...TIME_ZONE]],
  ['cat /a -n', ['/a', '-n']],
  ['[ -e 5 -a -e /a ]', ['5', '/a']],
  ['hostname', ['/proc', '/etc']],
  ['uname -sr', []],
  ['uname -n', ['/proc', '/etc']],
  ['pgrep -x app', expect.arrayContaining(['/proc'])],
  ['pidof /opt/app', expect.arrayContaining(['/proc', '/opt/app'])],
  ['ps -o args= -p 1', expect.arrayContaining(['/proc'])],
  ['sha256sum /a | grep -q ^x', ['/a']],
  ['sha256sum </a', ['/a']],
  ['test -s /a>/dev/null', ['/a']],
  ['cat ~', ['~']],
  ['cat \\\n/a', ['/a']],
  ['(cat /a)', ['/a']],
  ['{ cat /a; } </b', ['/b', '/a']],
  ['if cat /a; then cat /b; elif [ -e /c ]; then exit; else cat /d; fi', ['/a', '/b', '/c', '/d']],
  ['if true; then cat /a; else curl x; fi', ['/a']],
  ['[ "$(cat /a)" = "$(wc -l </b)" ]', ['/a', '/b']],
  ['x=$(cat /a) || exit 1; [ "$x" = y ]', ['/a']],
  ['exit 1; curl x', []],
  ['test -n "$(id -u -- "${NOBODY-}")"', ACCOUNTS],
  ['grep -qe /a -- /b', ['/b']],
  ['grep -qf /a /b', ['/a', '/b']],
  ['grep -m 1 x /a', ['x', '/a']],
  ["awk -F : -v k=/x '$1 == k { found = 1 } END { exit !found }' /a", ['/a']],
  ["find /a -type f -name '*.conf' -newer /b | grep -q .", ['/a', '/b']],
  ['crontab -u app -l | grep -q x', ['/var/spool/cron', '/var/cron', ...ACCOUNTS]],
  ['command -v /srv/tool', ['/srv/tool']],
  ['type bin/tool sh', ['bin/tool', '/usr', '/bin', '/sbin', '/opt', '/snap/bin']],
])('what a guard reads is told from its text: %s', (unless, paths) => {
  expect(contents(unless)).toEqual(paths)
})

test.each([
  'cat $FILE',
  'cat "$FILE"',
  'cat "`which x`"',
  'ls /a/*',
  'ls /a/[ab]',
  'cat /a?',
  'cat {a,b}',
  'cat ~root/x',
  'cat /b >/a',
  'cat 3</a',
  'cat /a &',
  'cat /a |& cat',
  'x=1 cat /a',
  'PATH=/x cat /a',
  '. /a',
  'eval cat /a',
  'exec cat /a',
  'command cat /a',
  'cat <<EOF\nEOF',
  "cat 'unclosed",
  '/opt/bin/cat /a',
  'sed -i s/a/b/ /a',
  "sed -n 'w /x' /a",
  "sed 's/a/b/e' /a",
  'grep -f/x y /a',
  'grep -r x',
  'sha256sum -c /sums',
  'wc --files0-from=/a',
  'rpm -qf /a',
  'getent hosts x',
  'eval "$(cat /a)"',
  'cat $(cat /a)',
  '[ -e "$(cat /a)" ]',
  'cat "${FILE:-/a}"',
  'cat /a; curl x',
  'if cat /a; then curl x; fi',
  'while [ -e /a ]; do sleep 1; done',
  'f() { cat /a; }; f',
  'for f in /a/*; do cat $f; done',
  'IFS=x; cat /a',
  'PATH=/x; cat /a',
  'cd /a; cat b',
  'cat <<<x',
  'cat /a\\\n/b',
  'cat "$A\\\nbc"',
  'cat <(cat /a)',
  'cat $((1))',
  "cat $'/a'",
  '[[ -e /a ]]',
  'case x in [[:alpha:]]) curl x ;; esac',
  'export F=/a',
  'grep -q "$PATTERN" /a',
  'printf -v FILE /a',
  "awk '{ getline x < $1 }' /a",
  "awk 'BEGIN { system($0) }'",
  "awk '{ print | $1 }' /a",
  'awk -f /a /b',
  'find -L /a',
  'find /a -exec cat {} +',
  'pgrep -F /a',
  'pgrep -oF /a',
  'pgrep --pidfile=/a',
  'pgrep -L -F /a',
  'dpkg-query --admindir=/a -W',
  'dpkg-query -W --admindir /a',
  'dpkg --admindir=/a -l',
  'dpkg -l --root=/a',
  'dpkg -s --instdir /a x',
  'rpm --root /a -q x',
  'rpm -q --root /a x',
  'rpm -q --dbpath /a x',
  'rpm -qr /a x',
  'rpm -q --whatprovides --root=a x',
  'apk info --root /a -e x',
  'apk info -p /a -e x',
  ...['f', 'd', 'i', 'I', 'A', 'y', 's'].map(letter => `hostname -${letter}`),
  ...['fqdn', 'domain', 'ip-address', 'all-ip-addresses', 'all-fqdns', 'yp', 'short'].map(
    name => `hostname --${name}`,
  ),
  'hostname other',
  'hostname -F /a',
  'uname -x',
  'ps N /a',
  'ps axN /a',
  'ps --namelist /a',
  'uptime /a',
  'free --x',
  'date -f /a',
  'date -r /a',
  'id --x app',
  'getent passwd -s x',
  'getent passwd --service=x app',
  "crontab -u 'a b' -l",
  'which --read-alias x',
  'command -v "$X"',
  'find /a -readable',
  'find /a -executable',
  'ls -F /a',
  'ls -L /a',
  'ls --color /a',
  'sort --files0-from=/a',
  'sort -T /a /b',
  'date -d now',
  "awk 'BEGIN { print mktime($0) }'",
  'awk \'BEGIN { SYMTAB["AR" "GV"][1] = $1 }\' /a',
  'LC_ALL=/a sort /b',
  'LC_ALL=$X sort /b',
  'LOCPATH=/a sort /b',
  'DPKG_ADMINDIR=/a dpkg -s x',
  'DPKG_ADMINDIR=/a; dpkg -s x',
  'TZ=/a date +%H',
  'TZ=x; date +%H',
  'SYSTEMD_UNIT_PATH=/a; systemctl is-enabled x',
  'apt-get -s install x',
])('or it may be anything: %s', unless => {
  expect(contents(unless)).toBe('anything')
})

test.each<readonly [string, RunAction['env'], readonly string[]]>([
  ['cat "$FILE"', [['FILE', '/a b']], ['/a b']],
  ['cat $FILES', [['FILES', ' /a\n/b ']], ['/a', '/b']],
  ['cat "${DIR}/x" "${DIR%/*}/y" "${DIR##*/}"', [['DIR', '/a/b']], ['/a/b/x', '/a/y', 'b']],
  [
    'cat "${FILE:-/a}" ${OTHER:+"$OTHER"}',
    [
      ['FILE', ''],
      ['OTHER', ''],
    ],
    ['/a'],
  ],
  ['cat "$FILE"', [['FILE', '~/a']], ['./~/a']],
  ['cat "$HOME/a" ~/b', [], ['~/a', '~/b']],
  ['cat "$HOME/a" ~/b', [['HOME', '/h']], ['/h/a', '/h/b']],
  ['cat "/etc/$ENV.conf"', [['ENV', 'test']], ['/etc/test.conf']],
  ['sort /a', [['LC_ALL', 'de_DE.UTF-8@euro']], ['/a']],
  ['date +%H', [['TZ', 'Europe/Berlin']], TIME_ZONE],
  ['[ -e "$FILE" ] || FILE=/b; cat "$FILE"', [['FILE', '/a']], ['/a', '/b']],
  ['[ "$STATE" = present ] || curl x', [['STATE', 'present']], []],
  [
    'case $FILE in "~/"*) FILE=$HOME${FILE#"~"} ;; [!/]*) FILE=./$FILE ;; esac; cat "$FILE"',
    [['FILE', '~/a']],
    ['~/a'],
  ],
  [
    'case $FILE in "~/"*) FILE=$HOME${FILE#"~"} ;; [!/]*) FILE=./$FILE ;; esac; cat "$FILE"',
    [['FILE', 'a']],
    ['./a'],
  ],
  ['for f in $FILES; do [ -e "/x/$f" ] || exit 1; done', [['FILES', 'a b']], ['/x/a', '/x/b']],
  ['printf %s "$LINE" | grep -q -e "$MATCH"', [['LINE', '/a']], []],
  [
    'systemctl is-active --quiet -- "$UNIT" || cat /a',
    [['UNIT', 'app@1']],
    expect.arrayContaining(['/a', '/etc/systemd/system/app@.service']),
  ],
])('what its env says is known: %s with %j', (unless, env, paths) => {
  expect(contents(unless, env)).toEqual(paths)
})

test.each<readonly [string, RunAction['env']]>([
  ['cat $FILE', [['FILE', '/a/*']]],
  ['cat "$SECONDS"', [['SECONDS', '1']]],
  [
    'cat $FILES',
    [
      ['FILES', '/a'],
      ['IFS', 'a'],
    ],
  ],
  ['cat /a', [['PATH', '/b']]],
  ['dpkg -s x', [['DPKG_ADMINDIR', '/a']]],
  ['rpm -q x', [['RPM_CONFIGDIR', '/a']]],
  ['apk info -e x', [['APK_CONFIG', '/a']]],
  ['systemctl is-enabled x', [['SYSTEMD_UNIT_PATH', '/a']]],
  ['grep -q x /a', [['GREP_OPTIONS', '-f/b']]],
  ['date +%H', [['TZ', '/a']]],
  ['date +%H', [['TZ', ':a/../b']]],
  ['date +%H', [['TZDIR', '/a']]],
  ['sort /a', [['LC_ALL', '/b']]],
  ['sort /a', [['LOCPATH', '/b']]],
  ['cat /a', [['BASH_ENV', '/b']]],
  ['cat /a', [['GCONV_PATH', '/b']]],
  ['cat /a -n', [['POSIXLY_CORRECT', '1']]],
  ['ps', [['PS_SYSTEM_MAP', '/a']]],
  [
    '[ "$A" = "$B" ] || curl x',
    [
      ['A', '-f'],
      ['B', '-f'],
    ],
  ],
  ['case $A in [a-z]) ;; *) curl x ;; esac', [['A', 'b']]],
  ['case $A in ?) ;; *) curl x ;; esac', [['A', 'é']]],
  ['for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do A=$A$A; done; cat "$A"', [['A', 'aa']]],
])('or it is not: %s with %j', (unless, env) => {
  expect(contents(unless, env)).toBe('anything')
})

test('commands are looked for in folders of programs', () => {
  expect(contents('command -v git')).toContain('/usr')
  expect(contents('which git >/dev/null')).toContain('/opt')
})

test('relative paths lie in the folder of the step, and what it creates counts by its existence', () => {
  const action = run('x', { cwd: '/srv', creates: ['a', '/b', '~/c'], removes: ['../d'], unless: 'cat e' })
  expect(readsOf(action)).toEqual({ exists: ['/srv', '/srv/a', '/b', '~/c', '/d'], contents: ['/srv/e'] })
  expect(readsOf(run('x'))).toEqual({ exists: [], contents: [] })
})

test('a script that really runs counts too', () => {
  expect(readsOf(run('cat /a', { readOnly: true, unless: 'test -e /b' })).contents).toEqual(['/b', '/a'])
  expect(readsOf(run('cat /a', { readOnly: true, shell: 'bash' })).contents).toContain('/a')
  for (const shell of ['fish', 'zsh', 'ksh', '/bin/mksh', '/usr/local/bin/bash', '/opt/sh'])
    expect(readsOf(run('cat /a', { readOnly: true, shell })).contents).toBe('anything')
  expect(readsOf(run('curl x', { readOnly: true })).contents).toBe('anything')
})
