import { appendFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { drover, eventsOf, type Finished } from '../e2e/drover.ts'
import { writeHosts } from '../e2e/work-folder.ts'
import { setSudoers } from '../sshd/rights.ts'
import type { TestServer } from '../sshd/server.ts'
import { type SshdOptions, startSshd } from '../sshd/sshd.ts'
import type { StandIns } from './stand-ins.ts'

export type HostOptions = Pick<SshdOptions, 'trace'>

/** A host with stand-ins, whose login may become root and keeps its environment then. */
export async function startHost({ env }: StandIns, options: HostOptions = {}): Promise<TestServer> {
  const server = await startSshd({ account: {}, env, ...options })
  const { user } = server
  setSudoers(user, [`Defaults:${user} !env_reset, !secure_path`, `${user} ALL=(ALL) NOPASSWD: ALL`])
  return server
}

export interface Example {
  readonly cwd: string
  /** As it is in playbooks/. */
  readonly file: string
  readonly hosts: Readonly<Record<string, TestServer>>
  /** More lines of the inventory: groups, and variables of hosts. */
  readonly inventory?: string
  readonly vars?: Readonly<Record<string, unknown>>
}

/** Runs `drover VERB` with an example playbook on hosts of the test. */
export function runExample(
  verb: 'apply' | 'plan',
  example: Example,
  ...args: readonly string[]
): Promise<Finished> {
  const { cwd, file, hosts, inventory = '', vars = {} } = example
  const options = writeHosts(cwd, hosts)
  appendFileSync(join(cwd, 'hosts.ini'), inventory)
  writeFileSync(join(cwd, 'vars.json'), JSON.stringify(vars))
  const playbook = resolve(import.meta.dirname, '../../playbooks', file)
  return drover(
    [verb, playbook, ...options, '-e', `@${join(cwd, 'vars.json')}`, '--format', 'json', ...args],
    { cwd },
  )
}

/** `host step` of what ended so, in their order. */
export function nodesThat(outcome: string, finished: Finished): readonly string[] {
  return eventsOf(finished)
    .filter(event => event.event === 'node_finished' && event.outcome === outcome)
    .map(({ host, step }) => `${host} ${step}`)
}
