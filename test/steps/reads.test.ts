import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readsOf } from '../../src/steps/reads/reads-of.ts'
import { simpleCommands } from '../../src/steps/reads/simple-commands.ts'
import { run } from './run-action.ts'

const contents = (unless: string) => readsOf(run('x', { unless })).contents

test.each<readonly [string, readonly string[]]>([
  ['true', []],
  [': # a comment', []],
  ['! test -e /a', ['/a']],
  ['[ -f /a/b ] && ! grep -q "x y" /c 2>/dev/null || false', ['/a/b', 'x y', '/c']],
  ["grep -qxF 'a $b' ~/.profile", ['a $b', '~/.profile']],
  ['cat /a | head -n 1 | cmp -s - /b', ['/a', '1', '/b']],
  ['test -s /a; echo done >/dev/null\nexit 1', ['/a']],
  ['LC_ALL=C sort -u /a', ['/a']],
  ["sed -n '/x/p' /a", ['/a']],
  ["cat '~/x' \\~/y", ['./~/x', './~/y']],
  ['dpkg -s nginx >/dev/null 2>&1', ['/var/lib/dpkg', '/etc/dpkg']],
  ['rpm -q nginx', ['/var/lib/rpm', '/usr/lib/sysimage', '/etc/rpm']],
  ['getent passwd app', ['/etc']],
  ['id -u app', ['/etc']],
  ['sha256sum /a | grep -q ^x', ['/a', '^x']],
])('what a guard reads is told from its text: %s', (unless, paths) => {
  expect(contents(unless)).toEqual(paths)
})

test.each([
  'systemctl status x',
  'cat $FILE',
  'cat "$FILE"',
  'cat "`which x`"',
  'ls /a/*',
  'ls /a/[ab]',
  'cat /a?',
  'cat {a,b}',
  'cat ~root/x',
  'cat ~',
  'cat </a',
  'cat /b >/a',
  'echo x>/dev/null',
  'cat 3</a',
  'cat /a &',
  'cat /a |& cat',
  '(cat /a)',
  'if true; then cat /a; fi',
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
  'find / -name x',
  'rpm -qf /a',
  'getent hosts x',
  'awk 1 /a',
  'cat /a\\\n/b',
])('or it may be anything: %s', unless => {
  expect(contents(unless)).toBe('anything')
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
  expect(readsOf(run('cat /a', { readOnly: true, shell: 'fish' })).contents).toBe('anything')
  expect(readsOf(run('curl x', { readOnly: true })).contents).toBe('anything')
})

test('words are what a shell makes of them', () => {
  expect(simpleCommands(`echo a'b'"c\\"" \\  "" 'x y'#z # w\n\n;`)).toEqual([
    ['echo', 'abc"', ' ', '', 'x y#z'],
  ])
})

test('any words that it takes are those that a shell takes', () => {
  const piece = fc.constantFrom(
    ...[
      ' ',
      '\t',
      "'",
      '"',
      '\\',
      '$',
      '`',
      '#',
      '!',
      '~',
      '~/',
      '[',
      ']',
      '*',
      '?',
      '{',
      '}',
      '=',
      '%',
      'a',
      'bc',
      '-',
      '/',
    ],
    ...['2>&1', '>/dev/null', '</dev/null', '2', '<', '>', '&', '(', ')'],
  )
  const isValid = (text: string) => spawnSync('/bin/sh', ['-n', '-c', `x ${text}`]).status === 0
  const words = (text: string) =>
    execFileSync('/bin/sh', ['-c', `set -- x ${text}\nprintf '%s\\0' "$@"`], {
      env: { HOME: '~' },
      stdio: 'pipe',
    })
      .toString()
      .split('\0')
      .slice(1, -1)
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), pieces => {
      const text = pieces.join('')
      const commands = simpleCommands(`w ${text}`)
      if (commands?.length !== 1 || !isValid(text)) return
      const taken = (commands[0] as readonly string[]).slice(1)
      expect({ text, words: words(text) }).toEqual({
        text,
        words: taken.map(word => word.replace(/^\.\/~/, '~')),
      })
    }),
    { numRuns: 400 },
  )
})
