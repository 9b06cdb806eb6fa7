import { EXIT, type ExitStatus } from '../../model/errors.ts'
import { ProblemsError } from '../../model/problem.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../../render/escape.ts'
import { adhocInventory } from '../adhoc/hosts.ts'
import { adhocPlaybook } from '../adhoc/playbook.ts'
import type { CliContext } from '../context.ts'
import {
  type AskBecomePassOptions,
  addBecomePassword,
  adhocBecome,
  type BecomeOptions,
} from '../execute/become.ts'
import { type HostKeyOptions, withPool } from '../execute/prepare-pool.ts'
import { watchSignals } from '../execute/signals.ts'
import { compileInputs, type Inputs } from '../inputs/inputs.ts'
import type { InventoryOptions } from '../inputs/read-inventory.ts'
import { tellWarnings } from '../report.ts'
import { askYesNo } from '../terminal/ask-yes-no.ts'
import { askHosts } from './ask-hosts.ts'
import { entryLines } from './entry-lines.ts'
import { type Found, type FoundEntry, HostsLocks } from './hosts-locks.ts'

export interface LockVerbOptions
  extends HostKeyOptions,
    InventoryOptions,
    BecomeOptions,
    AskBecomePassOptions {
  readonly limit?: string | undefined
  readonly forks: number
  readonly yes?: true | undefined
}

/**
 * Lists or releases the locks on hosts of the inventory.
 * @throws ProblemsError before any host is asked
 */
export async function manageLocks(
  context: CliContext,
  what: 'list' | 'release',
  pattern: string,
  options: LockVerbOptions,
): Promise<ExitStatus> {
  const inputs = await addBecomePassword(context, await loadHosts(context, pattern, options), options)
  let status: ExitStatus = EXIT.ok
  await withPool(context, options, async ({ pool }) => {
    const signals = watchSignals()
    try {
      const locks = new HostsLocks(question => askHosts(inputs, pool, options.forks, signals.first, question))
      const found = await locks.list()
      status = what === 'list' ? list(context, inputs, found) : await release(context, locks, found, options)
      if (signals.first.aborted) status = EXIT.interrupted
    } finally {
      signals.release()
    }
  })
  return status
}

async function loadHosts(context: CliContext, pattern: string, options: LockVerbOptions): Promise<Inputs> {
  const { inventory } = await adhocInventory(context, { ...options, groups: [], hosts: [] })
  const step = { kind: 'run', script: ':', env: [] } as const
  const play = { name: 'locks', hosts: pattern, steps: [step], become: adhocBecome(options) }
  const playbook = adhocPlaybook(play, context.cwd)
  const { limit } = options
  const inputs = compileInputs(context, { playbook, inventory, vars: {}, options: { limit } })
  await tellWarnings(context, inputs.warnings, 'auto')
  return inputs
}

function list(context: CliContext, { plan }: Inputs, found: Found): ExitStatus {
  const { entries } = found
  const asked = plan.hosts.length - new Set(found.failures.map(({ on }) => on)).size
  const none = `No locks on ${count(asked, 'host')}.`
  const text = entries.length === 0 ? (asked === 0 ? [] : [none]) : entryLines(entries)
  context.stdout.write(text.map(line => `${line}\n`).join(''))
  return tellFailures(context, found.failures)
}

async function release(
  context: CliContext,
  locks: HostsLocks,
  found: Found,
  options: LockVerbOptions,
): Promise<ExitStatus> {
  const { stdout } = context
  const { entries } = found
  if (entries.length === 0) {
    stdout.write('There is nothing to release.\n')
    return tellFailures(context, found.failures)
  }
  stdout.write(
    entryLines(entries)
      .map(line => `${line}\n`)
      .join(''),
  )
  const live = entries.filter(entry => entry.live)
  if (live.length > 0 && options.yes !== true && !(await approved(context, live))) return EXIT.refused
  const failures = await locks.remove(entries)
  const left = new Set(failures.map(({ on }) => on))
  const freed = new Set(entries.flatMap(({ on }) => (left.has(on) ? [] : on)))
  stdout.write(`Released: ${count(freed.size, 'host')}.\n`)
  return tellFailures(context, [...found.failures, ...failures])
}

/** @throws ProblemsError where nobody can be asked */
async function approved(context: CliContext, live: readonly FoundEntry[]): Promise<boolean> {
  const hosts = new Set(live.map(({ on }) => on)).size
  const are = hosts === 1 ? 'is' : 'are'
  if (context.stdin.isTTY !== true || context.stderr.isTTY !== true) {
    const message = `${count(hosts, 'host')} ${are} locked by runs that may be alive: nothing was released`
    throw new ProblemsError([
      { code: 'approval', severity: 'error', message, hint: 'give --yes if those runs are dead for sure' },
    ])
  }
  const question = `${count(hosts, 'host')} ${are} locked by runs that may be alive. Release them all the same? (y/N) `
  return askYesNo(context, question, new AbortController())
}

function tellFailures({ stderr }: CliContext, failures: Found['failures']): ExitStatus {
  for (const { on, message } of failures) stderr.write(`${escapeText(on)}: ${escapeText(message)}\n`)
  return failures.length === 0 ? EXIT.ok : EXIT.failed
}
