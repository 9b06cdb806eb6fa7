import { describe, expect, test } from 'vitest'
import type { Preview } from '../../src/model/preview.ts'
import { renderVerdicts, type VerdictOptions } from '../../src/render/verdicts.ts'
import {
  edited,
  fails,
  gets,
  held,
  made,
  putSketch,
  puts,
  ran,
  runFinding,
  runSketch,
  runs,
  SAME,
  samplePreview,
  skip,
  unknown,
} from './sample-preview.ts'
import { richPlan } from './sample-run.ts'

const DIFF = '@@ -10,3 +10,4 @@\n listen 80\n-workers 4\n+workers 8\n+timeout 30\n'

const numbered = (count: number, digits = 3) =>
  Array.from({ length: count }, (_, n) => `web${String(n + 1).padStart(digits, '0')}`)

function text(preview: Preview, options: Partial<VerdictOptions> = {}): string {
  return renderVerdicts(preview, { color: false, width: 80, cwd: '/play', ...options })
}

/** What is shown of one step on hosts, without what is around it. */
function body(preview: Preview, options: Partial<VerdictOptions> = {}): string[] {
  return text(preview, options).split('\n').slice(3, -3)
}

function one(
  node: Parameters<typeof samplePreview>[1][string],
  hosts: readonly string[] = ['web1'],
): Preview {
  return samplePreview(richPlan(hosts, { a: { on: hosts } }), { a: node })
}

const refused = (address: string) =>
  ({
    code: 'connect_refused',
    message: `${address} refused the connection`,
    hint: 'is sshd running?',
  }) as const

