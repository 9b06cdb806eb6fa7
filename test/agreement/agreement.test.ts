import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import { examineAll, shareOf, summed, told } from './findings.ts'
import { type Lane, startLane } from './lane.ts'
import { SEEDS } from './seeds.ts'

/** More hosts do not help: the machine is busy with two. */
const LANES = 2

describeWith(['root', 'sshd', 'sudo'], 'random playbooks on real hosts', () => {
  let lanes: readonly Lane[]
  beforeAll(async () => {
    lanes = await Promise.all(Array.from({ length: LANES }, () => startLane(true)))
  })
  afterAll(async () => {
    await Promise.all(lanes.map(lane => lane.stop()))
  })

  test('what a preview says is what happens, and a second one has nothing left to do', async () => {
    const findings = await examineAll(lanes, SEEDS, true)
    process.stderr.write(`agreement: ${summed(findings, SEEDS.count)}, from seed ${SEEDS.from}\n`)
    if (findings.wrong.length > 0) expect.fail(await told(lanes[0] as Lane, findings))
    // A preview that calls everything unknown would agree with any run.
    expect(shareOf(findings, 'unknown')).toBeLessThan(0.5)
    expect(findings.refused).toBeLessThan(SEEDS.count / 6)
    for (const kind of ['change', 'no change', 'skip', 'would fail'])
      expect(shareOf(findings, kind)).toBeGreaterThan(0.03)
  }, 3_600_000)
})
