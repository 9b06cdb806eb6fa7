import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compileText, inventoryOf, problemsOf, type TestOptions } from './compiled.ts'

const FLEET = inventoryOf(
  { web1: { n: '1' }, web2: { n: '2' }, web3: { n: '2' }, db1: { n: '5' }, lb1: {} },
  { web: ['web1', 'web2', 'web3'], db: ['db1'], lb: ['lb1'] },
)

/** What is said of a playbook: the messages alone. */
function said(text: string, options: TestOptions = {}): string[] {
  const compiled = compileText(text, { inventory: FLEET, ...options })
  return compiled.kind === 'refused' ? compiled.problems.map(({ message }) => message) : []
}

/** The same of steps on the three web servers. */
const racesOf = (...steps: readonly string[]) => said(`hosts: web\nsteps:\n${steps.join('')}`)

/** Pairs of steps that race, as `b/a`, and where. */
const pairsOf = (...steps: readonly string[]) => racesOf(...steps).map(inShort)

function inShort(message: string): string {
  const [, first, second = first, path] =
    /^"([^ ]+)" can run .*?(?:as "([^ ]+)".*?)?, and both \w+(?: to)? (.*)$/.exec(message) ?? []
  return `${first}/${second}: ${path}`
}

const step = (id: string, rest: string) => `  - { id: ${id}, ${rest} }\n`
const put = (id: string, dest: string, more = 'needs: []') =>
  step(id, `put: { content: x, dest: "${dest}" }, ${more}`)
const writes = (id: string, globs: string, more = 'needs: []') =>
  step(id, `run: work, writes: ${globs}, ${more}`)

const ON_ALL = 'on web1 and 2 other hosts'

describe('two steps that write the same file', () => {
  test('are told with both places and what to do', () => {
    const text = `hosts: web\nsteps:\n${put('a', '/etc/app')}${put('b', '/etc/app')}`
    expect(problemsOf(text, { inventory: FLEET })).toEqual([
      '4:11 "b" can run at the same time as "a" (line 3), and both write /etc/app on web1 and 2 other hosts (let one need the other, needs: [a]; or, if it is meant, may_overlap: true)',
    ])
  })

  test('have the code of races', () => {
    const compiled = compileText(`hosts: web\nsteps:\n${put('a', '/x')}${put('b', '/x')}`, {
      inventory: FLEET,
    })
    expect(compiled).toMatchObject({ problems: [{ code: 'step_race', severity: 'error' }] })
  })

  test('in the order of the file they do not race', () => {
    expect(racesOf(put('a', '/etc/app', 'tags: [x]'), put('b', '/etc/app', 'tags: [x]'))).toEqual([])
  })

  test('far apart, where steps between them wait', () => {
    const steps = [put('a', '/x'), step('m', 'run: "true"'), step('n', 'run: "true", needs: [m]')]
    expect(racesOf(...steps, put('b', '/x', 'needs: [n]'))).toEqual([])
    expect(pairsOf(...steps, put('b', '/x', 'needs: []'))).toEqual([`b/a: /x ${ON_ALL}`])
  })

  test('beside each other behind a third', () => {
    const steps = [step('m', 'run: "true"'), put('a', '/x', 'needs: [m]'), put('b', '/x', 'needs: [m]')]
    expect(pairsOf(...steps)).toEqual([`b/a: /x ${ON_ALL}`])
  })

  test('where one uses the result of the other', () => {
    expect(racesOf(put('a', '/x'), put('b', '/x', 'needs: [], when: steps.a.changed'))).toEqual([])
  })

  test.each(['a', 'b'])('are let be where %s says that it is meant', id => {
    const more = (own: string) => `needs: []${own === id ? ', may_overlap: true' : ''}`
    expect(racesOf(put('a', '/x', more('a')), put('b', '/x', more('b')))).toEqual([])
  })

  test('are told for each pair of three', () => {
    const found = pairsOf(put('a', '/x'), put('b', '/x'), put('c', '/x', 'needs: [a]'))
    expect(found).toEqual([`b/a: /x ${ON_ALL}`, `c/b: /x ${ON_ALL}`])
  })
})

