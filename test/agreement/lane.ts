import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Executor, ExecutorEvents } from '../../src/engine/executor.ts'
import type { Plan } from '../../src/model/plan.ts'
import { type Pool, startPool } from '../../src/worker/pool.ts'
import { inventoryText } from '../sshd/inventory.ts'
import { setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { type Case, HOSTS, type HostName, playbookText, usedText } from './random-case.ts'
import { LOCAL_FILES } from './random-files.ts'
import { type Photos, photograph, plant } from './tree.ts'

/** Three real hosts, a folder for playbooks, and workers that reach the hosts from it. */
export interface Lane {
  readonly folder: string
  /** What the workers do; they stay for the next plan. */
  attach(plan: Plan, events: ExecutorEvents): Executor
  /** Resolves when the workers have nothing left to do: a look may end before all hosts have answered. */
  idle(): Promise<void>
  /** Options that name the hosts, for drover's command line. */
  readonly options: readonly string[]
  readonly knownHosts: string
  homeOf(host: HostName): string
  /** Makes the files of a case, here and on the hosts. */
  plant(random: Case): void
  photograph(): Readonly<Record<HostName, Photos>>
  stop(): Promise<void>
}

/** @param sudo whether the accounts may become root */
export async function startLane(sudo: boolean): Promise<Lane> {
  const started = await Promise.all(HOSTS.map(() => startSshd({ account: {} })))
  const servers = new Map(HOSTS.map((name, index) => [name, started[index] as TestServer]))
  if (sudo) for (const { user } of servers.values()) setSudoers(user, [`${user} ALL=(ALL) NOPASSWD: ALL`])
  const folder = mkdtempSync(join(tmpdir(), 'drover-agreement-'))
  const local = join(folder, 'host_vars')
  plant(folder, LOCAL_FILES)
  mkdirSync(local)
  writeFileSync(join(folder, 'hosts.ini'), inventoryText(servers), { mode: 0o600 })
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, started.map(server => readFileSync(server.knownHosts, 'utf8')).join(''))
  const homeOf = (host: HostName) => (servers.get(host) as TestServer).home
  const pool = startPool({ hostKeys: { policy: 'strict', knownHosts }, workers: 1 })
  const work = new Work(pool)
  return {
    folder,
    knownHosts,
    homeOf,
    attach: (plan, events) => work.attach(plan, events),
    idle: () => work.idle(),
    options: ['-i', join(folder, 'hosts.ini'), '--known-hosts', knownHosts],
    plant(random) {
      for (const host of HOSTS) {
        const { uid, gid } = statSync(homeOf(host))
        plant(homeOf(host), random.trees[host], { uid, gid })
        const vars = { home: homeOf(host), items: random.items[host] }
        writeFileSync(join(local, `${host}.yml`), JSON.stringify(vars))
      }
      rmSync(join(folder, 'fetched'), { recursive: true, force: true })
      writeFileSync(join(folder, 'play.yml'), playbookText(random))
      writeFileSync(join(folder, 'used.yml'), usedText(random))
    },
    photograph() {
      const [h1, h2, h3] = HOSTS.map(host => photograph(homeOf(host))) as [Photos, Photos, Photos]
      return { h1, h2, h3 }
    },
    async stop() {
      await pool.close()
      await Promise.all(started.map(server => server.stop()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Counts what was sent and has not come back. */
class Work {
  readonly #pool: Pool
  #underWay = 0
  #done = Promise.withResolvers<void>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  attach(plan: Plan, events: ExecutorEvents): Executor {
    const executor = this.#pool.attach(plan, {
      connected: (via, ms) => events.connected(via, ms),
      unreachable: (via, failure) => events.unreachable(via, failure),
      lock: (via, news) => events.lock(via, news),
      started: (step, host) => events.started(step, host),
      output: (step, host, stream, text) => events.output(step, host, stream, text),
      finished: (step, host, result) => {
        this.#underWay -= 1
        events.finished(step, host, result)
        if (this.#underWay === 0) this.#done.resolve()
      },
    })
    return {
      start: (step, host, action, via) => {
        if (this.#underWay === 0) this.#done = Promise.withResolvers()
        this.#underWay += 1
        executor.start(step, host, action, via)
      },
      stop: (step, host, reason, via) => executor.stop(step, host, reason, via),
      release: via => executor.release(via),
      close: async () => {},
    }
  }

  async idle(): Promise<void> {
    if (this.#underWay > 0) await this.#done.promise
  }
}
