import { describe, expect, test } from 'vitest'
import { renderPreview } from '../../src/render/preview.ts'
import { renderPreviewJson } from '../../src/render/preview-json.ts'
import { inventoryOf, planOf, type TestOptions } from '../compile/compiled.ts'

const INVENTORY = inventoryOf(
  { web1: { role: 'a' }, web2: { role: 'b' }, web3: { role: 'a' }, db1: {} },
  {
    web: ['web1', 'web2', 'web3'],
  },
)

interface Look extends TestOptions {
  readonly verbose?: boolean
  readonly width?: number
  readonly color?: boolean
}

function preview(
  text: string,
  { verbose = false, width = 80, color = false, ...options }: Look = {},
): string {
  const { plan, render } = planOf(text, { inventory: INVENTORY, ...options })
  return renderPreview(plan, render, { color, width, verbose, cwd: '/play' })
}

const PLAYBOOK = `
name: Release
hosts: web
vars: { release: "1.4" }
steps:
  - id: look
    run: uname -a
    read_only: true
  - id: unpack
    name: Unpack it
    run: |
      tar xzf app-\${{ vars.release }}.tgz
      touch done
    cwd: /opt/app
    env: { LANG: C }
    creates: /opt/app/done
    removes: [a, b]
    stdin: "yes"
    timeout: 90s
    throttle: 2
  - id: conf
    put: { content: "role = \${{ host.vars.role }}\\n", dest: /etc/app.conf, mode: "0600", owner: app }
    max_failures: 1
    on_failure: continue
  - id: pages
    put: { src: site/, dest: /srv/, parents: true }
    needs: [{ step: look, on: all }]
  - id: save
    hosts: db1
    once: true
    get: { src: /var/dump.sql, dest: dumps/ }
    on_failure: stop
`

describe('the preview', () => {
  test('says for each step what would be sent, equal hosts together', () => {
    expect(preview(PLAYBOOK)).toBe(`Release (play.yml)
This is what would be sent. No host was asked, so guards and files there are not looked at.

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
     in /opt/app
     with LANG=C
     at most 1m30s
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

Plan: 13 nodes on 4 hosts (not connected: what would change is not known)
`)
  })

  test('names what --limit leaves out', () => {
    expect(preview(PLAYBOOK, { limit: 'db1' })).toContain(
      '1. look\n   starts at once\n   left out: no host of it is left\n',
    )
  })

  test('shows steps in an order that works', () => {
    const text =
      'hosts: web\nsteps:\n  - { id: b, run: "true", needs: [a] }\n  - { id: a, run: "true", needs: [] }\n'
    expect(preview(text).match(/^\d\. \w+/gm)).toEqual(['1. a', '2. b'])
  })

  test('is short where a step differs on every host or a text is long, and whole with -v', () => {
    const inventory = inventoryOf(Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`h${n}`, {}])))
    const script = Array.from({ length: 40 }, (_, n) => `      echo ${n} \${{ host.name }}\n`).join('')
    const text = `hosts: all\nsteps:\n  - id: a\n    run: |\n${script}`
    const short = preview(text, { inventory })
    expect(short).toContain('… 20 more lines (-v shows them)')
    expect(short).toContain('… and 5 other ways on 5 hosts (-v shows them)')
    const whole = preview(text, { inventory, verbose: true })
    expect(whole.match(/echo 39 'h\d'/g)).toHaveLength(9)
    expect(whole).not.toContain('more lines')
  })

  test('breaks a long list of hosts, and nothing of what would be sent', () => {
    const inventory = inventoryOf(
      Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`host-${n * 7}`, {}])),
    )
    const long = `echo ${'x'.repeat(150)}`
    const text = `hosts: all\nsteps:\n  - id: a\n    run: ${long}\n`
    const lines = preview(text, { inventory }).split('\n')
    expect(lines).toContain(`     │ ${long}`)
    for (const line of lines.filter(line => /^ {3}\S/.test(line))) expect(line.length).toBeLessThanOrEqual(92)
    expect(preview(text, { inventory, width: 200 }).split('\n').length).toBeLessThan(lines.length)
  })

  test('with colour says the same', () => {
    const plain = preview(PLAYBOOK, { color: true }).replace(/\x1b\[\d+m/g, '')
    expect(plain).toBe(preview(PLAYBOOK))
  })

  test('what a playbook holds cannot drive the terminal', () => {
    const text = 'hosts: db1\nsteps:\n  - id: a\n    run: "echo \\e[2J\\u202e"\n'
    expect(preview(text)).toContain('│ echo \\x1b[2J\\u202e')
  })

  test('as JSON has the actions themselves', () => {
    const { plan, render } = planOf(PLAYBOOK, { inventory: INVENTORY })
    const document = JSON.parse(renderPreviewJson(plan, render))
    expect(document).toMatchObject({ v: 1, connected: false, name: 'Release', nodes: 13 })
    expect(document.hosts).toEqual(['web1', 'web2', 'web3', 'db1'])
    expect(document.steps[2].groups).toMatchObject([
      { hosts: ['web1', 'web3'], action: { kind: 'put', source: { kind: 'content', text: 'role = a\n' } } },
      { hosts: ['web2'], action: { kind: 'put' } },
    ])
    expect(document.steps[1].groups[0].action).toMatchObject({
      env: { LANG: 'C' },
      read_only: false,
      timeout_ms: 90_000,
    })
    expect(document.steps[3].needs).toEqual([{ step: 'look', on: 'all' }])
  })
})
