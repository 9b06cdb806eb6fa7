import { describe, expect, test } from 'vitest'
import type { RunAction } from '../../src/model/action.ts'
import { LIMITS } from '../../src/model/limits.ts'
import { NO_BATCH, type Plan } from '../../src/model/plan.ts'
import type { Sketch, SketchNode } from '../../src/model/sketch.ts'
import { renderPreviewJson } from '../../src/render/preview/json.ts'
import { type PreviewOptions, renderPreview } from '../../src/render/preview.ts'
import { lateExpr, richPlan, type SampleStep } from './sample-run.ts'

const WEB = ['web1', 'web2', 'web3']

const RUN: RunAction = {
  kind: 'run',
  script: 'true',
  env: [],
  creates: [],
  removes: [],
  readOnly: false,
  timeoutMs: LIMITS.stepMs,
}

const PUT = {
  kind: 'put',
  source: { kind: 'content', text: 'x' },
  dest: '/x',
  parents: false,
  timeoutMs: LIMITS.stepMs,
} as const

function run(action: Partial<RunAction> = {}, ...conditions: string[]): Sketch {
  return { kind: 'action', action: { ...RUN, ...action }, conditions }
}

type Sketches = Readonly<Record<string, Sketch | ((host: string) => Sketch)>>

function sketchNode(plan: Plan, sketches: Sketches): SketchNode {
  return (step, host) => {
    const found = sketches[plan.steps[step]?.id ?? ''] ?? run()
    return typeof found === 'function' ? found(plan.hosts[host]?.name ?? '') : found
  }
}

function preview(plan: Plan, sketches: Sketches = {}, options: Partial<PreviewOptions> = {}): string {
  const settings = { color: false, width: 80, verbose: false, cwd: '/play', ...options }
  return renderPreview(plan, sketchNode(plan, sketches), settings)
}

/** One step on web1, without what is around it. */
function one(sketch: Sketch, step: Partial<SampleStep> = {}): string[] {
  const text = preview(richPlan(['web1'], { a: { on: ['web1'], ...step } }), { a: sketch })
  return text.split('\n').slice(4, -3)
}