describe('a preview of hosts that were asked', () => {
  test('what changes stands out, odd hosts come last, and what does not change is a line', () => {
    const web = numbered(190)
    const plan = richPlan([...web, 'db1'], {
      facts: { on: web, hidden: true },
      look: { on: web },
      packages: { on: web, title: 'Install what it needs' },
      conf: { on: web, title: 'Configure the application' },
      site: { on: web.slice(0, 20) },
      logs: { on: web.slice(0, 3) },
      save: { on: web.slice(0, 3) },
      migrate: { on: ['db1'] },
      restart: { on: web },
      healthy: { on: web },
    })
    const conf = puts([
      edited('/etc/app.conf', DIFF, {
        before: { size: 1200, mode: '0644', owner: 'root' },
        after: { size: 1310, mode: '0600', owner: 'app' },
      }),
    ])
    const fresh = puts([made('/etc/app.conf', { after: { size: 1310, mode: '0600', owner: 'app' } })], {
      note: 'compared byte by byte: there is no sha256sum',
    })
    const preview = samplePreview(
      plan,
      {
        look: host => ran(`Linux ${host}\n`),
        packages: held('what it creates is there'),
        conf: host =>
          ({ web188: fresh, web189: SAME, web190: unknown('steps.packages would change first') })[host] ??
          conf,
        site: puts(
          [
            made('/srv/www/css', { type: 'folder', after: { mode: '0755' } }),
            edited('/srv/www/index.html', DIFF),
            edited('/srv/www/logo.png', '', {
              before: { size: 1_200_000 },
              after: { size: 1_310_000 },
              diff: { kind: 'none', because: 'binary' },
            }),
          ],
          { same: 180, sketch: putSketch('/srv/www/', '/play/site/') },
        ),
        logs: host => gets(host, { changed: 1, same: 2, overwritten: [`/play/logs/${host}/app.log`] }),
        save: host => gets(host, { same: 2 }),
        migrate: fails('/opt/app is not there', runSketch({ script: 'bin/migrate', cwd: '/opt/app' })),
        restart: host =>
          host === 'web007'
            ? skip('not host.vars.enabled')
            : runs('systemctl restart app', { become: { method: 'sudo', user: 'root' } }),
        healthy: unknown('steps.restart would change first'),
      },
      { web011: refused('10.0.0.10:22'), web012: refused('10.0.0.11:22') },
    )
    expect(text(preview)).toBe(`Deploy the web tier (deploy.yml)
The hosts were asked what they have; nothing was changed.

· 1. look                           no change on web[001-010,013-190] (188), ran
· 2. packages  Install what it ne…  no change on web[001-010,013-190] (188):
                                    what it creates is there

~ 3. conf  Configure the application
   ~ web[001-010,013-187] (185)
       ~ /etc/app.conf
           content 1.2 kB → 1.3 kB, +2 −1, mode 0644 → 0600, owner root → app
         │ @@ -10,3 +10,4 @@
         │  listen 80
         │ -workers 4
         │ +workers 8
         │ +timeout 30
   ~ web188
       + /etc/app.conf  new, 1.3 kB, mode 0600, owner app
       compared byte by byte: there is no sha256sum
   · web189  no change
   ? web190  unknown because steps.packages would change first

~ 4. site
   web[001-010,013-020] (18)
     put site/ → /srv/www/
     + /srv/www/css/  new folder, mode 0755
     ~ /srv/www/index.html  content 1.2 kB → 1.3 kB, +2 −1
       │ @@ -10,3 +10,4 @@
       │  listen 80
       │ -workers 4
       │ +workers 8
       │ +timeout 30
     ~ /srv/www/logo.png  binary, 1.2 MB → 1.3 MB
     180 left alone

~ 5. logs
   web[001-003] (3)
     get /var/log/app → logs/<host>/
     9 files, 3.6 MB, 6 of them here already; overwrites logs/<host>/app.log

· 6. save  no change on web[001-003] (3): 6 files, 3.6 MB, here already

✖ 7. migrate
   db1  would fail: /opt/app is not there
     in /opt/app
     run bin/migrate

~ 8. restart
   ~ web[001-006,008-010,013-190] (187)
       as root (sudo)
       run systemctl restart app
   – web007  skipped: not host.vars.enabled

? 9. healthy  unknown on web[001-010,013-190] (188) because steps.restart would
              change first

✖ web[011-012] (2)  unreachable, as web011: 10.0.0.10:22 refused the connection
    hint: is sshd running?

Plan: 394 to change, 380 unchanged, 190 unknown, 2 unreachable, 1 would fail, 1 skipped
`)
  })

  test('a fleet that is as it should be takes a line for each step', () => {
    const hosts = numbered(200)
    const steps = Array.from({ length: 20 }, (_, n) => [`step_${n}`, { on: hosts }] as const)
    const shown = text(samplePreview(richPlan(hosts, Object.fromEntries(steps)), {}))
    expect(shown.split('\n')).toHaveLength(3 + 20 + 3)
    expect(shown).toContain('\n·  1. step_0   no change on web[001-200] (200)\n·  2. step_1   no change')
    expect(shown).toMatch(/\nPlan: 0 to change, 4000 unchanged, 0 unknown, 0 unreachable\n$/)
  })

  test('only the last line with quiet', () => {
    expect(text(one(runs('date')), { quiet: true })).toBe(
      'Plan: 1 to change, 0 unchanged, 0 unknown, 0 unreachable\n',
    )
  })

  test('by host: hosts of which all is the same, with their steps', () => {
    const hosts = numbered(5, 1)
    const plan = richPlan(
      hosts,
      { a: { on: hosts }, b: { on: hosts.slice(0, 4) }, c: { on: ['web5'], in: 'late' } },
      {
        groups: [{ kind: 'group', id: 'late' }],
      },
    )
    const preview = samplePreview(plan, {
      a: held('it is there'),
      b: host => (host === 'web3' ? skip('not vars.x') : puts([edited('/etc/app.conf', DIFF)])),
    })
    expect(body(preview, { by: 'host' }).join('\n')).toBe(`web[1-2,4] (3): 1 to change, 1 unchanged each
   · 1. a  no change: it is there

   ~ 2. b
      ~ /etc/app.conf  content 1.2 kB → 1.3 kB, +2 −1
        │ @@ -10,3 +10,4 @@
        │  listen 80
        │ -workers 4
        │ +workers 8
        │ +timeout 30

web3: 1 unchanged, 1 skipped
   · 1. a  no change: it is there
   – 2. b  skipped: not vars.x

web5: 2 unchanged
   · 1. a  no change: it is there

   group late
      · 3. c  no change`)
  })

  test('without diffs hosts whose files differ only in their texts stand together', () => {
    const preview = one(host => puts([edited('/x', `@@ -1 +1 @@\n-a\n+${host}\n`)]), ['web1', 'web2'])
    expect(body(preview, { diff: false })).toEqual([
      '~ 1. a',
      '   web[1-2] (2)',
      '     ~ /x  content 1.2 kB → 1.3 kB, +1 −1',
    ])
    expect(body(preview)).toHaveLength(11)
  })

  test('of a step that differs everywhere some ways are shown, and those that would fail', () => {
    const hosts = numbered(40, 2)
    const preview = one(host => (host === 'web39' ? fails('it is odd') : runs(`echo ${host}`)), hosts)
    const lines = body(preview)
    expect(lines.at(-1)).toBe('   … and 34 other ways on 34 hosts: 34 to change (-v shows them)')
    expect(lines).toContain('   ✖ web39  would fail: it is odd')
    expect(body(preview, { verbose: true }).join('\n')).toContain('echo web40')
  })

  test('a step that no host has to do, and one whose hosts are all unreachable', () => {
    const plan = richPlan(['web1'], { a: { on: [] }, b: { on: ['web1'] } })
    const preview = samplePreview(plan, {}, { web1: refused('10.0.0.1:22') })
    expect(text(preview).split('\n').slice(3)).toEqual([
      '– 1. a  no host has it to do',
      '– 2. b  no host could be asked',
      '',
      '✖ web1  unreachable: 10.0.0.1:22 refused the connection',
      '    hint: is sshd running?',
      '',
      'Plan: 0 to change, 0 unchanged, 0 unknown, 1 unreachable',
      '',
    ])
  })
})

