import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runIds } from '../../src/journal/folder.ts'
import type { NodeLog } from '../../src/journal/node-log.ts'
import { isFinished, isUnknown } from '../../src/journal/past.ts'
import { readRun } from '../../src/journal/read-run.ts'
import { descendantsOf, drover, startDrover } from '../e2e/drover.ts'
import { workFolder, writeHosts, writePlaybook } from '../e2e/work-folder.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { markedScript, readMarks } from './marks.ts'

/** Kills of each kind; `npm run kills` asks for more. */
const KILLS = Number(process.env.DROVER_KILLS ?? 6)
/** They mostly wait. */
const AT_ONCE = 3
const HOSTS = ['h1', 'h2', 'h3']
const STEPS = ['a', 'b', 'c', 'd', 'e', 'f']
const NODES = HOSTS.flatMap(host => STEPS.map(step => `${host} ${step}`))
/** A run takes about as long, so that kills come at all of its moments, and some after it. */
const LATEST_MS = 1_500

type Victim = 'controller' | 'group' | 'worker'

describeWith(['root', 'sshd'], 'kill -9 at a random moment', () => {
  /** One for each lane: runs on the same host keep each other off. */
  let servers: readonly TestServer[]
  beforeAll(async () => {
    servers = await Promise.all(Array.from({ length: AT_ONCE }, () => startSshd({})))
  })
  afterAll(async () => {
    await Promise.all(servers.map(server => server.stop()))
  })

  test.for<Victim>(['controller', 'group', 'worker'])(
    'of the %s: nothing is lost, and nothing is done twice',
    { timeout: 3_600_000 },
    async victim => {
      const moments = Array.from({ length: KILLS }, (_, round) => momentOf(victim, round))
      const wrong: string[] = []
      const lane = async (server: TestServer) => {
        for (let ms = moments.pop(); ms !== undefined; ms = moments.pop())
          wrong.push(...(await killAndGoOn(server, victim, ms)))
      }
      await Promise.all(servers.map(lane))
      expect(wrong).toEqual([])
    },
  )
})

/** The same ones each time, all over the run. */
function momentOf(victim: Victim, round: number): number {
  return Math.round(((round * 0.618034 + victim.length / 7) % 1) * LATEST_MS)
}

/** @returns what is wrong */
async function killAndGoOn(server: TestServer, victim: Victim, ms: number): Promise<string[]> {
  const cwd = workFolder()
  const file = join(cwd, 'marks')
  const hosts = writeHosts(cwd, Object.fromEntries(HOSTS.map(host => [host, server])))
  const steps = STEPS.map(
    step => `  - { id: ${step}, env: { h: "\${{ host.name }}" }, run: '${markedScript(file, step)}' }\n`,
  )
  const play = writePlaybook(cwd, steps.join(''))
  await runAndKill(['apply', play, ...hosts, '--no-lock'], cwd, victim, ms)
  const [id] = runIds(cwd)
  const before = readMarks(file)
  const told = (what: string) => `${victim} after ${ms} ms: ${what}`
  if (id === undefined) return before.size > 0 ? [told('something ran, and there is no journal')] : []
  const known = nodesOf(cwd, id)
  if (known === undefined) return before.size > 0 ? [told('something ran, and the journal is empty')] : []
  const wrong = NODES.flatMap(node => {
    const [host = '', step = ''] = node.split(' ')
    const record = known.get(step, host)
    if (before.has(node) && record === undefined) return [`${node} ran, and the journal does not know it`]
    const ended = before.get(node)?.ended ?? 0
    return record !== undefined && isFinished(record) && ended !== 1
      ? [`${node} is called done, and is not`]
      : []
  })
  const args = ['resume', id, '--rerun-unknown', '--no-lock']
  const resumed = await drover(args, { cwd })
  if (resumed.status !== 0)
    wrong.push(`resume ended with ${resumed.status}: ${resumed.stdout}${resumed.stderr}`)
  const after = readMarks(file)
  for (const node of NODES) {
    const [host = '', step = ''] = node.split(' ')
    const record = known.get(step, host)
    const { begun = 0, ended = 0 } = after.get(node) ?? {}
    const mayBeTwice = record !== undefined && isUnknown(record)
    if (ended < 1) wrong.push(`${node} was never done`)
    if (begun > 1 && !mayBeTwice) wrong.push(`${node} ran ${begun} times, and was not unknown`)
  }
  return wrong.map(told)
}

async function runAndKill(args: readonly string[], cwd: string, victim: Victim, ms: number): Promise<void> {
  const running = startDrover(args, { cwd, group: true })
  await sleep(ms)
  switch (victim) {
    case 'controller':
      running.child.kill('SIGKILL')
      break
    case 'group':
      if (running.child.exitCode === null) kill(-running.pid)
      break
    case 'worker':
      for (const pid of descendantsOf(running.pid).slice(0, 1)) kill(pid)
  }
  await running.finished
  // What runs on hosts ends when the link does.
  await sleep(300)
}

/** It may just have ended. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** What the journal knows; undefined where drover was killed before it had said what the run is. */
function nodesOf(cwd: string, id: string): NodeLog | undefined {
  try {
    return readRun(cwd, id).nodes
  } catch (error) {
    if (String(error).includes('ended before anything was recorded')) return undefined
    throw error
  }
}
