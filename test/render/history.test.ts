import { expect, test } from 'vitest'
import type { RunFacts, RunStatus, RunSummary } from '../../src/model/run-summary.ts'
import { type HistoryRow, renderHistory } from '../../src/render/history.ts'
import { historyJson } from '../../src/render/history-json.ts'

const START = new Date(2026, 10, 28, 21, 14).getTime()

const FACTS: RunFacts = {
  ...{ playbook: 'deploy.yml', path: 'deploy.yml', user: 'ann', commit: '3f2c91ab0c1d', dirty: 0, hosts: 12 },
  ...{
    counts: { ok: 36, changed: 12 },
    inFlight: 0,
    workMs: 12_300,
    endedAt: START + 12_300,
    finished: true,
  },
}

function row(n: number, status: RunStatus, facts?: Partial<RunFacts>): HistoryRow {
  const summary: RunSummary = { id: `20261128-21140${n}-9f3c`, startedAt: START }
  return { summary: facts === undefined ? summary : { ...summary, facts: { ...FACTS, ...facts } }, status }
}

const ROWS = [
  row(1, { kind: 'finished' }, {}),
  row(2, { kind: 'finished' }, { dirty: 2, counts: { ok: 3, failed: 1 }, hosts: 1 }),
  row(3, { kind: 'stopped', why: 'interrupted' }, { playbook: 'site\x1b[31m.yml', counts: { cancelled: 4 } }),
  row(4, { kind: 'broken_off' }, { inFlight: 3, finished: false }),
  row(5, { kind: 'damaged', what: 'line 3' }),
  row(6, { kind: 'not_begun' }),
  row(7, { kind: 'running', pid: 4242 }, { inFlight: 3, finished: false }),
]

const show = (columns: number) =>
  renderHistory(ROWS, { paint: (_, text) => text, columns, now: START + 72_300 })

test('a wide terminal, and a pipe, get a line for each run', () => {
  expect(
    show(200),
  ).toBe(`  TIME              RUN                   PLAYBOOK          COMMIT     WHO  STATUS                  TOOK   OUTCOMES
✔ 2026-11-28 21:14  20261128-211401-9f3c  deploy.yml        3f2c91ab   ann  finished                12s    36 ok, 12 changed on 12 hosts
✖ 2026-11-28 21:14  20261128-211402-9f3c  deploy.yml        3f2c91ab*  ann  finished                12s    3 ok, 1 failed on 1 host
⊘ 2026-11-28 21:14  20261128-211403-9f3c  site\\x1b[31m.yml  3f2c91ab   ann  stopped: interrupted    12s    4 cancelled on 12 hosts
? 2026-11-28 21:14  20261128-211404-9f3c  deploy.yml        3f2c91ab   ann  broken off              12s    36 ok, 12 changed, 3 unknown on 12 hosts
✖ 2026-11-28 21:14  20261128-211405-9f3c                                    damaged
⊘ 2026-11-28 21:14  20261128-211406-9f3c                                    did not begin
▶ 2026-11-28 21:14  20261128-211407-9f3c  deploy.yml        3f2c91ab   ann  running (process 4242)  1m12s  36 ok, 12 changed, 3 at work on 12 hosts
`)
  expect(show(Number.POSITIVE_INFINITY)).toBe(show(200))
})

test('a narrow one gets two, none of them too wide', () => {
  const shown = show(80)
  expect(shown).toContain(`✔ 2026-11-28 21:14  20261128-211401-9f3c  deploy.yml
  finished · 36 ok, 12 changed on 12 hosts · 12s · 3f2c91ab · ann
`)
  expect(shown).toContain(`✖ 2026-11-28 21:14  20261128-211405-9f3c
  damaged
`)
  for (const columns of [40, 60, 80])
    expect(
      show(columns)
        .split('\n')
        .filter(line => line.length > columns),
    ).toEqual([])
})

test('as JSON', () => {
  const { runs, total } = JSON.parse(historyJson(ROWS, 9))
  expect(total).toBe(9)
  expect(runs[3]).toEqual({
    ...{ run: '20261128-211404-9f3c', started: new Date(START).toISOString(), status: 'broken_off' },
    ...{ playbook: 'deploy.yml', user: 'ann', commit: '3f2c91ab0c1d', dirty_count: 0, hosts: 12 },
    ...{ counts: { ok: 36, changed: 12, unknown: 3 }, duration_ms: 12_300 },
  })
  expect(runs[4]).toMatchObject({ status: 'damaged', damage: 'line 3' })
  expect(runs[6]).toMatchObject({ status: 'running', pid: 4242 })
})