describe('the preview', () => {
  test('says for each step what would be sent, equal hosts together', () => {
    const plan = richPlan([...WEB, 'db1'], {
      look: { on: WEB },
      unpack: { on: WEB, needs: ['look'], title: 'Unpack it', throttle: 2 },
      conf: { on: WEB, needs: ['unpack'], tolerated: 1, onFailure: 'continue' },
      pages: { on: WEB, needs: [['look', 'all']] },
      save: { on: ['db1'], needs: [['pages', 'all']], once: true, onFailure: 'stop' },
    })
    const sketches: Sketches = {
      look: run({ script: 'uname -a', readOnly: true }),
      unpack: run({
        script: "tar xzf app-'1.4'.tgz\ntouch done\n",
        cwd: '/opt/app',
        env: [['LANG', 'C']],
        creates: ['/opt/app/done'],
        removes: ['a', 'b'],
        stdin: 'yes',
        timeoutMs: 90_000,
      }),
      conf: host => ({
        kind: 'action',
        conditions: [],
        action: {
          ...PUT,
          source: { kind: 'content', text: host === 'web2' ? 'role = b\n' : 'role = a\n' },
          dest: '/etc/app.conf',
          mode: '0600',
          owner: 'app',
        },
      }),
      pages: {
        kind: 'action',
        conditions: [],
        action: { ...PUT, source: { kind: 'src', text: '/play/site/' }, dest: '/srv/', parents: true },
      },
      save: host => ({
        kind: 'action',
        conditions: [],
        action: { kind: 'get', src: '/var/dump.sql', dest: `/play/dumps/${host}`, timeoutMs: LIMITS.stepMs },
      }),
    }
    expect(preview(plan, sketches)).toBe(`Deploy the web tier (deploy.yml)
This is what would be sent. No host was asked, so guards and files there are not
looked at.

1. look
   starts at once
   web[1-3] (3 hosts):
     run, read only
     │ uname -a

2. unpack  Unpack it
   after look, 2 at a time
   web[1-3] (3 hosts):
     unless there is /opt/app/done
     only if there is a or b
     at most 1m30s
     in /opt/app
     with LANG=C
     run
     │ tar xzf app-'1.4'.tgz
     │ touch done
     standard input
     │ yes

3. conf
   after unpack, 1 host may fail, goes on after a failure
   web[1,3] (2 hosts):
     put 9 B → /etc/app.conf, mode 0600, owner app
     │ role = a
   web2:
     put 9 B → /etc/app.conf, mode 0600, owner app
     │ role = b

4. pages
   after look on all hosts
   web[1-3] (3 hosts):
     put site/ → /srv/, with missing folders

5. save
   after pages, once, on the first host, a failure stops everything
   db1:
     get /var/dump.sql → dumps/<host>/

Plan: 5 steps on 4 hosts (not connected: what would change is not known)
`)
  })

  test('conditions: known ones decide, those of the run are told', () => {
    const plan = richPlan(WEB, { a: { on: WEB } })
    const text = preview(plan, {
      a: host =>
        host === 'web2'
          ? { kind: 'skipped', note: 'not vars.primary' }
          : run({}, 'steps.conf.changed', 'facts.os == "debian"'),
    })
    expect(text).toContain(`   web[1,3] (2 hosts):
     only when steps.conf.changed
     only when facts.os == "debian"
     run
     │ true
   web2:
     skip: not vars.primary
`)
  })

  test('guards, another user, another shell, what it writes, a reboot', () => {
    expect(
      one(
        run({
          script: 'reboot',
          shell: 'bash',
          unless: 'test -e /run/done\n',
          onlyIf: 'a\nb',
          become: { method: 'sudo', user: 'root' },
          writes: ['/etc/app/*', '/srv'],
          reconnect: true,
        }),
      ),
    ).toEqual([
      '1. a',
      '   starts at once',
      '   web1:',
      '     unless this succeeds test -e /run/done',
      '     only if this succeeds',
      '     │ a',
      '     │ b',
      '     as root (sudo)',
      '     writes only /etc/app/* and /srv',
      '     run, with bash',
      '     │ reboot',
      '     then waits for the host to come back',
    ])
  })

  test('attempts, judgements, permits and tags', () => {
    const plan = richPlan(
      ['web1'],
      {
        a: {
          on: ['web1'],
          semaphores: [0],
          tags: ['web', 'slow'],
          retry: { attempts: 10, delayMs: 2000, backoff: 2, until: lateExpr('result.exit_code == 0') },
          changedWhen: lateExpr('result.stdout != ""'),
          failedWhen: lateExpr('false'),
        },
      },
      { semaphores: [{ name: 'mirror', permits: 5 }] },
    )
    expect(preview(plan)).toContain(`1. a
   starts at once, takes a permit of mirror (5 at once), tagged web, slow
   changed when result.stdout != ""
   failed when false
   tried up to 10 times, 2 s apart, each wait 2 times the one before, until result.exit_code == 0
   web1:
`)
  })

  test('cleanup, and steps that go on however others end', () => {
    const plan = richPlan(['web1'], {
      a: { on: ['web1'] },
      b: { on: ['web1'], needs: ['a'] },
      undo: {
        on: ['web1'],
        needs: [
          ['a', 'host', 'failed'],
          ['b', 'all', 'failed'],
        ],
      },
      tidy: { on: ['web1'], needs: ['undo', ['a', 'host', 'always'], ['b', 'host', 'always']] },
    })
    const text = preview(plan)
    expect(text).toContain('3. undo\n   only if a or b on all hosts failed\n')
    expect(text).toContain('4. tidy\n   after undo, after a and b, however they end\n')
  })

  test('a step that another host carries out', () => {
    const plan = richPlan(['lb1', ...WEB], { drain: { on: WEB, delegate: 'lb1' } })
    const text = preview(plan, { drain: host => run({ script: `drain ${host === 'web3' ? 'c' : 'ab'}` }) })
    expect(text).toContain('   web[1-2] (2 hosts), carried out on lb1:\n     run\n     │ drain ab\n')
    expect(text).toContain('   web3, carried out on lb1:\n')
  })

  test('an assertion and a pause', () => {
    expect(
      one({ kind: 'assert', that: ['1 < 2', 'facts.memory > 4'], message: 'too small', conditions: [] }),
    ).toEqual([
      '1. a',
      '   starts at once',
      '   web1:',
      '     assert',
      '     │ 1 < 2',
      '     │ facts.memory > 4',
      '     else too small',
    ])
    expect(one({ kind: 'pause', ms: 30_000, conditions: ['steps.b.changed'] }).slice(3)).toEqual([
      '     only when steps.b.changed',
      '     pause 30 s',
    ])
  })

  test('a template with its size where all of it is known', () => {
    const template = (late: boolean): Partial<SampleStep> => ({
      action: {
        ...PUT,
        source: { kind: 'template', file: 'nginx.tmpl', text: ['a ', { ...lateExpr('vars.x'), late }] },
        dest: ['/x'],
      },
    })
    const put = (text: string): Sketch => ({
      kind: 'action',
      conditions: [],
      action: { ...PUT, source: { kind: 'content', text } },
    })
    expect(one(put('a 1'), template(false))[3]).toBe('     put template nginx.tmpl (3 B) → /x')
    expect(one(put('a ${{ facts.os }}'), template(true)).slice(3)).toEqual([
      '     put template nginx.tmpl → /x',
      '     │ a ${{ facts.os }}',
    ])
  })

  test('what is said of a put stands in a line of its own where it would not fit', () => {
    const dest = `/etc/${'x'.repeat(60)}`
    const action = { ...PUT, source: { kind: 'content', text: 'a' }, dest, mode: '0600' } as const
    expect(one({ kind: 'action', conditions: [], action }).slice(3)).toEqual([
      `     put 1 B → ${dest}`,
      '       mode 0600',
      '     │ a',
    ])
  })

  test('a value that does not fit', () => {
    const failure = { code: 'expression_value', message: 'vars.x holds a NUL character' } as const
    expect(one({ kind: 'failure', failure })[3]).toBe('     cannot be done: vars.x holds a NUL character')
  })

  test('says once what options left out, and not what became of it', () => {
    const plan = richPlan(['web1'], {
      a: { on: [], excluded: 'tags' },
      b: { on: ['web1'] },
      c: { on: [], excluded: 'tags' },
      d: { on: [], excluded: 'limit' },
      e: { on: [] },
    })
    const text = preview(plan)
    expect(text).toContain(
      '\nLeft out by --limit: d\nLeft out by --tags or --skip-tags: a, c\nPlan: 2 steps on 1 host',
    )
    expect(text.match(/^\d\. \w+/gm)).toEqual(['1. b', '2. e'])
    expect(text).toContain('2. e\n   starts at once\n   no host has it to do\n')
  })

  test('groups of which nothing is left stand for their steps', () => {
    const plan = richPlan(
      ['web1'],
      {
        'web.a': { on: [], excluded: 'step', in: 'web' },
        'web.in.b': { on: [], excluded: 'step', in: 'web.in' },
        'db.a': { on: [], excluded: 'step', in: 'db' },
        'db.b': { on: ['web1'], in: 'db' },
      },
      {
        groups: [
          { kind: 'use', id: 'web' },
          { kind: 'group', id: 'web.in', in: 'web' },
          { kind: 'use', id: 'db' },
        ],
      },
    )
    expect(preview(plan)).toContain('\nLeft out by --step: web, db.a\nPlan: 1 step on 1 host (')
  })

  test('hosts that only carry out steps of others, or have none, are not counted', () => {
    const plan = richPlan(['lb1', 'web1', 'web2'], { a: { on: ['web1'], delegate: 'lb1' } })
    expect(preview(plan)).toContain('Plan: 1 step on 1 host (')
  })

  test('facts are a line', () => {
    const plan = richPlan(WEB, {
      facts: { on: WEB, hidden: true },
      a: { on: WEB, needs: ['facts'] },
    })
    expect(preview(plan)).toContain(
      '\n•  facts are gathered first, on web[1-3] (3 hosts)\n\n1. a\n   after facts\n',
    )
    expect(preview(plan)).toContain('Plan: 1 step on 3 hosts')
  })
})

