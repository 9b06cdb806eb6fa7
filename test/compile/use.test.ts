import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inventoryOf, planOf, problemsOf, type TestOptions } from './compiled.ts'
import { edgesOf, hostsOf } from './nodes.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-use-'))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
})
afterAll(() => rmSync(folder, { recursive: true }))

const FILES = {
  'app.yml': `params:
  version: { type: string }
  port: { type: integer, default: 80, maximum: 9999 }
  url: { type: string, default: "http://\${{ host.name }}:\${{ params.port }}" }
  conf: { type: string, format: path, default: app.conf }
defaults: { env: { APP: "\${{ params.version }}" }, tags: [app] }
steps:
  - { id: install, run: "install \${{ params.version }} \${{ params.port }} \${{ params.url }}" }
  - { id: conf, put: { src: "\${{ params.conf }}", dest: /etc/app.conf } }
  - { id: check, needs: [install], run: "echo \${{ steps.install.stdout }}" }
`,
  'inner.yml': `params: { v: { type: string } }
steps:
  - { id: web, use: app.yml, with: { version: "\${{ params.v }}-x" } }
`,
  'twice.yml': `params: { n: { type: integer } }
steps: [{ id: s, run: "echo \${{ params.n + 1 }}" }]
`,
  'page.tmpl': 'Hello ${{ host.name }} ${{ params.who }}\n',
  'page.yml': `params: { who: { type: string }, file: { type: string, format: path, default: page.tmpl } }
steps: [{ id: s, put: { template: "\${{ params.file }}", dest: /x } }]
`,
  'bad.yml': `params: { who: { type: string } }
steps: [{ id: s, run: "echo \${{ params.whom }} \${{ vars.x }} \${{ steps.t.stdout }}" }]
`,
}

const planned = (text: string, options: TestOptions = {}) => planOf(text, { folder, ...options })
const wrong = (text: string, options: TestOptions = {}) => problemsOf(text, { folder, ...options })

describe('use', () => {
  test('includes the steps of a file under the id of the step', () => {
    const { plan, render } = planned(
      'hosts: all\nvars: { v: "1.4" }\nsteps:\n  - { id: a, run: "true" }\n  - { id: web, use: app.yml, with: { version: "${{ vars.v }}", port: 8080, conf: my.conf }, tags: [x] }\n  - { id: b, run: "true", needs: [web], when: steps.web.changed }\n',
    )
    expect(edgesOf(plan)).toEqual({
      a: '',
      'web.install': 'a',
      'web.conf': 'web.install',
      'web.check': 'web.install',
      b: 'web.conf web.check',
    })
    expect(render(1, 0)).toMatchObject({
      script: "install '1.4' '8080' 'http://web1:8080'",
      env: [['APP', '1.4']],
    })
    expect(render(2, 0)).toMatchObject({ source: { kind: 'src', text: join(folder, 'my.conf') } })
    expect(plan.steps[1]?.tags).toEqual(['x', 'app'])
    expect(plan.groups).toEqual([expect.objectContaining({ kind: 'use', id: 'web' })])
  })

  test('twice, in a loop, and inside of another one', () => {
    const { plan, render } = planned(
      'hosts: all\nsteps:\n  - { id: w, use: twice.yml, with: { n: "${{ item }}" }, for_each: [1, 2] }\n  - { id: inner, use: inner.yml, with: { v: "7" } }\n',
    )
    expect(plan.steps.map(({ id }) => id)).toEqual([
      ...['w[0].s', 'w[1].s', 'inner.web.install', 'inner.web.conf', 'inner.web.check'],
    ])
    expect(render(1, 0)).toMatchObject({ script: "echo '3'" })
    expect(render(2, 0)).toMatchObject({ script: "install '7-x' '80' 'http://web1:80'" })
  })

  test('a value that comes from the inventory has the type of the parameter, or is refused', () => {
    const inventory = inventoryOf({ a: { port: '81' }, b: { port: '99999' }, c: { port: 'x' } })
    const text =
      'hosts: a\nsteps: [{ id: w, use: app.yml, with: { version: "1", port: "${{ host.vars.port }}" } }]'
    expect(planned(text, { inventory }).render(0, 0)).toMatchObject({
      script: "install '1' '81' 'http://a:81'",
    })
    const problems = wrong(text.replace('hosts: a', 'hosts: all'), { inventory })
    expect(problems).toHaveLength(2)
    expect(problems.join('\n')).toMatch(/2:\d+ "port" does not fit: .*\(on b\)[\s\S]*\(on c\)/)
  })

  test('a parameter may be a result: that is an edge', () => {
    const { plan } = planned(
      'hosts: all\nsteps:\n  - { id: a, run: "true" }\n  - { id: w, needs: [], use: app.yml, with: { version: "${{ steps.a.stdout }}" } }\n',
    )
    expect(edgesOf(plan)['w.install']).toBe('a')
  })

  test('hosts: the nearest of step, defaults of the file, use and playbook', () => {
    const inventory = inventoryOf({ a: {}, b: {} })
    const { plan } = planned(
      'hosts: a\nsteps: [{ id: w, hosts: b, use: twice.yml, with: { n: 1 } }, { id: v, use: twice.yml, with: { n: 1 } }]',
      { inventory },
    )
    expect(hostsOf(plan)).toEqual({ 'w.s': 'b', 'v.s': 'a' })
  })

  test('templates see the parameters', () => {
    const { render } = planned('hosts: all\nsteps: [{ id: w, use: page.yml, with: { who: you } }]')
    expect(render(0, 0)).toMatchObject({ source: { kind: 'content', text: 'Hello web1 you\n' } })
  })

  test('a template is shown by the name of its file, wherever its path comes from', () => {
    const text = 'hosts: all\nsteps: [{ id: w, use: page.yml, with: { who: you, file: "${{ vars.f }}" } }]'
    const { plan } = planned(text.replace('steps', 'vars: { f: page.tmpl }\nsteps'))
    expect(plan.steps[0]?.action).toMatchObject({ source: { kind: 'template', file: 'page.tmpl' } })
  })

  test('a template that is not there is told where its path is written, with the place inside', () => {
    const text = 'hosts: all\nsteps: [{ id: w, use: page.yml, with: { who: you, file: nope.tmpl } }]'
    expect(wrong(text)).toEqual([
      expect.stringMatching(/^2:57 nope\.tmpl does not exist .the template of page\.yml:2/),
    ])
  })
})

describe('a file with parameters', () => {
  test('is told to be for others, and not that it has no hosts', () => {
    expect(wrong('params: { n: { type: integer } }\nsteps: [{ id: a, run: "true" }]')).toEqual([
      expect.stringContaining('this file is for others to use'),
    ])
  })
})

describe('what is wrong in an included file', () => {
  test('is told there', () => {
    const problems = wrong('hosts: all\nvars: { x: 1 }\nsteps: [{ id: w, use: bad.yml, with: { who: a } }]')
    expect(problems).toHaveLength(3)
    expect(problems[0]).toMatch(/^2:\d+ .*"whom".*did you mean "who"/)
    expect(problems.join('\n')).toContain('params')
  })

  test('a type that the parameter does not take', () => {
    expect(
      wrong('hosts: all\nsteps: [{ id: w, use: twice.yml, with: { n: "${{ host.name }}" } }]').join(),
    ).toContain('"n" is of the type string, and the parameter takes an integer')
  })
})
