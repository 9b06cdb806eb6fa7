import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, expect, test } from 'vitest'
import { PreviewSchema } from '../../schema/preview.ts'
import type { CliContext } from '../../src/cli/context.ts'
import { type PreviewTextOptions, previewText } from '../../src/cli/preview/preview-text.ts'
import { runProgram } from '../../src/cli/program.ts'
import { ERRORS } from '../../src/model/errors.ts'
import type { NodePreview, Preview } from '../../src/model/preview.ts'
import { ProblemsError } from '../../src/model/problem.ts'
import { recordApplied } from '../../src/plan/applied.ts'
import type { PlanDocument } from '../../src/plan/document.ts'
import { factorNodes } from '../../src/plan/factor.ts'
import { savePlan } from '../../src/plan/save-plan.ts'
import { sealPlan } from '../../src/plan/seal.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import { inventoryOf, planOf } from '../compile/compiled.ts'
import { documentOf } from '../plan/previews.ts'

const folder = mkdtempSync(join(tmpdir(), 'drover-show-'))
afterAll(() => rmSync(folder, { recursive: true }))

const PLAYBOOK = `
name: Release
hosts: web
vars: { release: "1.4" }
max_failures: 1
semaphores: { mirror: 2 }
steps:
  - { id: look, run: cat /etc/hostname, read_only: true }
  - id: conf
    name: Configure it
    put: { content: "host \${{ host.name }}\\n", dest: /etc/app.conf, mode: "0600" }
    tags: [conf]
  - id: log
    get: { src: /var/log/app, dest: logs }
    needs: [look]
    throttle: 2
    semaphores: [mirror]
  - id: note
    put: { content: "\${{ steps.look.stdout }}", dest: /etc/note }
  - id: users
    for_each: [ann, bob]
    run: useradd \${{ item }}
    retry: { attempts: 3, delay: 2s, until: result.exit_code == 0 }
  - id: roll
    rolling: { batch: [1, 50%], pause: 5s }
    steps:
      - { id: restart, run: service app restart, become: true }
      - { id: check, assert: { that: [vars.release == '1.4'] } }
      - { id: wait, pause: 3s }
  - { id: once, run: notify, once: true, delegate_to: db1, when: "vars.release != '1.4'" }
`

function previewOfPlaybook(): Preview {
  const web = ['web1', 'web2', 'web3']
  const inventory = inventoryOf({ web1: {}, web2: {}, web3: {}, db1: {} }, { web, db: ['db1'] })
  const { plan, sketch } = planOf(PLAYBOOK, { folder, inventory })
  const counts = { change: 9, unchanged: 3, skipped: 1, unknown: 3, failing: 0, unreachable: 0 }
  const node = (step: number, host: number): NodePreview | undefined =>
    plan.steps[step]?.targets.includes(host)
      ? { verdict: { kind: 'change' }, sketch: sketch(step, host) }
      : undefined
  return { plan, node, counts, unreachable: new Map() }
}

const PREVIEW = previewOfPlaybook()

function save(name: string, more: Partial<PlanDocument> = {}): string {
  const document = { ...documentOf(PREVIEW), ...factorNodes(PREVIEW, [folder]), ...more }
  const sealed = sealPlan(document, text => text)
  expect(savePlan(join(folder, name), name, sealed)).toBeUndefined()
  return sealed.checksum
}

async function show(...args: readonly string[]): Promise<string> {
  const stdout = new PassThrough({ highWaterMark: 1 << 20 })
  let status: number | undefined
  const context = {
    ...({
      program: 'drover',
      cwd: folder,
      env: {},
      stdin: process.stdin,
      secrets: new KnownSecrets(),
      stderr: process.stderr,
    } as const),
    stdout: stdout as unknown as CliContext['stdout'],
    exit: (own: number) => {
      status = own
    },
  }
  await runProgram(context, ['show', ...args])
  stdout.end()
  expect(status).toBe(0)
  return readAll(stdout)
}

