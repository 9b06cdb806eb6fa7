import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { endsOf, outcomesOf } from './drover.ts'
import { project } from './planning.ts'

describeWith(['root', 'sshd'], 'a host that is no longer what the plan saw', () => {
  let one: TestServer
  let two: TestServer
  beforeAll(async () => {
    ;[one, two] = await Promise.all([startSshd({ account: {} }), startSshd({ account: {} })])
  })
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()])
  })
  beforeEach(() => {
    for (const { home } of [one, two])
      for (const name of readdirSync(home)) rmSync(join(home, name), { recursive: true })
  })

  /** As the account itself, in its home. */
  function on({ home, user }: TestServer, script: string): void {
    execFileSync('su', [user, '-s', '/bin/sh', '-c', script], { cwd: home, stdio: 'pipe' })
  }

  /** With another login shell; with one that is not there nobody can log in. */
  async function withShell<T>({ user }: TestServer, shell: string, work: () => Promise<T>): Promise<T> {
    const set = (own: string) => execFileSync('usermod', ['-s', own, user], { stdio: 'pipe' })
    set(shell)
    try {
      return await work()
    } finally {
      set('/bin/sh')
    }
  }

  const MADE = 'umask 022; echo old >conf; mkdir -p site/sub; echo a >site/sub/page; ln -s nowhere link'
  const PUTS = `
  - { id: conf, put: { content: "new\\n", dest: conf }, needs: [] }
  - { id: site, put: { src: site, dest: . }, needs: [] }
  - { id: link, put: { content: "l\\n", dest: link }, needs: [] }
  - { id: fresh, put: { content: "f\\n", dest: fresh }, needs: [] }
`

  test.each<[what: string, script: string, step: string, message: RegExp]>([
    ['content', 'echo other >conf', 'conf', /^"conf" is no longer what the plan saw: its content changed$/],
    ['mode', 'chmod 600 conf', 'conf', /: its mode is 0600 now, not 0644$/],
    ['a file that is gone', 'rm conf', 'conf', /: it disappeared$/],
    ['a file that came', 'echo f >fresh', 'fresh', /: it appeared$/],
    ['a link in its place', 'rm conf; ln -s x conf', 'conf', /: it is a symbolic link now$/],
    ['a folder in its place', 'rm conf; mkdir conf', 'conf', /folder/],
    ['where a link leads', 'ln -sf other link', 'link', /: the link leads elsewhere$/],
    ['a file in a folder', 'echo b >site/sub/page', 'site', /: what is there of the files to put changed$/],
    ['its mode', 'chmod 600 site/sub/page', 'site', /: what is there of the files to put changed$/],
    ['a folder that is gone', 'rm -r site', 'site', /: what is there of the files to put changed$/],
  ])('%s', async (_, script, step, message) => {
    const { plan, apply, write } = project(
      { h1: one, h2: two },
      `${PUTS}  - { id: after, run: touch after, writes: [after], needs: [${step}] }\n`,
    )
    write('site/sub/page', 'c\n')
    for (const server of [one, two]) on(server, MADE)
    await plan()
    on(one, script)
    const before = listing(one)
    const done = await apply()
    expect(done.status).toBe(4)
    expect(endsOf(done)[`h1 ${step}`]).toMatchObject({ outcome: 'refused', failure: { code: 'drift' } })
    expect(endsOf(done)[`h1 ${step}`]?.failure?.message).toMatch(message)
    const others = ['conf', 'site', 'link', 'fresh'].filter(id => id !== step)
    expect(outcomesOf(done)).toEqual({
      ...{ [`h1 ${step}`]: 'refused', 'h1 after': 'blocked' },
      ...Object.fromEntries(others.map(id => [`h1 ${id}`, 'changed'])),
      ...Object.fromEntries([...others, step, 'after'].map(id => [`h2 ${id}`, 'changed'])),
    })
    const own = new RegExp(`^(${step === 'site' ? 'site(/.*)?' : step})$`)
    const touched = (list: readonly string[]) => list.filter(line => own.test(line.split(' ')[0] ?? ''))
    expect(touched(listing(one))).toEqual(touched(before))
    expect(existsSync(join(one.home, 'after'))).toBe(false)
  })

  /** All below a home: path, type, mode, times and content. */
  function listing({ home }: TestServer): readonly string[] {
    const script = `find . -mindepth 1 -printf '%P %y %m %U %T@ %l ' \\( -type f -exec sha256sum {} \\; -o -printf '\\n' \\)`
    return execFileSync('sh', ['-c', script], { cwd: home, encoding: 'utf8' }).trim().split('\n').sort()
  }

  test('the owner', async () => {
    const { plan, apply } = project(
      { h1: one },
      '  - { id: conf, put: { content: "new\\n", dest: shared/conf } }\n',
    )
    on(one, 'mkdir -m 777 shared; echo old >shared/conf')
    await plan()
    execFileSync('chown', ['daemon', join(one.home, 'shared/conf')])
    const done = await apply()
    expect(done.status).toBe(4)
    expect(endsOf(done)['h1 conf']?.failure?.message).toMatch(/its owner is \d+:\d+ now, not \d+:\d+$/)
  })

  test('guards: one that holds now, and one that holds no more', async () => {
    const steps = `
  - { id: held, run: touch went, unless: test -e kept }
  - { id: runs, run: touch ran, creates: stamp, needs: [{ step: held, if: always }] }
`
    const { plan, apply } = project({ h1: one, h2: two }, steps)
    for (const server of [one, two]) on(server, 'touch kept')
    await plan()
    on(one, 'touch stamp; rm kept')
    const done = await apply()
    expect(done.status).toBe(4)
    expect(outcomesOf(done)).toEqual({
      ...{ 'h1 runs': 'refused', 'h1 held': 'refused', 'h2 runs': 'changed', 'h2 held': 'ok' },
    })
    expect(endsOf(done)['h1 runs']?.failure?.message).toBe(
      'the plan saw it run, but now what it creates is there',
    )
    expect(endsOf(done)['h1 held']?.failure?.message).toMatch(
      /a guard that keeps it from running, but now none/,
    )
    expect(readdirSync(one.home)).toEqual(['stamp'])
    expect(readdirSync(two.home).sort()).toEqual(['kept', 'ran'])
  })

  test('a result that later steps use: other content, a skip that became a run, a run that became a skip', async () => {
    const steps = `
  - { id: look, run: cat state, read_only: true }
  - { id: text, put: { content: "\${{ steps.look.stdout }}", dest: text }, needs: [] }
  - { id: if_old, put: { content: x, dest: if_old }, when: steps.look.stdout == 'old', needs: [] }
  - { id: if_new, put: { content: x, dest: if_new }, when: steps.look.stdout == 'new', needs: [] }
`
    const { plan, apply } = project({ h1: one, h2: two }, steps)
    for (const server of [one, two]) on(server, 'echo old >state')
    await plan()
    on(one, 'echo new >state')
    const done = await apply()
    expect(done.status).toBe(4)
    const message = (node: string) => endsOf(done)[node]?.failure?.message
    expect(message('h1 text')).toBe(
      'this is not what was planned: it would do something else than was planned (what is put)',
    )
    expect(message('h1 if_old')).toMatch(/it was not planned to be skipped \(.*'old'/)
    expect(message('h1 if_new')).toMatch(/it was planned to be skipped \(.*'new'/)
    expect(readdirSync(one.home)).toEqual(['state'])
    expect(outcomesOf(done)).toMatchObject({
      ...{ 'h1 look': 'ok', 'h2 text': 'changed', 'h2 if_old': 'changed', 'h2 if_new': 'skipped' },
    })
  })

  test('what its facts say', async () => {
    const steps = '  - { id: conf, put: { content: "${{ facts.shell }}", dest: conf } }\n'
    const { plan, apply } = project({ h1: one, h2: two }, steps)
    await plan()
    await withShell(one, '/bin/bash', async () => {
      const done = await apply()
      expect(done.status).toBe(4)
      expect(outcomesOf(done)).toMatchObject({ 'h1 conf': 'refused', 'h2 conf': 'changed' })
      expect(endsOf(done)['h1 conf']?.failure?.message).toMatch(/than was planned \(what is put\)$/)
    })
    expect(readdirSync(one.home)).toEqual([])
  })

  test('a local file that a get would overwrite', async () => {
    const own = project({ h1: one, h2: two }, '  - { id: log, get: { src: log, dest: logs } }\n')
    for (const server of [one, two]) on(server, 'echo new >log')
    own.write('logs/h1/log', 'old\n')
    await own.plan()
    own.write('logs/h1/log', 'mine\n')
    const done = await own.apply()
    expect(done.status).toBe(4)
    expect(outcomesOf(done)).toEqual({ 'h1 log': 'refused', 'h2 log': 'ok' })
    expect(endsOf(done)['h1 log']?.failure?.message).toMatch(
      /logs\/h1" is no longer what the plan saw: what would be/,
    )
    expect(readFileSync(join(own.folder, 'logs/h1/log'), 'utf8')).toBe('mine\n')
  })

  test('a host that could not be reached then: what it would do nobody saw', async () => {
    const own = project(
      { h1: one, h2: two },
      '  - { id: conf, put: { content: x, dest: conf } }\n  - { id: go, run: touch went }\n',
    )
    const made = await withShell(two, '/nonexistent', () => own.plan())
    expect(made.status).toBe(1)
    const done = await own.apply()
    expect(done.status).toBe(4)
    expect(outcomesOf(done)).toEqual({
      ...{ 'h1 conf': 'changed', 'h1 go': 'changed', 'h2 conf': 'refused', 'h2 go': 'blocked' },
    })
    expect(endsOf(done)['h2 conf']?.failure?.message).toMatch(/its host could not be reached then/)
    expect(readdirSync(two.home)).toEqual([])
  })

  test('a host that cannot be reached any more is unreachable', async () => {
    const own = project({ h1: one, h2: two }, '  - { id: conf, put: { content: x, dest: conf } }\n')
    await own.plan()
    const done = await withShell(two, '/nonexistent', () => own.apply())
    expect(done.status).toBe(1)
    expect(outcomesOf(done)).toEqual({ 'h1 conf': 'changed', 'h2 conf': 'unreachable' })
  })

  test('what was unknown is done as it turns out', async () => {
    const steps = `
  - { id: makes, run: echo made >state, writes: [state] }
  - { id: reads, run: cat state, read_only: true }
  - { id: uses, put: { content: "\${{ steps.reads.stdout }}", dest: uses } }
`
    const own = project({ h1: one }, steps)
    expect((await own.plan()).stdout).toContain('unknown')
    const done = await own.apply()
    expect(done.status).toBe(0)
    expect(readFileSync(join(one.home, 'uses'), 'utf8')).toBe('made')
  })
})