describe('groups in the preview', () => {
  const hosts = Array.from({ length: 12 }, (_, n) => `web${String(n + 1).padStart(2, '0')}`)

  test('a rolling group shows its batches, canaries first', () => {
    const plan = richPlan(
      [...hosts, 'lb1'],
      {
        migrate: { on: ['web01'], once: true },
        restart: { on: hosts, needs: [['migrate', 'all']], in: 'roll', rolling: 0 },
        healthy: { on: hosts, needs: ['restart'], in: 'roll', rolling: 0 },
      },
      {
        groups: [{ kind: 'group', id: 'roll', title: 'One after the other' }],
        rollings: [
          {
            batchOf: Uint32Array.from([0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, NO_BATCH]),
            batches: 7,
            steps: [1, 2],
            tolerated: 1,
            pauseMs: 30_000,
          },
        ],
      },
    )
    expect(preview(plan)).toContain(`
group roll  One after the other
   12 hosts in 7 batches, 30 s between them, no further batch once more than 1
   host failed
   batch 1: web01
   batch 2: web[02-03] (2 hosts)
   batch 3: web[04-05] (2 hosts)
   batch 4: web[06-07] (2 hosts)
   … and 3 more batches with 5 hosts (-v shows them)

   2. restart
      after migrate on all hosts
      web[01-12] (12 hosts):
        run
        │ true

   3. healthy
      after restart
      web[01-12] (12 hosts):
        run
        │ true

Plan: `)
    expect(preview(plan, {}, { verbose: true })).toContain('   batch 7: web12\n\n   2. restart')
  })

  const looped = (items: number) =>
    richPlan(
      ['web1'],
      Object.fromEntries(
        Array.from({ length: items }, (_, n) => [`users[${n}]`, { on: ['web1'], in: 'users', title: 'Add' }]),
      ),
      { groups: [{ kind: 'loop', id: 'users', title: 'Add' }] },
    )

  test('a loop shows its first items', () => {
    const text = preview(looped(7))
    expect(text).toContain('\nloop users  Add, 7 items\n\n   1. users[0]\n      starts at once\n')
    expect(text).toContain('\n   … and 3 more items: users[4] … users[6] (-v shows them)\n')
    expect(text).not.toContain('. users[4]')
    expect(preview(looped(7), {}, { verbose: true })).toContain('   7. users[6]\n')
  })

  test('groups in includes in groups, and one that goes on after another step', () => {
    const plan = richPlan(
      ['web1'],
      {
        'web.install': { on: ['web1'], in: 'web' },
        other: { on: ['web1'], needs: ['web.install'], in: 'outer' },
        'web.start': { on: ['web1'], needs: ['other'], in: 'web' },
      },
      {
        groups: [
          { kind: 'group', id: 'outer' },
          { kind: 'use', id: 'web', title: 'The web server', in: 'outer' },
        ],
      },
    )
    const heads = preview(plan).match(/^ *(group|use|\d+\.) .*$/gm)
    expect(heads).toEqual([
      'group outer',
      '   use web  The web server',
      '      1. web.install',
      '   2. other',
      '   use web  The web server, continued',
      '      3. web.start',
    ])
  })

  test('a group in a loop: turns of it fold like items', () => {
    const plan = richPlan(
      ['web1'],
      Object.fromEntries(
        Array.from({ length: 6 }, (_, n) => n).flatMap(n => [
          [`g[${n}].a`, { on: ['web1'], in: `g[${n}]` }],
          [`g[${n}].b`, { on: ['web1'], in: `g[${n}]` }],
        ]),
      ),
      {
        groups: [
          { kind: 'loop', id: 'g' },
          ...Array.from({ length: 6 }, (_, n) => ({ kind: 'group', id: `g[${n}]`, in: 'g' }) as const),
        ],
      },
    )
    const text = preview(plan)
    expect(text.match(/^ *group .*$/gm)).toHaveLength(4)
    expect(text).toContain('   … and 2 more items: g[4] … g[5] (-v shows them)\n')
  })
})

