import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import { nodesThat } from '../example.ts'
import { told } from '../settle.ts'
import { type RolloutSite, startRolloutSite } from './rollout-site.ts'

describeWith(['root', 'sshd', 'sudo', 'curl', 'tar'], 'the example of a rolling release', () => {
  let site: RolloutSite
  beforeAll(async () => {
    site = await startRolloutSite()
  })
  afterAll(() => site.stop())

  test('a first release reaches every server, one batch after the other, and changes nothing when applied again', async () => {
    expect((await site.rollOut('plan', '1.0.0')).status).toBe(0)
    const first = await site.rollOut('apply', '1.0.0')
    expect(first.status, told(first)).toBe(0)
    expect(site.current()).toEqual(site.web.map(() => 'releases/1.0.0'))
    expect(readFileSync(join(site.server.home, 'database'), 'utf8')).toBe('1.0.0\n')
    expect(site.host.calls()).toEqual(
      site.web.flatMap(name => [`${name} drain`, 'restart shop', `${name} ready`]),
    )
    const second = await site.rollOut('apply', '1.0.0')
    expect(second.status, told(second)).toBe(0)
    expect(nodesThat('changed', second)).toEqual([])
    expect(site.host.calls()).toEqual([])
  })

  test('a release that makes the canary sick is taken back there, reaches no other server, and is not kept in mind', async () => {
    const failed = await site.rollOut('apply', '2.0.0', { sick: true })
    expect(failed.status).toBe(1)
    expect(told(failed)).toMatch(/\/health does not answer.*503/)
    expect(site.current()).toEqual(site.web.map(() => 'releases/1.0.0'))
    expect(site.host.calls()).toEqual(['web1 drain', 'restart shop', 'restart shop', 'web1 ready'])
    const next = await site.rollOut('apply', '2.0.1')
    expect(next.status, told(next)).toBe(0)
    expect(site.current()).toEqual(site.web.map(() => 'releases/2.0.1'))
  })

  test('a server that the balancer does not know is not touched, and ends the roll-out', async () => {
    site.host.calls()
    rmSync(join(site.host.env.STAND_INS ?? '', 'known/web1'))
    const failed = await site.rollOut('apply', '3.0.0')
    expect(failed.status).toBe(1)
    expect(site.current()).toEqual(site.web.map(() => 'releases/2.0.1'))
    expect(site.host.calls()).toEqual([])
    expect(nodesThat('changed', failed).filter(node => !node.includes('unpack'))).toEqual(['web1 migrate'])
  })
})
