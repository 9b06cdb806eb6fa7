import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drover, endsOf } from '../e2e/drover.ts'
import { describeWith } from '../sshd/requirements.ts'
import { type Lane, startLane } from './lane.ts'
import { HOSTS, playbookText, randomCase } from './random-case.ts'
import { BY_COMMAND_LINE, SEEDS } from './seeds.ts'
import { changedBetween, isUntouched } from './tree.ts'

/** What is read of `drover plan --format json`. */
interface Document {
  readonly steps: readonly {
    readonly id: string
    readonly groups: readonly {
      readonly hosts: readonly string[]
      readonly verdict: string
      readonly because?: string
      readonly fails?: true
    }[]
  }[]
}

interface Said {
  readonly verdict: string
  readonly because?: string
}

const OUTCOME_OF: Readonly<Record<string, string>> = {
  change: 'changed',
  'no change': 'ok',
  skip: 'skipped',
  'would fail': 'failed',
}

describeWith(['root', 'sshd', 'sudo'], 'random playbooks by the command line', () => {
  let lane: Lane
  beforeAll(async () => {
    lane = await startLane(true)
  })
  afterAll(async () => {
    await lane.stop()
  })

  test('plan and apply, and apply of a saved plan, agree', async () => {
    let tried = 0
    for (let seed = SEEDS.from; tried < BY_COMMAND_LINE; seed += 1) {
      const random = randomCase(seed, true)
      lane.plant(random)
      const name = `seed ${seed}\n${playbookText(random)}`
      const before = lane.photograph()
      const saves = tried % 2 === 1
      const plan = await run([
        'plan',
        'play.yml',
        '--format',
        'json',
        ...(saves ? ['--out', `plan${seed}.json`] : []),
      ])
      if (plan.status === 3) continue
      tried += 1
      const after = lane.photograph()
      for (const host of HOSTS) expect(isUntouched(before[host], after[host]), name).toBe(true)
      const args = saves ? ['apply', `plan${seed}.json`] : ['apply', 'play.yml', '--yes']
      const applied = await run([...args, '--format', 'json'])
      expect([0, 1], `${name}${applied.stderr}`).toContain(applied.status)
      expect(disagreements(verdictsOf(plan.stdout), applied), name).toEqual([])
      if (applied.status === 0) expect(changed(verdictsOf(plan.stdout), before), name).toEqual([])
    }
  }, 3_600_000)

  function run([verb = '', file = '', ...args]: readonly string[]) {
    const options = verb === 'apply' && file !== 'play.yml' ? lane.options.slice(2) : lane.options
    return drover([verb, file, ...options, ...args], { cwd: lane.folder })
  }

  /** Where nothing was to change, and something did. */
  function changed(said: ReadonlyMap<string, Said>, before: ReturnType<Lane['photograph']>) {
    const after = lane.photograph()
    const delegates = /"delegate_to"/.test(readFileSync(join(lane.folder, 'play.yml'), 'utf8'))
    const quiet = HOSTS.filter(
      host =>
        !delegates &&
        [...said].every(
          ([node, { verdict }]) => !node.startsWith(`${host} `) || /^(no change|skip)$/.test(verdict),
        ),
    )
    return quiet.flatMap(host => changedBetween(before[host], after[host]))
  }
})

/** By node, as `h1 step`. */
function verdictsOf(stdout: string): ReadonlyMap<string, Said> {
  const { steps } = JSON.parse(stdout) as Document
  const nodes = steps.flatMap(({ id, groups }) =>
    groups.flatMap(({ hosts, verdict, because, fails }) =>
      hosts.map((host): [string, Said] => [
        `${host} ${id}`,
        { verdict: fails ? 'would fail' : verdict, ...(because === undefined ? {} : { because }) },
      ]),
    ),
  )
  return new Map(nodes)
}

function disagreements(
  said: ReadonlyMap<string, Said>,
  applied: { readonly stdout: string },
): readonly unknown[] {
  const ends = endsOf(applied)
  return [...said].flatMap(([node, { verdict, because }]) => {
    const { outcome, cause, failure } = ends[node] as unknown as {
      outcome: string
      cause?: { step: string; host: string }
      failure?: unknown
    }
    const first = cause && said.get(`${cause.host} ${cause.step}`)
    const isExcused = outcome === 'blocked' && first?.verdict === 'unknown'
    const wanted = OUTCOME_OF[verdict]
    return wanted === undefined || wanted === outcome || isExcused
      ? []
      : [{ node, verdict, because, outcome, failure }]
  })
}