describe('on which hosts', () => {
  test('none, where the steps have no host in common', () => {
    const found = said(
      `hosts: all\nsteps:\n${put('a', '/x', 'hosts: web')}${put('b', '/x', 'hosts: db, needs: []')}`,
    )
    expect(found).toEqual([])
  })

  test('those that both run on', () => {
    const found = said(
      `hosts: all\nsteps:\n${put('a', '/x', 'hosts: "web,db"')}${put('b', '/x', 'hosts: "web3,db", needs: []')}`,
    )
    expect(found.map(inShort)).toEqual(['b/a: /x on web3 and 1 other host'])
  })

  test('those where the paths are the same', () => {
    const found = pairsOf(put('a', '/x/2'), put('b', '/x/${{ host.vars.n }}'))
    expect(found).toEqual(['b/a: /x/2 on web2 and 1 other host'])
  })

  test('those where a condition that is known lets both run', () => {
    const only = (n: string) => `needs: [], when: 'host.vars.n == "${n}"'`
    expect(racesOf(put('a', '/x', only('1')), put('b', '/x', only('2')))).toEqual([])
    expect(pairsOf(put('a', '/x', only('1')), put('b', '/x'))).toEqual(['b/a: /x on web1'])
  })

  test('those where it is not known yet, too', () => {
    const found = pairsOf(put('a', '/x'), put('b', '/x', `needs: [], when: 'facts.os.family == "debian"'`))
    expect(found).toEqual([`b/a: /x ${ON_ALL}`])
  })

  test('what --limit, --tags and --step leave', () => {
    const text = `hosts: web\nsteps:\n${put('a', '/x', 'tags: [one]')}${put('b', '/x', 'needs: [], tags: [two]')}`
    expect(said(text, { limit: 'web2' }).map(inShort)).toEqual(['b/a: /x on web2'])
    expect(said(text, { tags: ['two'] })).toEqual([])
    expect(said(text, { steps: ['a'] })).toEqual([])
  })

  test('edges lead through excluded steps', () => {
    const text = `hosts: web\nsteps:\n${put('a', '/x')}${step('m', 'run: "true", tags: [slow]')}${put('b', '/x', 'needs: [m]')}`
    expect(said(text, { skipTags: ['slow'] })).toEqual([])
  })

  test('edges lead through steps that do not run there', () => {
    const steps = `${put('a', '/x', 'hosts: web')}${step('m', 'run: "true", hosts: db')}`
    expect(said(`hosts: all\nsteps:\n${steps}${put('b', '/x', 'hosts: web')}`)).toEqual([])
  })

  test('a barrier on other hosts is no order on its own', () => {
    const steps = [
      put('a', '/x', 'hosts: "web1,db1"'),
      step('m', 'run: "true", hosts: db1'),
      put('b', '/x', 'hosts: "web1,db1", needs: [{ step: m, on: all }]'),
    ]
    expect(said(`hosts: all\nsteps:\n${steps.join('')}`).map(inShort)).toEqual(['b/a: /x on web1'])
  })

  test('a once step waits for all, so what comes after it is in order', () => {
    const steps = [put('a', '/x'), step('m', 'run: "true", once: true'), put('b', '/x', 'tags: [x]')]
    expect(racesOf(...steps)).toEqual([])
  })
})