describe('the preview stays readable', () => {
  test('where a step differs on every host or a text is long; -v shows all', () => {
    const hosts = Array.from({ length: 9 }, (_, n) => `h${n}`)
    const script = (host: string) => Array.from({ length: 40 }, (_, n) => `echo ${n} ${host}\n`).join('')
    const plan = richPlan(hosts, { a: { on: hosts } })
    const sketches: Sketches = { a: host => run({ script: script(host) }) }
    const short = preview(plan, sketches)
    expect(short).toContain('… 20 more lines (-v shows them)')
    expect(short).toContain('… and 5 other ways on 5 hosts (-v shows them)')
    const whole = preview(plan, sketches, { verbose: true })
    expect(whole.match(/echo 39 h\d/g)).toHaveLength(9)
    expect(whole).not.toContain('more lines')
  })

  test('a long list of hosts breaks, and nothing of what would be sent', () => {
    const hosts = Array.from({ length: 60 }, (_, n) => `host-${n * 7}`)
    const plan = richPlan(hosts, { a: { on: hosts } })
    const long = `echo ${'x'.repeat(150)}`
    const lines = preview(plan, { a: run({ script: long }) }).split('\n')
    expect(lines).toContain(`     │ ${long}`)
    for (const line of lines.filter(line => /^ {3}\S/.test(line))) expect(line.length).toBeLessThanOrEqual(92)
    expect(preview(plan, {}, { width: 200 }).split('\n').length).toBeLessThan(lines.length)
  })

  test('with colour it says the same', () => {
    const plan = richPlan(WEB, { a: { on: WEB, throttle: 1 } })
    const plain = preview(plan, {}, { color: true }).replace(/\x1b\[\d+m/g, '')
    expect(plain).toBe(preview(plan))
  })

  test('what a playbook holds cannot drive the terminal', () => {
    const nasty = 'x\x1b[2J\u202e'
    const plan = richPlan(['web1'], { a: { on: ['web1'], title: nasty, tags: [nasty] } })
    for (const sketch of [
      run({ script: nasty, cwd: nasty, stdin: nasty, unless: nasty, creates: [nasty] }, nasty),
      { kind: 'skipped', note: nasty } as const,
      { kind: 'assert', that: [nasty], message: nasty, conditions: [nasty] } as const,
    ]) {
      const text = preview(plan, { a: sketch })
      expect(text).toContain('x\\x1b[2J\\u202e')
      expect(text).not.toMatch(/[\x1b\u202e]/)
    }
  })
})

test('as JSON it has the actions themselves', () => {
  const plan = richPlan(
    [...WEB, 'lb1'],
    {
      look: { on: WEB, retry: { attempts: 3, delayMs: 1000, backoff: 1 } },
      conf: { on: WEB, needs: [['look', 'all', 'always']], in: 'roll', rolling: 0, delegate: 'lb1' },
    },
    {
      groups: [{ kind: 'group', id: 'roll' }],
      rollings: [
        { batchOf: Uint32Array.from([0, 1, 1, NO_BATCH]), batches: 2, steps: [1], tolerated: 0, pauseMs: 5 },
      ],
    },
  )
  const sketch = sketchNode(plan, {
    look: run({ env: [['LANG', 'C']] }, 'steps.x.changed'),
    conf: host => (host === 'web2' ? { kind: 'skipped', note: 'not vars.x' } : run()),
  })
  const document = JSON.parse(renderPreviewJson(plan, sketch))
  expect(document).toMatchObject({ v: 1, connected: false, name: 'Deploy the web tier', nodes: 6 })
  expect(document.hosts).toEqual(['web1', 'web2', 'web3', 'lb1'])
  expect(document.groups).toEqual([
    {
      kind: 'group',
      id: 'roll',
      title: 'roll',
      rolling: { batches: [['web1'], ['web2', 'web3']], max_failures: 0, pause_ms: 5 },
    },
  ])
  expect(document.steps).toMatchObject([
    {
      id: 'look',
      retry: { attempts: 3, delay_ms: 1000, backoff: 1 },
      groups: [
        {
          hosts: WEB,
          only_when: ['steps.x.changed'],
          action: { kind: 'run', env: { LANG: 'C' }, read_only: false, timeout_ms: LIMITS.stepMs },
        },
      ],
    },
    {
      id: 'conf',
      group: 'roll',
      needs: [{ step: 'look', on: 'all', if: 'always' }],
      groups: [
        { hosts: ['web1', 'web3'], delegate: 'lb1', action: { kind: 'run' } },
        { hosts: ['web2'], action: { kind: 'skip', reason: 'not vars.x' } },
      ],
    },
  ])
})
