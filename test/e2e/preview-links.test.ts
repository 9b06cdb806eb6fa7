import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { told } from '../playbooks/settle.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { disagreements } from './disagreements.ts'
import { drover, outcomesOf } from './drover.ts'
import { verdictsOf } from './verdicts.ts'
import { workFolder, writeHosts } from './work-folder.ts'

type Steps = Readonly<Record<string, object>>

/** Each with the folder `$` to itself, on a host of its own, and what is to be said of its steps. */
const CASES: Readonly<Record<string, readonly [steps: Steps, verdicts: Readonly<Record<string, RegExp>>]>> = {
  put_through_a_link_that_is_switched: [
    { sw: runs('ln -sfn r2 $/cur', '$/cur'), p: put('$/cur/conf', 'x') },
    { p: /^unknown: steps.*sw would change first/ },
  ],
  folder_put_through_a_link_that_is_switched: [
    { sw: runs('ln -sfn r2 $/cur', '$/cur'), p: { put: { src: 'tree/', dest: '$/cur' } } },
    { p: /^unknown: steps.*sw would change first/ },
  ],
  get_of_a_dangling_link_that_is_replaced: [
    { p: put('$/dangling', 'x'), g: { get: { src: '$/dangling', dest: 'out/' } } },
    { p: /^change$/, g: /^unknown: steps.*p would change first/ },
  ],
  get_of_what_is_not_there_yet: [
    { w: runs('echo >$/new.log', '$/*.log'), g: { get: { src: '$/*.log', dest: 'out/' } } },
    { g: /^unknown: steps.*w would change first/ },
  ],
  put_where_a_folder_goes: [
    { rm: runs('rm -r $/r1', '$/r1'), p: put('$/r1', 'x') },
    { p: /^unknown: steps.*rm would change first/ },
  ],
  put_where_a_pipe_goes: [
    { rm: runs('rm $/pipe', '$/pipe'), p: put('$/pipe', 'x') },
    { p: /^unknown: steps.*rm would change first/ },
  ],
  put_where_a_file_becomes_a_folder: [
    { rm: runs('rm $/file; mkdir $/file', '$/file'), p: put('$/file/x', 'x') },
    { p: /^unknown: steps.*rm would change first/ },
  ],
  folder_put_where_a_file_goes: [
    { rm: runs('rm $/file', '$/file'), p: { put: { src: 'tree/', dest: '$/file' } } },
    { p: /^unknown: steps.*rm would change first/ },
  ],
  put_through_a_link_to_a_folder_to_come: [
    {
      mk: runs('mkdir $/r3', '$/r3'),
      p: put('$/later/x', 'x'),
      t: { put: { src: 'tree/', dest: '$/later' } },
    },
    { p: /^unknown: steps.*mk would change first/, t: /^unknown: / },
  ],
  writes_by_another_name: [
    {
      w: runs('echo z >$/alias/conf', '$/alias/*'),
      p: put('$/r1/conf', 'x'),
      c: { run: 'true', creates: '$/r1/conf' },
      g: { get: { src: '$/r1', dest: 'out/' } },
    },
    { w: /^change$/, p: /^unknown: steps.*w would change first/, c: /^unknown/, g: /^unknown/ },
  ],
  reads_by_another_name: [
    {
      w: runs('echo z >$/alias/new', '$/alias/new'),
      r: { run: 'cat $/r1/new || echo none', read_only: true },
      q: { when: 'steps.reads_by_another_name_r.stdout == "none"', run: 'true' },
    },
    { r: /^unknown: steps.*w would change first/, q: /^unknown: steps.*_r is unknown/ },
  ],
  writes_behind_a_link_that_is_switched: [
    {
      sw: runs('ln -sfn r2 $/cur', '$/cur'),
      w: runs('echo x >$/cur/conf', '$/cur/*'),
      p: put('$/r2/conf', 'y'),
    },
    { w: /^change$/, p: /^unknown: steps.*w would change first/ },
  ],
  relative_writes: [
    {
      w: { run: 'echo z >conf', cwd: '$/alias', writes: 'conf' },
      p: put('$/r2/conf', 'y\n'),
      q: put('$/r1/conf', 'x\n'),
    },
    { w: /^change$/, p: /^no change$/, q: /^unknown: steps.*w would change first/ },
  ],
  what_lies_in_a_folder_that_is_closed: [
    {
      w: runs('chmod 0 $/r1', '$/r1/.'),
      c: { run: 'true', creates: '$/r1/conf' },
      u: { run: 'true', unless: 'test -e $/r1/conf' },
      p: { run: 'true', creates: '$/r2/conf' },
    },
    {
      w: /^change$/,
      c: /^unknown: steps.*w would change first/,
      u: /^unknown/,
    },
  ],
  neighbours: [
    { w: put('$/alias/a', 'x'), p: put('$/alias/conf', 'x\n'), q: put('$/r1/b', 'x') },
    { w: /^change$/, p: /^no change$/, q: /^change$/ },
  ],
  folder_put_over_a_link: [
    { a: put('$/r1/conf', 'q'), p: { put: { src: 'deep/', dest: '$/holder' } } },
    { p: /^unknown: steps.*a would change first/ },
  ],
  put_after_a_folder_over_a_link: [
    { a: { put: { src: 'deep/', dest: '$/holder' } }, p: put('$/r1/conf', 'x\n') },
    { a: /^change$/, p: /^unknown: steps.*a would change first/ },
  ],
}