describe('what is said of a step', () => {
  test('a long diff is shortened, as is a long list of entries; -v shows all', () => {
    const long = `@@ -0,0 +1,90 @@\n${Array.from({ length: 90 }, (_, n) => `+${n}\n`).join('')}`
    const entries = Array.from({ length: 30 }, (_, n) => made(`/srv/${n}`))
    const preview = one(puts([edited('/srv/long', long), ...entries], { same: 2 }))
    const lines = body(preview)
    expect(lines).toContain('       │ … 61 more lines (-v shows all)')
    expect(lines).toContain('     … and 21 more entries, 21 new (-v shows them)')
    expect(lines.at(-1)).toBe('     2 left alone')
    const whole = body(preview, { verbose: true }).join('\n')
    expect(whole).toContain('│ +89\n')
    expect(whole).toContain('+ /srv/29')
    expect(whole).not.toContain('more')
  })

  test('entries beyond what the host told are counted', () => {
    const node = puts([made('/srv/1')], {
      counts: { new: 4, changed: 2, same: 0 },
      targets: ['/srv/1', '/srv/2'],
    })
    expect(body(one(node)).slice(-2)).toEqual([
      '     + /srv/1  new, 1.3 kB, mode 0644',
      '     … and 5 more entries, 3 new and 2 changed',
    ])
  })

  test('folders, links, attributes, what is of another type, and folders made on the way', () => {
    const node = puts(
      [
        made('/srv/a', { type: 'link', after: { target: 'b' } }),
        made('/srv/l', {
          type: 'link',
          change: 'content',
          before: { target: 'v1' },
          after: { target: 'v2' },
        }),
        made('/srv/m', {
          change: 'attributes',
          before: { mode: '0600', group: '0' },
          after: { mode: '0644', group: 'app' },
        }),
        made('/srv/r', { change: 'replaced', before: { target: '/tmp/x' }, after: { size: 10 } }),
        made('/srv/s', { change: 'replaced', after: { size: 10 } }),
      ],
      { missing: ['/srv', '/srv/x'] },
    )
    expect(body(one(node)).slice(2)).toEqual([
      '     put 1 B → /srv/a',
      '     makes /srv, /srv/x first',
      '     + /srv/a  new link, to b',
      '     ~ /srv/l  link v1 → v2',
      '     ~ /srv/m  mode 0600 → 0644, group 0 → app',
      '     ~ /srv/r  becomes a file, now a link to /tmp/x, 10 B',
      '     ~ /srv/s  becomes a file, now of another type, 10 B',
    ])
  })

  test('a read_only step ran: its answer where all gave the same, its trouble where it failed', () => {
    expect(body(one(ran('v1.4\nmore\n'), ['web1', 'web2']))).toEqual([
      '· 1. a  no change on web[1-2] (2), ran: v1.4',
    ])
    expect(body(one(ran('')))).toEqual(['· 1. a  no change on web1, ran: exit status 0'])
    const { result } = ran('', { outcome: 'failed', exitCode: 7, stderr: ran('no route\n').result!.stdout })
    const failing = fails('it fails with exit status 7', runSketch({ script: 'curl x' }), { result: result! })
    expect(body(one(failing))).toEqual([
      '✖ 1. a',
      '   web1  would fail: it fails with exit status 7',
      '     it ran: exit status 7: no route',
      '     run curl x',
    ])
  })

  test('what would fail says how to help it', () => {
    const failure = { code: 'remote_file', message: 'x', hint: 'make it before' } as const
    const node = fails('/opt is not there', runSketch(), { finding: runFinding('fails', { failure }) })
    expect(body(one(node))).toContain('     hint: make it before')
  })

  test('of a command that changes something the guard and env are shortened; -v shows all of them', () => {
    const node = runs('make', {
      unless: 'set -f\n# all of them\nmissing=\nfor name in $NAMES; do\n  test -e "$name"\ndone\n',
      env: [
        ['NAMES', 'a'],
        ['OWNER', ''],
        ['WORDS', 'a b'],
        ['LC_ALL', 'C'],
      ],
      writes: ['/var/lib/a', '/etc/a/**'],
    })
    expect(body(one(node)).slice(2)).toEqual([
      '     unless this succeeds for name in $NAMES; do … 5 more lines',
      '     with NAMES=a LC_ALL=C',
      '     with WORDS=a b',
      '     run make',
      '     writes /var/lib/a, /etc/a/**',
    ])
    const long = runs('make', { unless: `set -e\n${'x'.repeat(90)}\ntrue` })
    expect(body(one(long))[2]).toBe(`     unless this succeeds ${'x'.repeat(38)}… 2 more lines`)
    const whole = body(one(node), { verbose: true })
    for (const line of ['missing=', '  test -e "$name"', 'OWNER=', 'only /var/lib/a and /etc/a/**'])
      expect(whole.join('\n')).toContain(line)
  })

  test('a short guard stands as it is, and what is written stays in one line', () => {
    const writes = Array.from({ length: 20 }, (_, n) => `/var/lib/${n}`)
    const lines = body(one(runs('make', { onlyIf: 'set -f\ntest -e x', writes }))).slice(2)
    expect(lines.slice(0, 4)).toEqual([
      '     only if this succeeds',
      '     │ set -f',
      '     │ test -e x',
      '     run make',
    ])
    expect(lines.slice(4)).toEqual([expect.stringMatching(/^ {5}writes \/var\/lib\/0, .*…$/)])
    expect(body(one(runs('make', { writes: [] }))).at(-1)).toBe('     writes nothing')
  })

  test('a new file is its content, without a heading, and shortened to less', () => {
    const fresh = (n: number) => {
      const added = Array.from({ length: n }, (_, at) => `+${at}\n`).join('')
      return puts([made('/x', { diff: { kind: 'text', text: `@@ -0,0 +1,${n} @@\n${added}` } })])
    }
    expect(body(one(fresh(2))).slice(2)).toEqual([
      '     + /x  new, 1.3 kB, mode 0644',
      '       │ +0',
      '       │ +1',
    ])
    expect(body(one(fresh(20))).slice(-2)).toEqual(['       │ +9', '       │ … 10 more lines (-v shows all)'])
    expect(body(one(fresh(20)), { verbose: true }).at(-1)).toBe('       │ +19')
  })

  test('how it was compared, also where nothing changes', () => {
    const node = puts([], { note: 'compared byte by byte' })
    expect(body(one(host => (host === 'web2' ? node : SAME), ['web1', 'web2', 'web3']))).toEqual([
      '· 1. a',
      '   · web[1,3] (2)  no change',
      '   · web2  no change: compared byte by byte',
    ])
  })

  test('another host that carries it out', () => {
    const plan = richPlan(['lb1', 'web1'], { a: { on: ['web1'], delegate: 'lb1' } })
    expect(body(samplePreview(plan, {}))).toEqual(['· 1. a  no change on web1, carried out on lb1'])
    expect(body(samplePreview(plan, { a: runs('drain') }))[1]).toBe('   web1, carried out on lb1')
  })

  test('-v tells what unknown steps would do, when they start, and why a guard holds where hosts differ', () => {
    const preview = one(
      host =>
        host === 'web1'
          ? held('a is there')
          : unknown('steps.b would change first', runSketch({ script: 'make' })),
      ['web1', 'web2'],
    )
    expect(body(preview, { verbose: true })).toEqual([
      '· 1. a'.replace('·', '?'),
      '   starts at once',
      '   · web1  no change: a is there',
      '   ? web2  unknown because steps.b would change first',
      '       run',
      '       │ make',
    ])
  })
})

