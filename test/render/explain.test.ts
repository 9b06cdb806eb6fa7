import { describe, expect, test } from 'vitest'
import { parsePlaybook } from '../../src/load/playbook.ts'
import { NO_BATCH, type Plan } from '../../src/model/plan.ts'
import type { Playbook } from '../../src/model/playbook.ts'
import { explainPlaybook, explainStep, stepIdsOf } from '../../src/render/explain.ts'
import { richPlan } from './sample-run.ts'

const DEPLOY = `name: Deploy the web tier
description: Rolls a release out to the web servers, one batch after the other.
hosts: web_clusters
vars: { release: "1.4.2", app_dir: /opt/app, users: [ann, bob], token: null }
semaphores: { mirror: 5 }
steps:
  - id: backup
    get: { src: /etc/app/app.ini, dest: backups/ }
  - id: upload
    put:
      src: dist/app.tgz
      dest: \${{ vars.app_dir }}/releases/\${{ vars.release }}.tgz
      mode: "0644"
      parents: true
    semaphores: mirror
  - id: unpack
    run: tar xzf releases/\${{ vars.release }}.tgz
    cwd: \${{ vars.app_dir }}
    creates: \${{ vars.app_dir }}/releases/\${{ vars.release }}/VERSION
  - id: migrate
    name: Migrate the database
    hosts: db_servers
    once: true
    run: bin/migrate --to \${{ vars.release }}
    needs: [upload]
    become: postgres
    env: { TOKEN: "\${{ vars.token }}", LANG: C }
    timeout: 10m
    on_failure: stop
  - id: users
    for_each: ["ann", "bob"]
    run: useradd \${{ item }}
    unless: id \${{ item }}
    become: true
  - id: roll
    name: One batch after the other
    needs: [unpack, migrate]
    rolling: { batch: [1, 25%], max_failures: 1, pause: 30s }
    steps:
      - id: drain
        run: lbctl drain \${{ host.name }}
        delegate_to: lb1
      - { id: restart, run: systemctl restart app, become: true }
      - id: healthy
        run: curl -fsS localhost:8080/health
        read_only: true
        retry: { attempts: 10, delay: 2s, until: 'result.stdout == "ok"' }
      - id: settle
        pause: 10s
  - id: conf
    put: { content: "a = \${{ facts.os.id }}\\n", dest: /etc/app.conf }
    when: vars.release != "0"
  - id: notify
    run: |
      echo done \${{ steps.migrate.stdout }}
      echo \${{ steps.conf.changed }}
    tags: [talk]
    on_failure: continue
  - id: undo
    needs: [{ step: roll, if: failed }]
    run: rollback
  - id: check
    assert: { that: [steps.migrate.exit_code == 0, steps.notify.changed], message: Something is off }
`

function read(text: string): Playbook {
  const { playbook, problems } = parsePlaybook('deploy.yml', '/play', text)
  if (playbook === undefined || problems.length > 0) throw new Error(problems.map(p => p.message).join('\n'))
  return playbook
}

const SETTINGS = { color: false, width: 80 }

const explained = (text: string, plan?: Plan) => explainPlaybook(read(text), plan, 'x.yml', SETTINGS)
const stepOf = (text: string, id: string, plan?: Plan) => explainStep(read(text), plan, id, SETTINGS)