function put(dest: string, content: string): object {
  return { put: { content, dest } }
}

function runs(run: string, writes: string): object {
  return { run, writes }
}

vi.setConfig({ testTimeout: 240_000 })

describeWith(['root', 'sshd'], 'a preview of what symbolic links lead to', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {} })
    for (const name of Object.keys(CASES)) furnish(join(server.home, name))
    execFileSync('chown', ['-hR', `${server.user}:`, server.home])
  })
  afterAll(() => server.stop())

  function furnish(folder: string): void {
    for (const name of ['r1', 'r2', 'holder']) mkdirSync(join(folder, name), { recursive: true })
    writeFileSync(join(folder, 'r1/conf'), 'x\n')
    writeFileSync(join(folder, 'r2/conf'), 'y\n')
    writeFileSync(join(folder, 'file'), '')
    execFileSync('mkfifo', [join(folder, 'pipe')])
    for (const [name, target] of [
      ['cur', 'r1'],
      ['alias', 'r1'],
      ['dangling', 'nowhere'],
      ['later', 'r3'],
      ['holder/sub', '../r1'],
    ] as const) {
      symlinkSync(target, join(folder, name))
    }
  }

  function playbook(): string {
    const steps = Object.entries(CASES).flatMap(([name, [steps]]) =>
      Object.entries(steps).map(([id, step], index) => ({
        id: `${name}_${id}`,
        hosts: name,
        ...(index === 0 ? { needs: [] } : {}),
        ...(JSON.parse(JSON.stringify(step).replaceAll('$', `${server.home}/${name}`)) as object),
      })),
    )
    return JSON.stringify({ hosts: 'all', steps })
  }

  test('knows what lies where, and that a step before may lead elsewhere', async () => {
    const cwd = workFolder()
    mkdirSync(join(cwd, 'tree'))
    mkdirSync(join(cwd, 'deep/sub'), { recursive: true })
    writeFileSync(join(cwd, 'tree/conf'), 'x\n')
    writeFileSync(join(cwd, 'deep/sub/conf'), 'y\n')
    writeFileSync(join(cwd, 'play.yml'), playbook())
    const hosts = Object.fromEntries(Object.keys(CASES).map(name => [name, server]))
    const options = [join(cwd, 'play.yml'), ...writeHosts(cwd, hosts), '--format', 'json']
    const verdicts = verdictsOf(await drover(['plan', ...options], { cwd }))
    for (const [name, [, expected]] of Object.entries(CASES)) {
      for (const [id, verdict] of Object.entries(expected))
        expect.soft(verdicts[`${name} ${name}_${id}`], `${name}: ${id}`).toMatch(verdict)
    }
    // The run decides who was right.
    const applied = await drover(['apply', ...options], { cwd })
    expect(applied.status, told(applied)).toBe(0)
    expect(disagreements(verdicts, outcomesOf(applied))).toEqual([])
    expect(Object.values(verdicts).filter(verdict => verdict.startsWith('fails'))).toEqual([])
  })
})
