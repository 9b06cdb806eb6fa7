import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { drover, endsOf, eventsOf, outcomesOf, startDrover } from '../e2e/drover.ts'
import { linesOf, writeLocalHosts } from '../e2e/local-hosts.ts'
import { workFolder, writePlaybook } from '../e2e/work-folder.ts'

const FORKS = 16

function project(hosts: number, steps: string) {
  const cwd = workFolder()
  const inventory = writeLocalHosts(
    cwd,
    Array.from({ length: hosts }, (_, at) => `h${at}`),
  )
  const play = writePlaybook(cwd, steps)
  return { cwd, args: ['apply', play, ...inventory, '--format', 'json', '--forks', `${FORKS}`] }
}

/** The worker processes of a controller, from Linux's /proc. */
function workersOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

const marking = (id: string) =>
  `  - { id: ${id}, run: 'echo "${id} $h" >> marks', env: { h: "\${{ host.name }}" } }\n`

/** So many hosts that two workers share them. */
const HOSTS = 260
const STEPS = ['a', 'b', 'c']

test.for([1, 200, 500])(
  'a worker that is killed when %i steps are done: what it ran is unknown, and all else is done, once',
  { timeout: 200_000 },
  async done => {
    const { cwd, args } = project(HOSTS, STEPS.map(marking).join(''))
    const running = startDrover(args, { cwd })
    await expect
      .poll(() => linesOf(cwd, 'marks').length, { timeout: 60_000, interval: 5 })
      .toBeGreaterThanOrEqual(done)
    const workers = workersOf(running.pid)
    expect(workers).toHaveLength(2)
    process.kill(workers[done % 2] ?? 0, 'SIGKILL')
    const finished = await running.finished
    const finishes = eventsOf(finished).filter(({ event }) => event === 'node_finished')
    expect(finishes).toHaveLength(HOSTS * STEPS.length)
    const outcomes = outcomesOf(finished)
    const unknown = Object.keys(outcomes).filter(node => outcomes[node] === 'unknown')
    expect(unknown.length).toBeLessThanOrEqual(FORKS)
    for (const node of unknown) expect(endsOf(finished)[node]?.failure?.code).toBe('worker_died')
    const sick = new Set(unknown.map(node => node.split(' ')[0]))
    const marks = linesOf(cwd, 'marks')
    expect(new Set(marks).size).toBe(marks.length)
    for (const [node, outcome] of Object.entries(outcomes)) {
      const [host = '', step = ''] = node.split(' ')
      if (!sick.has(host)) expect([node, outcome]).toEqual([node, 'changed'])
      if (outcome === 'changed') expect(marks).toContain(`${step} ${host}`)
      if (outcome === 'blocked') expect(marks).not.toContain(`${step} ${host}`)
    }
    expect(finished.status).toBe(unknown.length > 0 ? 1 : 0)
  },
)

test('workers that die again and again are not replaced for ever, and the run says so', async () => {
  const { cwd, args } = project(30, "  - { id: deadly, run: 'echo x >> marks; kill -KILL $PPID; sleep 9' }\n")
  const finished = await drover([...args, '--forks', '1'], { cwd })
  const ends = Object.values(endsOf(finished))
  const of = (outcome: string) => ends.filter(end => end.outcome === outcome)
  expect(of('unknown')).toHaveLength(11)
  for (const end of of('unknown')) expect(end.failure).toMatchObject({ code: 'worker_died' })
  expect(of('failed')).toHaveLength(19)
  for (const end of of('failed'))
    expect(end.failure?.message).toBe('worker processes end again and again; this node was not sent')
  expect(linesOf(cwd, 'marks')).toHaveLength(11)
  expect(finished.status).toBe(1)
})
