import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { Controller } from '../../src/model/lock.ts'
import { isGoneFromHere, processIdentity } from '../../src/transport/process-identity.ts'
import type { Exec, ExecRequest, Session } from '../../src/transport/transport.ts'
import { HostLock } from '../../src/worker/host-lock.ts'

/** A process of this machine that has ended. */
function deadController(): Controller {
  const { pid } = spawnSync('true')
  return { ...processIdentity(), pid, start: '1' }
}

test('a process that is gone from this machine is told from all others', () => {
  expect(isGoneFromHere(deadController())).toBe(true)
  expect(isGoneFromHere(processIdentity())).toBe(false)
  expect(isGoneFromHere({ ...deadController(), boot: 'another' })).toBe(false)
  expect(isGoneFromHere({ ...deadController(), pids: 'pid:[1]' })).toBe(false)
  expect(isGoneFromHere({ boot: '-', pids: '-', pid: 1, start: '-' })).toBe(false)
})

/** A host on which another run has the lock. */
function heldHost(controller: Controller) {
  const claims: string[] = []
  const exec = (request: ExecRequest): Exec => {
    claims.push(request.lock?.claim ?? '')
    const { boot, pids, pid, start } = controller
    const failure = request.lock?.told?.(`held 100 r1.abc.login.ff ${boot} ${pids} ${pid} ${start} {"v":1}`)
    const done = Promise.resolve({ kind: 'unsent', failure } as const)
    return { done, write: async () => {}, end: () => {}, stop: () => {} } as unknown as Exec
  }
  return { session: { exec, end: () => {} } as unknown as Session, claims }
}

function lockOf(): HostLock {
  const owner = { run: 'r2', who: 'me', since: '', playbook: '', controller: processIdentity() }
  const connection = { transport: 'ssh', address: '192.0.2.1', port: 22, user: 'me', keys: [] } as const
  return new HostLock('login', { owner, waitMs: 0 }, { host: 'web1', connection }, () => {})
}

test('what a killed run of this machine has left on another host is taken over, once', async () => {
  const { session, claims } = heldHost(deadController())
  const lock = lockOf()
  expect((await lock.claim(session))?.code).toBe('lock_held')
  expect([lock.takesOver(), lock.takesOver()]).toEqual([true, false])
  await lock.claim(session)
  expect(claims.map(code => code.includes("z='r1.abc.login.ff'"))).toEqual([false, true])
})

test('what a run that lives has is not', async () => {
  const { session } = heldHost(processIdentity())
  const lock = lockOf()
  await lock.claim(session)
  expect(lock.takesOver()).toBe(false)
})