describe('which paths are the same', () => {
  const both = (one: string, other: string) =>
    pairsOf(put('a', one), put('b', other)).map(short => short.slice(5))

  test.each([
    ['/etc/app', '/etc//./app'],
    ['/etc/app', '//etc/app/.'],
    ['~/app', 'app'],
    ['conf/app', '~/conf//app'],
  ])('%s and %s', (one, other) => {
    expect(both(one, other)).toHaveLength(1)
  })

  test.each([
    ['/etc/app', '/etc/app.conf'],
    ['/etc/app', 'etc/app'],
    ['/etc/app', '/etc/x/../app'],
    ['/etc/app', '/ETC/app'],
    ['~x', '~/x'],
  ])('not %s and %s', (one, other) => {
    expect(both(one, other)).toEqual([])
  })

  test('a home is that of the user who acts', () => {
    const asUser = (id: string, user: string) => put(id, '~/.profile', `needs: [], become: ${user}`)
    expect(racesOf(asUser('a', 'ann'), asUser('b', 'bob'))).toEqual([])
    expect(pairsOf(asUser('a', 'ann'), asUser('b', 'ann'))).toEqual([`b/a: ~/.profile ${ON_ALL}`])
    expect(racesOf(asUser('a', 'ann'), put('b', '~/.profile'))).toEqual([])
  })

  test('what only the run knows is not judged', () => {
    expect(racesOf(put('a', '/x/${{ facts.arch }}'), put('b', '/x/${{ facts.arch }}'))).toEqual([])
  })
})

describe('run steps with writes', () => {
  test.each([
    ['/etc/app.conf', '[/tmp/x, /etc/app.conf]', '/etc/app.conf'],
    ['/etc/app.conf', '/etc/*.conf', '/etc/app.conf'],
    ['/etc/nginx/a/b', '/etc/nginx/**', '/etc/nginx/a/b'],
  ])('a put of %s beside writes: %s', (dest, globs, path) => {
    expect(pairsOf(put('a', dest), writes('b', globs))).toEqual([`b/a: ${path} ${ON_ALL}`])
  })

  test.each([
    ['/etc/app.conf', '/etc/*.d/*'],
    ['/etc/nginx/a/b', '/etc/nginx/*'],
    ['/etc/nginx', '/etc/nginx/**'],
    ['/etc/app.conf', '[]'],
  ])('no put of %s beside writes: %s', (dest, globs) => {
    expect(racesOf(put('a', dest), writes('b', globs))).toEqual([])
  })

  test.each([
    ['/etc/app/*', '/etc/app/*', '/etc/app/*'],
    ['/etc/**', '/etc/app/*.conf', '/etc/app/*.conf'],
    ['/etc/app/x', '/etc/app/x', '/etc/app/x'],
  ])('%s beside %s', (one, other, path) => {
    expect(pairsOf(writes('a', `"${one}"`), writes('b', `"${other}"`))).toEqual([`b/a: ${path} ${ON_ALL}`])
  })

  test.each([
    ['/etc/*.conf', '/etc/app.*'],
    ['/etc/app', '/etc/app/x'],
  ])('not %s beside %s, which may be apart', (one, other) => {
    expect(racesOf(writes('a', `"${one}"`), writes('b', `"${other}"`))).toEqual([])
  })

  test('relative ones start at cwd', () => {
    const inFolder = writes('b', 'conf/app', 'needs: [], cwd: /opt/')
    expect(pairsOf(put('a', '/opt/conf/app'), inFolder)).toEqual([`b/a: /opt/conf/app ${ON_ALL}`])
    expect(pairsOf(put('a', 'conf/app'), writes('b', 'conf/app'))).toEqual([`b/a: ~/conf/app ${ON_ALL}`])
  })

  test('without writes, and read_only, they are not judged', () => {
    expect(racesOf(put('a', '/x'), step('b', 'run: work > /x, needs: []'))).toEqual([])
    expect(racesOf(put('a', '/x'), writes('b', '/x', 'needs: [], read_only: true'))).toEqual([])
  })
})

describe('what keeps steps apart', () => {
  const withPermits = (permits: number) => `hosts: web\nsemaphores: { one: ${permits} }\nsteps:\n`

  test('a semaphore with one permit', () => {
    const steps = put('a', '/x', 'needs: [], semaphores: one') + put('b', '/x', 'needs: [], semaphores: one')
    expect(said(withPermits(1) + steps)).toEqual([])
    expect(said(withPermits(2) + steps)).toHaveLength(1)
    expect(said(withPermits(1) + steps.replace(', semaphores: one', ''))).toHaveLength(1)
  })

  test('a throttle does so for one step only', () => {
    const found = pairsOf(put('a', '/x', 'needs: [], throttle: 1'), put('b', '/x', 'needs: [], throttle: 1'))
    expect(found).toEqual([`b/a: /x ${ON_ALL}`])
  })

  test('that one runs where the other is blocked', () => {
    const steps = (condition: string, failure = 'block') => [
      step('m', `run: deploy, on_failure: ${failure}`),
      put('a', '/x', 'needs: [m]'),
      put('b', '/x', `needs: [{ step: m, if: ${condition} }]`),
    ]
    expect(racesOf(...steps('failed'))).toEqual([])
    expect(racesOf(...steps('failed', 'continue'))).toHaveLength(1)
    expect(racesOf(...steps('always'))).toHaveLength(1)
  })
})

