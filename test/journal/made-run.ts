import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { makeRunFolder, runFolder } from '../../src/journal/folder.ts'
import { sealedLine } from '../../src/journal/line.ts'
import type { RunRecord } from '../../src/journal/run-record.ts'
import { openJournal, type RunJournal } from '../../src/journal/writer.ts'
import type { Action } from '../../src/model/action.ts'
import type { RunEvent } from '../../src/model/event.ts'
import type { Plan } from '../../src/model/plan.ts'
import { storePlan } from '../../src/plan/store-plan.ts'
import { printed, SampleRun, START, samplePlan } from '../render/sample-run.ts'

export const PLAN = samplePlan(['h1', 'h2'], { one: ['h1', 'h2'], two: ['h1', 'h2'] })

/** A working folder for one test. */
export function workingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'drover-journal-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface MadeRun {
  readonly playbook?: string
  /** Nodes that were sent and never ended, as `h1 one`: then the run does not end, either. */
  readonly leave?: readonly string[]
  /** Nodes that failed, likewise. */
  readonly fail?: readonly string[]
}

/** What happens in a run of the plan that begins then, in ms since the epoch. */
export function sampleEvents(
  run: string,
  at: number,
  { leave = [], fail = [] }: MadeRun = {},
  plan: Plan = PLAN,
): RunEvent[] {
  const sample = new SampleRun(plan)
  for (const { id, index } of plan.steps)
    for (const [host, { name }] of plan.hosts.entries()) {
      const node = `${name} ${id}`
      sample.events.push({ kind: 'node_sent', at: START, step: index, host, action: ACTION })
      sample.wait(100).started(name, id).output(name, id, `${id} on ${name}\n`)
      if (fail.includes(node))
        sample.finished(name, id, 'failed', { exitCode: 1, stdout: printed('12345678') })
      else if (!leave.includes(node)) sample.finished(name, id, 'changed', { durationMs: 100 + 50 * host })
    }
  if (leave.length === 0) sample.end()
  const shift = at - START
  return sample.events.map(
    (event): RunEvent => ({
      ...event,
      at: event.at + shift,
      ...(event.kind === 'run_started' ? { run } : {}),
    }),
  )
}

const ACTION: Action = {
  ...{ kind: 'run', script: 'true', env: [], creates: [], removes: [] },
  ...{ readOnly: false, timeoutMs: 1000 },
}

export function recordOf(cwd: string, plan: Plan = PLAN, playbook = 'deploy.yml', id = ''): RunRecord {
  return {
    ...{ version: '1.2.3', user: 'ann', pid: 1, cwd },
    options: { playbook, run: { id, user: 'ann', started: '2026-11-21T01:42:33Z' } },
    settings: { forks: 64 },
    inputs: { roots: [], found: [] },
    plan: storePlan(plan),
    sketches: '',
  }
}

export async function journalOf(cwd: string, id: string, playbook?: string): Promise<RunJournal> {
  const folder = makeRunFolder(cwd, id)
  const record = recordOf(cwd, PLAN, playbook, id)
  return openJournal({ folder, record, plan: PLAN, run: id, bases: [cwd], mask: text => text })
}

/** The folder of a run that no process executes any more; it looks as if it was made when it began. */
export async function makeRun(cwd: string, id: string, made: MadeRun = {}): Promise<string> {
  const journal = await journalOf(cwd, id, made.playbook)
  const at = dateOf(id)
  for (const event of sampleEvents(id, at.getTime(), made)) journal.append(event)
  await journal.close()
  const folder = runFolder(cwd, id)
  writePid(folder, deadPid())
  for (const path of [join(folder, 'events.jsonl'), folder]) utimesSync(path, at, at)
  return folder
}

/** The same run under another id. */
export function cloneRun(cwd: string, id: string, as: string): void {
  const text = readFileSync(join(runFolder(cwd, id), 'events.jsonl'), 'utf8')
  const lines = text.trimEnd().split('\n')
  const renamed = lines.map(line => {
    const { crc: _, ...record } = JSON.parse(line)
    return sealedLine({ ...record, run: as })
  })
  mkdirSync(runFolder(cwd, as))
  writeFileSync(join(runFolder(cwd, as), 'events.jsonl'), renamed.join(''))
}

export function writePid(folder: string, pid: number, machine = hostname(), start = '1'): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'pid'), `${pid}\n${machine}\n\n${start}\n`)
}

/** Of a process that has been. */
function deadPid(): number {
  return spawnSync('true').pid
}

function dateOf(id: string): Date {
  const [, ...parts] = /^(....)(..)(..)-(..)(..)(..)/.exec(id) ?? []
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number)
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second))
}