test('a playbook in words', () => {
  expect(explained(DEPLOY)).toBe(`Deploy the web tier (deploy.yml)
Rolls a release out to the web servers, one batch after the other.
10 steps, on the hosts of web_clusters unless they say otherwise.
It needs -e token=….

backup
   Fetches /etc/app/app.ini to backups/<host>/. It starts right away.

upload
   Copies dist/app.tgz to \${{ vars.app_dir }}/releases/\${{ vars.release }}.tgz,
   with mode 0644, making the folders above it. It starts after backup. It waits
   for a permit of mirror.

unpack
   Runs \`tar xzf releases/\${{ vars.release }}.tgz\` in \${{ vars.app_dir }}. It
   starts after upload. There is nothing to do where there is
   \${{ vars.app_dir }}/releases/\${{ vars.release }}/VERSION already.

migrate  Migrate the database
   Runs \`bin/migrate --to \${{ vars.release }}\` as postgres, with TOKEN and LANG
   in its environment, once, on the first of the hosts of db_servers. It starts
   after upload. It may take 10 min. If it fails, nothing new starts anywhere
   but cleanup.

users
   Runs \`useradd \${{ item }}\` as root. It starts after migrate. There is nothing
   to do where \`id \${{ item }}\` succeeds. It runs for each of "ann" and "bob",
   one after the other.

roll  One batch after the other
   Does 4 steps: drain, restart, healthy and settle. It goes batch by batch:
   first 1 host, then 25 % at a time, 30 s between batches, no further batch
   once more than 1 host failed. It starts after unpack and migrate.

   drain
      Runs \`lbctl drain \${{ host.name }}\`, on the hosts of web_clusters, carried
      out on lb1. It starts at the beginning of roll.

   restart
      Runs \`systemctl restart app\` as root. It starts after drain.

   healthy
      Runs \`curl -fsS localhost:8080/health\`, which only reads. It starts after
      restart. It is tried up to 10 times, 2 s apart, until result.stdout ==
      "ok".

   settle
      Waits 10 s. It starts after healthy.

conf
   Writes /etc/app.conf. It starts after roll. It runs only when vars.release !=
   "0".

notify
   Runs a script of 2 lines (\`echo done \${{ steps.migrate.stdout }} …\`). It
   starts after conf, and after migrate, whose result it uses. If it fails, what
   needs it runs all the same.

undo
   Runs \`rollback\`. It starts only if roll failed.

check
   Fails unless steps.migrate.exit_code == 0 and steps.notify.changed, and says
   “Something is off”. It starts after undo, and after migrate and notify, whose
   results it uses.
`)
})

describe('one step in all detail', () => {
  test('migrate', () => {
    expect(stepOf(DEPLOY, 'migrate')).toBe(`migrate  Migrate the database

Does          runs \`bin/migrate --to \${{ vars.release }}\` as postgres, with
              TOKEN and LANG in its environment
Where         once, on the first of the hosts of db_servers
Starts        after upload
              it may take 10 min
Ends          it counts as a change whenever it runs
If it fails   nothing new starts anywhere but cleanup
Its results   stdout is used by notify
              exit_code is used by check
Written in    deploy.yml:20
`)
  })

  test('roll', () => {
    expect(stepOf(DEPLOY, 'roll')).toBe(`roll  One batch after the other

Does          4 steps: drain, restart, healthy and settle
Where         the hosts of web_clusters
              batch by batch: first 1 host, then 25 % at a time, 30 s between
              batches, no further batch once more than 1 host failed
Starts        after unpack and migrate
If it fails   conf does not run there; all else goes on
              undo runs all the same
Written in    deploy.yml:35

drain
   Runs \`lbctl drain \${{ host.name }}\`, on the hosts of web_clusters, carried
   out on lb1. It starts at the beginning of roll.

restart
   Runs \`systemctl restart app\` as root. It starts after drain.

healthy
   Runs \`curl -fsS localhost:8080/health\`, which only reads. It starts after
   restart. It is tried up to 10 times, 2 s apart, until result.stdout == "ok".

settle
   Waits 10 s. It starts after healthy.
`)
  })

  test('healthy', () => {
    expect(stepOf(DEPLOY, 'healthy')).toBe(`healthy  in roll

Does          runs \`curl -fsS localhost:8080/health\`, which only reads
Where         the hosts of web_clusters
              batch by batch, as roll goes over its hosts
Starts        after restart
              it may take 1 h, as every step
Tried         up to 10 times, 2 s apart, until result.stdout == "ok"
Ends          it only reads, and never counts as a change
If it fails   settle does not run there; all else goes on
Written in    deploy.yml:44
`)
  })

  test('notify', () => {
    expect(stepOf(DEPLOY, 'notify')).toBe(`notify

Does          runs a script of 2 lines (\`echo done \${{ steps.migrate.stdout }}
              …\`)
Where         the hosts of web_clusters
Starts        after conf, and after migrate, whose result it uses
              it may take 1 h, as every step
Ends          it counts as a change whenever it runs
If it fails   what needs it runs all the same
Its results   changed is used by check
Tags          talk
Written in    deploy.yml:53

  │ echo done \${{ steps.migrate.stdout }}
  │ echo \${{ steps.conf.changed }}
`)
  })

  test('users', () => {
    expect(stepOf(DEPLOY, 'users')).toBe(`users

Does          runs \`useradd \${{ item }}\` as root
Where         the hosts of web_clusters
Starts        after migrate
              there is nothing to do where \`id \${{ item }}\` succeeds
              it runs for each of "ann" and "bob", one after the other
              it may take 1 h, as every step
Ends          it counts as a change whenever it runs
Written in    deploy.yml:30
`)
  })

  test('unpack', () => {
    expect(stepOf(DEPLOY, 'unpack')).toBe(`unpack

Does          runs \`tar xzf releases/\${{ vars.release }}.tgz\` in
              \${{ vars.app_dir }}
Where         the hosts of web_clusters
Starts        after upload
              there is nothing to do where there is
              \${{ vars.app_dir }}/releases/\${{ vars.release }}/VERSION already
              it may take 1 h, as every step
Ends          it counts as a change whenever it runs
If it fails   roll does not run there; all else goes on
Written in    deploy.yml:16
`)
  })

  test('by the id that it has in a plan, too', () => {
    expect(stepOf(DEPLOY, 'users["ann"]')).toBe(stepOf(DEPLOY, 'users'))
  })

  test('none of that name', () => {
    expect(stepOf(DEPLOY, 'nothing')).toBeUndefined()
    expect(stepIdsOf(read(DEPLOY))).toContain('healthy')
  })
})