const SETTINGS: PreviewTextOptions = {
  intro: 'This is what the hosts had when the plan was made.',
  ...{ format: 'text', color: false, width: 100, cwd: folder, verbose: true, by: 'step', diff: true },
}

test('shows what the plan showed when it was made, and who made it', async () => {
  save('p.json')
  const text = await show('p.json', '-v')
  const facts = 'p.json: made 2026-11-21T01:42:33Z by ann with drover 0.1.0\nnot applied yet\n\n'
  expect(text).toBe(facts + (await previewText(PREVIEW, SETTINGS)))
})

test('as a document, too', async () => {
  save('p.json')
  const whole = JSON.parse(await show('p.json', '--format', 'json'))
  expect(invalid(whole)).toEqual([])
  const { saved, ...shown } = whole
  expect(shown).toEqual(JSON.parse(await previewText(PREVIEW, { ...SETTINGS, format: 'json' })))
  expect(saved).toEqual({
    ...{ file: 'p.json', time: '2026-11-21T01:42:33Z', user: 'ann', version: '0.1.0' },
    ...{ applied: [], partial: 0 },
  })
})

test('tells the commit, what was not in it, and when it was applied', async () => {
  const git = {
    ...{ commit: '0123456789abcdef0123', branch: 'main', dirty: ['a.yml'], dirtyCount: 1 },
    remote: { name: 'origin', url: 'https://git.example/app' },
  }
  const checksum = save('q.json', { made: { time: 'T', user: 'a\u001b[31mnn', version: '0.1.0', git } })
  recordApplied(folder, checksum, { time: '2026-11-22T08:00:00Z', user: 'bob', run: 'r1' }, false)
  expect((await show('q.json')).split('\n').slice(0, 4)).toEqual([
    'q.json: made T by a\\x1b[31mnn with drover 0.1.0',
    'of commit 0123456789ab on main of https://git.example/app, with 1 file not committed',
    'applied 2026-11-22T08:00:00Z by bob (run r1)',
    '',
  ])
})

test('of which the published schema knows all', async () => {
  const git = { commit: '0123', dirty: [], dirtyCount: 0, remote: { name: 'origin', url: 'u' } }
  const options = { ...documentOf(PREVIEW).options, rev: '0123' }
  const made = { time: 'T', user: 'ann', version: '0.1.0', git }
  const checksum = save('r.json', { made, options })
  recordApplied(folder, checksum, { time: 'T', user: 'bob', run: 'r1' }, false)
  const { saved, ...shown } = JSON.parse(await show('r.json', '--format', 'json'))
  expect(saved).toMatchObject({ rev: '0123', applied: [{ user: 'bob' }], git: { commit: '0123' } })
  expect(invalid({ ...shown, saved })).toEqual([])
})

function invalid(document: unknown): readonly unknown[] {
  const ajv = new Ajv2020({ strict: true })
  const isValid = ajv.compile(JSON.parse(JSON.stringify(PreviewSchema)))
  return isValid(document) ? [] : (isValid.errors ?? [])
}

test('is markdown for a pull request', async () => {
  save('p.json')
  expect(await show('p.json', '--format', 'markdown')).toMatch(
    /^```text\np\.json: made [^`]*```\n\n## Preview: Release\n/,
  )
})

test.each([
  ['play.yml', PLAYBOOK, 3],
  ['changed.json', '{"drover_plan":1,\n"checksum":"sha256:00"}', 4],
  ['future.json', '{"drover_plan":2}', 3],
])('%s is refused', async (name, text, status) => {
  writeFileSync(join(folder, name), text)
  const error = await show(name).catch(thrown => thrown)
  expect(error).toBeInstanceOf(ProblemsError)
  expect((error as ProblemsError).problems.map(({ code }) => ERRORS[code])).toEqual([status])
})