describe('groups, loops and includes', () => {
  test('members of groups that run at the same time', () => {
    const group = (id: string) =>
      `  - id: ${id}\n    needs: []\n    steps:\n      - { id: conf, put: { content: x, dest: /x } }\n`
    const found = problemsOf(`hosts: web\nsteps:\n${group('one')}${group('two').replace('conf', 'other')}`, {
      inventory: FLEET,
    })
    expect(found).toEqual([
      expect.stringMatching(/^10:\d+ "other" can run at the same time as "conf" \(line 6\), /),
    ])
  })

  test('members of a group one after the other', () => {
    const members = ['a', 'b'].map(id => `    ${put(id, '/x', 'tags: [x]')}`)
    expect(racesOf('  - id: g\n    steps:\n', ...members)).toEqual([])
  })

  test('the items of a loop come one after the other', () => {
    expect(racesOf(put('a', '/x', 'for_each: [1, 2, 3]'))).toEqual([])
  })

  test('items at the same time are told once, with another remedy', () => {
    const text = `hosts: web\nsteps:\n${put('a', '/x', 'for_each: [1, 2, 3, 4], parallel: 2')}`
    expect(problemsOf(text, { inventory: FLEET })).toEqual([
      `3:11 "a[1]" can run at the same time as "a[0]", and both write /x ${ON_ALL} (let the items come one after the other, without parallel:; or, if it is meant, may_overlap: true)`,
    ])
  })

  test('items at the same time with files of their own', () => {
    const loop = (dest: string) => put('a', dest, 'for_each: [x, y, x], parallel: 3')
    expect(racesOf(loop('/x/${{ item }}').replace('[x, y, x]', '[x, y, z]'))).toEqual([])
    expect(pairsOf(loop('/x/${{ item }}'))).toEqual([`a[2]/a[0]: /x/x ${ON_ALL}`])
  })

  test('the members of items at the same time', () => {
    const text = `hosts: web
steps:
  - id: sites
    for_each: { a: 1, b: 2 }
    parallel: 2
    steps:
      - { id: conf, put: { content: x, dest: /x } }
`
    expect(problemsOf(text, { inventory: FLEET })).toEqual([
      expect.stringMatching(
        /^7:15 "sites\["b"\]\.conf" can .* "sites\["a"\]\.conf", and both .*without parallel:;/,
      ),
    ])
  })

  test('an include that is used twice', () => {
    const folder = localFolder({
      'part.yml':
        'params: { to: { type: string } }\nsteps:\n  - { id: conf, put: { content: x, dest: "${{ params.to }}" } }\n',
    })
    const use = (id: string, to: string) =>
      `  - { id: ${id}, use: part.yml, with: { to: ${to} }, needs: [] }\n`
    const text = (second: string) => `hosts: web\nsteps:\n${use('one', '/x')}${use('two', second)}`
    const compiled = (second: string) => said(text(second), { folder })
    expect(compiled('/y')).toEqual([])
    expect(compiled('/x').map(inShort)).toEqual([`two.conf/one.conf: /x ${ON_ALL}`])
    expect(problemsOf(text('/x'), { folder, inventory: FLEET })).toEqual([
      expect.stringMatching(/\(let one need the other; or, /),
    ])
  })
})

describe('steps that other hosts carry out', () => {
  const delegated = (id: string, more: string, dest = '/x') => put(id, dest, `delegate_to: lb1, ${more}`)

  test('race with themselves', () => {
    const text = `hosts: web\nsteps:\n${delegated('a', 'needs: []')}`
    expect(problemsOf(text, { inventory: FLEET })).toEqual([
      '3:11 "a" can run for web1 and web2 at the same time, and both write /x on lb1 (let one host come after the other, throttle: 1, or do it once for all, once: true; or, if it is meant, may_overlap: true)',
    ])
  })

  test.each(['throttle: 1', 'once: true', 'may_overlap: true'])('not with %s', more => {
    expect(racesOf(delegated('a', more))).toEqual([])
  })

  test('not with files of their own, or only where those are the same', () => {
    expect(racesOf(delegated('a', 'needs: []', '/x/${{ host.name }}'))).toEqual([])
    expect(racesOf(delegated('a', 'needs: []', '/x/${{ host.vars.n }}'))).toEqual([
      '"a" can run for web2 and web3 at the same time, and both write /x/2 on lb1',
    ])
  })

  test('not with a semaphore of one permit', () => {
    expect(said(`hosts: web\nsemaphores: { lb: 1 }\nsteps:\n${delegated('a', 'semaphores: lb')}`)).toEqual([])
  })

  test('race with what that host does itself', () => {
    const text = `hosts: all\nsteps:\n${put('a', '/x', 'hosts: lb1')}${delegated('b', 'hosts: web1, needs: []')}`
    expect(said(text)).toEqual([
      '"b" can run for web1 at the same time as "a" for lb1 (line 3), and both write /x on lb1',
    ])
    expect(said(text.replace('needs: []', 'needs: [a]'))).toEqual([])
  })

  test('one host is not waited for by the next step of another', () => {
    const steps = [delegated('a', 'throttle: 1'), delegated('b', 'throttle: 1')]
    expect(racesOf(...steps)).toEqual([
      '"b" can run for web1 at the same time as "a" for web2 (line 3), and both write /x on lb1',
    ])
    expect(
      racesOf(delegated('a', 'throttle: 1'), delegated('b', 'throttle: 1, needs: [{ step: a, on: all }]')),
    ).toEqual([])
  })

  test('do not race on the hosts that they are for', () => {
    expect(racesOf(put('a', '/x'), delegated('b', 'needs: [], throttle: 1'))).toEqual([])
  })

  test('hosts of different batches come one after the other', () => {
    const rolling = (batch: number) =>
      `hosts: web\nsteps:\n  - id: r\n    rolling: { batch: ${batch} }\n    steps:\n    ${delegated('a', 'tags: [x]')}`
    expect(said(rolling(1))).toEqual([])
    expect(said(rolling(2))).toEqual([
      '"a" can run for web1 and web2 at the same time, and both write /x on lb1',
    ])
  })
})

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true })
})

function localFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'drover-races-'))
  made.push(folder)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

describe('files and folders that are put', () => {
  const folder = localFolder({
    'site/app.js': '',
    'site/css/a.css': '',
    'more/css/a.css': '',
    'more/b.js': '',
    'a.conf': '',
    'b.conf': '',
  })
  const src = (id: string, from: string, dest: string) =>
    step(id, `put: { src: "${from}", dest: "${dest}" }, needs: []`)
  const found = (...steps: readonly string[]) =>
    said(`hosts: web1\nsteps:\n${steps.join('')}`, { folder }).map(message => inShort(message).slice(5))

  test('a file inside a folder that ends with a slash', () => {
    expect(found(src('a', 'a.conf', '/etc/'), put('b', '/etc/a.conf'))).toEqual(['/etc/a.conf on web1'])
    expect(found(src('a', 'a.conf', '/etc/'), src('b', 'b.conf', '/etc/'))).toEqual([])
  })

  test('a folder and a file that it has', () => {
    expect(found(src('a', 'site/', '/www'), put('b', '/www/css/a.css'))).toEqual(['/www/css/a.css on web1'])
    expect(found(src('a', 'site', '/'), put('b', '/site/app.js'))).toEqual(['/site/app.js on web1'])
    expect(found(src('a', 'site/', '/www'), put('b', '/www/css/new.css'))).toEqual([])
  })

  test('two folders that share a file', () => {
    expect(found(src('a', 'site/', '/www'), src('b', 'more/', '/www'))).toEqual(['/www/css/a.css on web1'])
    expect(found(src('a', 'site/', '/www'), src('b', 'more/css/', '/www/css'))).toEqual([
      '/www/css/a.css on web1',
    ])
    expect(found(src('a', 'site/css/', '/www'), src('b', 'more/', '/www'))).toEqual([])
  })

  test('folders of which only the host knows where they land', () => {
    expect(found(src('a', 'site', '/www'), src('b', 'more', '/www'))).toEqual(['/www on web1'])
  })

  test('what a pattern matches', () => {
    expect(found(src('a', '*.conf', '/etc/'), put('b', '/etc/b.conf'))).toEqual(['/etc/b.conf on web1'])
    expect(found(src('a', 'a*.conf', '/etc/'), src('b', 'b*.conf', '/etc/'))).toEqual([])
    expect(found(src('a', '*.conf', '/etc/'), src('b', 'a.*', '/etc/'))).toEqual(['/etc/a.conf on web1'])
  })

  test('a folder beside a command', () => {
    expect(found(src('a', 'site/', '/www'), writes('b', '/www/**'))).toEqual(['/www on web1'])
  })
})