describe('loops', () => {
  const looped = (nodes: Parameters<typeof samplePreview>[1]) =>
    samplePreview(
      richPlan(
        ['web1'],
        Object.fromEntries(
          Array.from({ length: 9 }, (_, n) => [`users[${n}]`, { on: ['web1'], in: 'users' }]),
        ),
        { groups: [{ kind: 'loop', id: 'users' }] },
      ),
      nodes,
    )

  test('of many items those are shown about which there is something to say', () => {
    expect(body(looped({ 'users[7]': runs('useradd ann') }))).toEqual([
      'loop users, 9 items',
      '   ~ 8. users[7]',
      '      web1',
      '        run useradd ann',
      '',
      '   ·    8 items  no change on web1',
    ])
    expect(body(looped({}))).toEqual(['·    users  9 items: no change on web1'])
  })

  test('of those that change, too, not all are shown; what is not is counted', () => {
    const all = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`users[${n}]`, runs(`add ${n}`)]))
    expect(body(looped({ ...all, 'users[8]': SAME })).slice(-2)).toEqual([
      '',
      '   … 3 more items: 2 to change, 1 unchanged (-v shows them)',
    ])
  })
})

describe('the preview stays readable', () => {
  test('what hosts and files hold cannot drive the terminal, and no secret is shown', () => {
    const nasty = 'x\x1b[2J\u202e\rs3cret'
    const preview = samplePreview(
      richPlan(['web1', 'web2'], {
        a: { on: ['web1'], title: nasty },
        b: { on: ['web1'] },
        c: { on: ['web1'] },
        d: { on: ['web1'] },
      }),
      {
        a: puts(
          [
            edited(`/etc/${nasty}`, `@@ -1 +1 @@\n-${nasty}\n+y\n`, {
              before: { owner: nasty },
              after: { owner: 'a' },
            }),
          ],
          {
            note: nasty,
            missing: [nasty],
          },
        ),
        b: fails(nasty, runSketch({ script: nasty, cwd: nasty }), {
          ...ran(nasty),
          verdict: { kind: 'unknown', because: nasty, fails: true },
        }),
        c: ran(nasty),
        d: gets('web1', { changed: 1, overwritten: [`/play/logs/web1/${nasty}`] }),
      },
      { web2: { code: 'connect_failed', message: nasty, hint: nasty } },
    )
    for (const by of ['step', 'host'] as const)
      for (const verbose of [false, true]) {
        const shown = text(preview, { by, verbose, masked: value => value.replaceAll('s3cret', '***') })
        expect(shown).toContain('x\\x1b[2J\\u202e\\r***')
        expect(shown).not.toMatch(/[\x1b\u202e\r]|s3cret/)
      }
  })

  test('lines fit where they can be broken; a path stays whole', () => {
    const hosts = Array.from({ length: 60 }, (_, n) => `host-${n * 7}`)
    const path = `/srv/${'long/'.repeat(20)}app.conf`
    const reason = 'steps.conf would change first, and so would everything else that it needs to know before'
    const preview = samplePreview(richPlan(hosts, { a: { on: hosts }, b: { on: hosts }, c: { on: hosts } }), {
      a: host => (host === 'host-7' ? fails(reason) : puts([made(path)])),
      b: unknown(reason),
      c: host => (host === 'host-7' ? SAME : skip(reason)),
    })
    for (const width of [60, 80, 200])
      for (const by of ['step', 'host'] as const) {
        const long = text(preview, { width, by })
          .split('\n')
          .filter(line => line.length > width && !line.startsWith('Plan: '))
        expect(long.filter(line => !line.includes(path))).toEqual([])
        expect(text(preview, { width, by })).toContain(path)
      }
  })

  test('with colour it says the same', () => {
    const preview = one(
      host => (host === 'web1' ? runs('date') : puts([edited('/x', DIFF)])),
      ['web1', 'web2'],
    )
    const plain = text(preview, { color: true }).replace(/\x1b\[\d+m/g, '')
    expect(plain).toBe(text(preview))
  })
})
