import { expect, test } from 'vitest'
import { reminder } from '../../src/render/preview/reminder.ts'
import { fails, runs, SAME, samplePreview, skip, unknown } from './sample-preview.ts'
import { richPlan } from './sample-run.ts'

const HOSTS = ['web1', 'web2', 'web3']
const plain = { color: false, width: 60 }

test('what would fail, change, or is unknown, with the number of hosts', () => {
  const ids = ['facts', 'look', 'upload', 'switch', 'migrate', 'healthy', 'gone']
  const steps = Object.fromEntries(ids.map(id => [id, { on: HOSTS, hidden: id === 'facts' }]))
  const preview = samplePreview(
    richPlan(HOSTS, steps),
    {
      upload: runs('cp'),
      switch: host => (host === 'web1' ? runs('ln') : SAME),
      migrate: host => (host === 'web1' ? fails('/opt is not there') : runs('x')),
      healthy: unknown('steps.switch would change first'),
      gone: skip('vars.x is false'),
    },
    { web3: { code: 'connect_refused', message: 'refused' } },
  )
  expect(reminder(preview, plain)).toEqual([
    '✖ would fail  migrate (1)',
    '~ to change   upload (2), switch (1), migrate (1)',
    '? unknown     healthy (2)',
  ])
  const colored = reminder(preview, { ...plain, color: true }).join('\n')
  expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(reminder(preview, plain).join('\n'))
})

test('it takes at most five lines, and says how many there are more', () => {
  const ids = Array.from({ length: 40 }, (_, n) => `step_${n}`)
  const plan = richPlan(HOSTS, Object.fromEntries(ids.map(id => [id, { on: HOSTS }])))
  const all = (node: typeof SAME) => Object.fromEntries(ids.map(id => [id, node]))
  const changing = reminder(samplePreview(plan, all(runs('x'))), plain)
  expect(changing).toHaveLength(5)
  expect(changing[4]).toBe('              step_12 (3), step_13 (3), … and 26 more')
  const odd = { ...all(runs('x')), step_0: unknown('x'), step_1: fails('x'), step_2: unknown('y') }
  const mixed = reminder(samplePreview(plan, odd), plain)
  expect(mixed).toHaveLength(5)
  for (const line of [...changing, ...mixed]) expect(line.length).toBeLessThanOrEqual(60)
  expect(reminder(samplePreview(plan, all(unknown('x'))), plain)).toEqual([
    '? unknown     step_0 (3), step_1 (3), … and 38 more',
  ])
})

test('nothing where nothing would happen', () => {
  expect(reminder(samplePreview(richPlan(HOSTS, { a: { on: HOSTS } }), {}), plain)).toEqual([])
})
