import { expect } from 'vitest'
import type { TestServer } from '../sshd/server.ts'
import type { Finished } from './drover.ts'
import { snapshot } from './snapshot.ts'
import { expectOnlyLooked, type TracedHost } from './traced-host.ts'

export interface Watched {
  readonly server: TestServer
  readonly trace: TracedHost
  /** Besides the login's home. */
  readonly folders?: readonly string[]
  /** Programs that guards and steps that only read name. */
  readonly programs?: readonly string[]
}

/** Not the folder of all crontabs, which tests beside this one change. */
export const crontabOf = (user: string) => `/var/spool/cron/crontabs/${user}`

/** Runs a preview that succeeds, and holds the host to be as it was, and to have run nothing but what looks. */
export async function unchangedBy(
  { server, trace, folders = [], programs = [] }: Watched,
  plan: () => Promise<Finished>,
): Promise<Finished> {
  const before = snapshot(server.home, ...folders)
  let finished: Finished | undefined
  const looked = await trace.during(server, async () => {
    finished = await plan()
  })
  if (finished === undefined) throw new Error('nothing was previewed')
  expect(finished.status, finished.stdout + finished.stderr).toBe(0)
  expect(snapshot(server.home, ...folders)).toEqual(before)
  expectOnlyLooked(looked, programs)
  return finished
}