describe('what is fetched', () => {
  const get = (id: string, src: string, dest: string, more = 'needs: []') =>
    step(id, `get: { src: "${src}", dest: ${dest} }, ${more}`)

  test('to the same file of a host', () => {
    const text = `hosts: web\nsteps:\n${get('a', '/var/log/x.log', 'logs')}${get('b', '/tmp/x.log', './logs//')}`
    expect(problemsOf(text, { inventory: FLEET })).toEqual([
      '4:11 "b" can run at the same time as "a" (line 3), and both fetch to /play/logs/web1/x.log, and so for 2 other hosts (let one need the other, needs: [a]; or, if it is meant, may_overlap: true)',
    ])
  })

  test.each([
    ['/var/log/*.log', '/var/log/x.log'],
    ['/var/log/*.log', '/var/log/*.log'],
    ['/etc/app', '/opt/app/'],
  ])('as %s and %s', (one, other) => {
    expect(racesOf(get('a', one, 'logs'), get('b', other, 'logs'))).toHaveLength(1)
  })

  test.each([
    ['/var/log/*.log', '/tmp/x.log'],
    ['/var/log/*.log', '/tmp/*.log'],
    ['/etc/app', '/etc/app2'],
  ])('but not %s and %s', (one, other) => {
    expect(racesOf(get('a', one, 'logs'), get('b', other, 'logs'))).toEqual([])
  })

  test('not one after the other, to another folder, or where it is meant', () => {
    expect(racesOf(get('a', '/x', 'logs'), get('b', '/y/x', 'logs', 'needs: [a]'))).toEqual([])
    expect(racesOf(get('a', '/x', 'logs'), get('b', '/y/x', 'more'))).toEqual([])
    expect(racesOf(get('a', '/x', 'logs'), get('b', '/y/x', 'logs', 'needs: [], may_overlap: true'))).toEqual(
      [],
    )
  })

  test('from several hosts, each has a folder of its own', () => {
    expect(racesOf(get('a', '/x', 'logs', 'delegate_to: lb1'))).toEqual([])
  })
})

test('many hosts and steps are judged in a moment', () => {
  const names = Array.from({ length: 2_000 }, (_, at) => [`h${at}`, { n: String(at) }])
  const inventory = inventoryOf(Object.fromEntries(names))
  const steps = Array.from({ length: 60 }, (_, at) => put(`s${at}`, `/x/${at}/\${{ host.vars.n }}`))
  const text = `hosts: all\nsteps:\n${steps.join('')}${put('last', '/x/7/1999')}`
  expect(said(text, { inventory }).map(inShort)).toEqual(['last/s7: /x/7/1999 on h1999'])
})