test('with a plan hosts have names, and batches sizes', () => {
  const web = ['web1', 'web2', 'web3']
  const plan = richPlan(
    [...web, 'db1'],
    {
      backup: { on: web },
      migrate: { on: ['db1'], once: true },
      'users["ann"]': { on: web },
      'users["bob"]': { on: ['web3'] },
      restart: { on: web, rolling: 0 },
      undo: { on: [], excluded: 'tags' },
    },
    {
      rollings: [
        { batchOf: Uint32Array.of(0, 1, 1, NO_BATCH), batches: 2, steps: [4], tolerated: 1, pauseMs: 0 },
      ],
    },
  )
  expect(explained(DEPLOY, plan)).toContain('\n10 steps, on web[1-3] unless they say otherwise.\n')
  expect(stepOf(DEPLOY, 'migrate', plan)).toContain('\nWhere         once, on db1\n')
  expect(stepOf(DEPLOY, 'users', plan)).toContain('\nWhere         web[1-3]\n')
  expect(stepOf(DEPLOY, 'undo', plan)).toContain('\nWhere         no host (left out)\n')
  expect(stepOf(DEPLOY, 'roll', plan)?.replace(/\s+/g, ' ')).toContain(
    'Where web[1-3] batch by batch: first 1 host, then 25 % at a time (3 hosts in 2 batches, no further batch once more than 1 host failed)',
  )
})

describe('a file for others to use', () => {
  const PART = `
name: An application behind a port
params:
  port:
    type: integer
    description: The port that it listens on. It must be free on each of the hosts where it is used.
  names: { type: array, items: { type: string }, default: [] }
  state: { type: string, enum: [present, absent], default: present }
  conf: { type: string, format: path, default: app.conf }
steps:
  - id: install
    run: install-app \${{ params.port }}
`

  test('tells what it takes, and how to use it', () => {
    expect(explained(PART)).toBe(`An application behind a port (deploy.yml)
1 step.

It takes
  port   a whole number, required
         The port that it listens on. It must be free on each of the hosts where
         it is used.
  names  a list, each text, default []
  state  "present" or "absent", default "present"
  conf   a local path, default "app.conf"

To use it
  - use: x.yml
    with:
      port: … (a whole number)

install
   Runs \`install-app \${{ params.port }}\`. It starts right away.
`)
  })
})

test.each([40, 80, 200])('no line is wider than a terminal of %i columns, words apart', width => {
  const text = explainPlaybook(read(DEPLOY), undefined, 'x', { color: false, width })
  for (const line of text.split('\n').filter(line => !line.includes('${{')))
    expect(line.length).toBeLessThanOrEqual(width)
})

test('colour only adds to the text, and nothing in the file drives the terminal', () => {
  const nasty = DEPLOY.replace('rollback', '"\\e[2J\\u202e"').replace(
    'One batch after the other',
    '"x\\u202e"',
  )
  const colored = explainPlaybook(read(nasty), undefined, 'x', { color: true, width: 80 })
  const plain = colored.replace(/\x1b\[\d+m/g, '')
  expect(plain).toBe(explained(nasty))
  expect(plain).not.toMatch(/[\x1b\u202e]/)
  expect(plain).toContain('\\x1b[2J\\u202e')
})
