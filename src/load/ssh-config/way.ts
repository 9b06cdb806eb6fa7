import type { Connection, SshSetup } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Problem, Where } from '../../model/problem.ts'
import { isHostName } from '../inventory/names.ts'
import type { Answer, Query, Setting } from './evaluate.ts'
import type { SettingsReader } from './host-settings.ts'
import { type Jump, readJumps } from './jump.ts'
import { isLoginName } from './login-name.ts'
import { problem } from './problem.ts'
import type { Place, ResolvedHost } from './resolved-host.ts'

export interface Way extends Pick<ResolvedHost, 'problems' | 'warnings'> {
  readonly setup: Pick<SshSetup, 'jumps' | 'proxyCommand'>
}

/** Who asks for the way. */
export interface Asking {
  readonly query: Query
  /** What was asked for on the way so far. */
  readonly via: readonly Query[]
  /** Ways that were found before. */
  readonly ways: Map<string, ResolvedHost>
  readonly resolve: (query: Query, via: readonly Query[]) => ResolvedHost
}

const STRAIGHT: Way = { setup: {}, problems: [], warnings: [] }

/** What stands between here and a host: jump hosts, a command, or nothing. */
export function wayTo(answer: Answer, reader: SettingsReader, place: Place, asking: Asking): Way {
  const command = answer.settings.get('proxycommand')
  const jump = answer.settings.get('proxyjump')
  const setting = command ?? jump
  const [written = 'none'] = setting?.words ?? []
  if (setting === undefined || written.toLowerCase() === 'none') return STRAIGHT
  if (command !== undefined) {
    const text = reader.text(written, setting)
    return text === undefined ? STRAIGHT : { ...STRAIGHT, setup: { proxyCommand: text } }
  }
  const jumps = readJumps(written)
  if (jumps === undefined)
    return dead(`ProxyJump ${written} is no list of hosts`, setting, 'as user@host:22,host2')
  if (jumps.kind === 'none') return STRAIGHT
  const last = expanded(jumps.last, setting, reader)
  return last === undefined ? STRAIGHT : throughJump(last, setting, place, asking)
}

/** With values for tokens; undefined: one is not known, which the reader has noted. */
function expanded(jump: Jump, setting: Setting, reader: SettingsReader): Jump | undefined {
  const name = reader.text(jump.name, setting)
  const user = jump.user === undefined ? undefined : reader.text(jump.user, setting)
  const through = jump.through === undefined ? undefined : reader.text(jump.through, setting)
  if (name === undefined || reader.problems.length > 0) return undefined
  return {
    ...jump,
    name,
    ...(user === undefined ? {} : { user }),
    ...(through === undefined ? {} : { through }),
  }
}

function throughJump(last: Jump, setting: Setting, place: Place, asking: Asking): Way {
  const { query, via } = asking
  const { name, user, port, through } = last
  if (!isHostName(name)) return dead(`ProxyJump: ${name} is no host name`, setting)
  if (user !== undefined && !isLoginName(user)) return dead(`ProxyJump: ${user} is no user name`, setting)
  const next: Query = {
    name,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(through === undefined ? {} : { jump: through }),
  }
  const isItself =
    name === place.address && (port ?? 22) === place.port && (user ?? place.user) === place.user
  const before = [...via, query]
  if (isItself || before.some(asked => isSame(asked, next))) return leadingBack(before, next, setting)
  if (via.length >= LIMITS.jumps) return dead(`more than ${LIMITS.jumps} jump hosts in a row`, setting)
  const found = jumpHost(next, asking, before)
  const { jumps = [], ...own } = found.setup
  return {
    setup: { jumps: [...jumps, hopOf(found, own)] },
    problems: found.problems,
    warnings: found.warnings,
  }
}

/** ssh itself would start one process after the other, for ever. */
function leadingBack(before: readonly Query[], next: Query, setting: Setting): Way {
  const from = before.findIndex(asked => asked.name === next.name)
  const round = [...before.slice(Math.max(0, from)), next].map(({ name }) => name)
  return dead(
    `the jump hosts lead back to ${next.name}: ${round.join(' → ')}`,
    setting,
    `give ${next.name} a Host block with "ProxyJump none" before this line, or leave it out: Host * !${next.name}`,
  )
}

function isSame(a: Query, b: Query): boolean {
  return a.name === b.name && a.user === b.user && a.port === b.port && a.jump === b.jump
}

/** A way that holds does not lead back, whoever goes it. */
function jumpHost(query: Query, { ways, resolve }: Asking, via: readonly Query[]): ResolvedHost {
  const id = JSON.stringify([query.name, query.user, query.port, query.jump])
  const known = ways.get(id)
  if (known !== undefined) return known
  const found = resolve(query, via)
  if (found.problems.length === 0) ways.set(id, found)
  return found
}

function dead(message: string, { where }: { readonly where?: Where | undefined }, hint?: string): Way {
  const problems: readonly Problem[] = [problem(message, where, hint)]
  return { ...STRAIGHT, problems }
}

function hopOf({ address, port, user, connectTimeoutMs }: ResolvedHost, ssh: SshSetup): Connection {
  return {
    transport: 'ssh',
    address,
    port,
    user,
    keys: [],
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    ssh,
  }
}
