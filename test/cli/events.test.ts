import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, onTestFinished, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import { capture } from '../render/capture.ts'
import { useOwnHome } from './own-home.ts'

useOwnHome()

const schema = JSON.parse(
  readFileSync(new URL('../../schema/event.schema.json', import.meta.url), 'utf8'),
) as object
const isEvent = new Ajv({
  ...{ strict: true, strictTypes: false, strictRequired: false, ownProperties: true },
}).compile(schema)

const PLAYBOOK = `
hosts: all
steps:
  - { id: look, run: "echo \${{ facts.os.id }}", read_only: true }
  - id: users
    for_each: [ann, bob]
    run: echo \${{ item }}
  - id: roll
    rolling: { batch: 1 }
    steps:
      - id: up
        run: "[ -e there ] || { touch there; exit 7; }"
        cwd: \${{ env.WORK }}
        retry: { attempts: 3, delay: 10ms }
      - { id: settle, pause: 20ms }
  - { id: never, run: "true", when: steps.look.stdout == "" }
  - { id: sure, assert: steps.look.exit_code == 0 }
  - { id: bad, run: "exit \${{ raw(host.name == 'b' ? '3' : '0') }}", tags: [x] }
  - { id: after, run: "true" }
  - { id: undo, run: "true", needs: [{ step: bad, if: failed }] }
  - { id: left, run: "true", needs: [], tags: [skip] }
`

test('every event of a real run is as the schema says', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'drover-events-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  writeFileSync(join(cwd, 'hosts.ini'), 'a ansible_connection=local\nb ansible_connection=local\n')
  writeFileSync(join(cwd, 'play.yml'), PLAYBOOK)
  const [stdout, stderr] = [capture(), capture()]
  const around = {
    program: 'drover',
    cwd,
    env: { WORK: cwd },
    stdin: process.stdin,
    secrets: new KnownSecrets(),
    exit: () => {},
  }
  const context = { ...around, stdout, stderr } as unknown as CliContext
  await runProgram(context, ['apply', 'play.yml', '--yes', '--format', 'json', '--skip-tags', 'skip'])
  const lines = stdout.text().trimEnd().split('\n')
  const events = lines.map(line => JSON.parse(line) as Record<string, unknown>)
  for (const event of events) expect(isEvent(event), JSON.stringify([event, isEvent.errors])).toBe(true)
  expect(new Set(events.map(({ event }) => event))).toEqual(
    new Set([
      ...['run_started', 'plan_compiled', 'host_connected', 'lock_taken', 'node_started', 'node_output'],
      ...['node_retried', 'node_finished', 'run_finished'],
    ]),
  )
  expect(events.find(({ event }) => event === 'plan_compiled')).toMatchObject({
    steps: [
      { step: 'facts', hidden: true },
      { step: 'look' },
      { step: 'users[0]' },
      { step: 'users[1]' },
      { step: 'up' },
      { step: 'settle', kind: 'pause' },
      { step: 'never' },
      { step: 'sure', kind: 'assert' },
      { step: 'bad' },
      { step: 'after' },
      { step: 'undo' },
      { step: 'left', hosts: 0, excluded: 'tags' },
    ],
  })
  const ends = events.filter(({ event }) => event === 'node_finished')
  const end = (step: string, host: string) => ends.find(node => node.step === step && node.host === host)
  expect(end('never', 'a')).toMatchObject({ outcome: 'skipped' })
  expect(end('after', 'b')).toMatchObject({ outcome: 'blocked', cause: { step: 'bad', host: 'b' } })
  expect([end('undo', 'a')?.outcome, end('undo', 'b')?.outcome]).toEqual(['skipped', 'changed'])
})
