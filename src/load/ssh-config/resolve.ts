import type { Connection, SshSetup } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Problem } from '../../model/problem.ts'
import { isHostName, isUserName, portNumber } from '../inventory/names.ts'
import { type Answer, evaluate, problem, type Query } from './evaluate.ts'
import type { ConfigFile, ConfigFiles } from './files.ts'
import { SettingsReader } from './host-settings.ts'
import { lastJump } from './jump.ts'
import type { MatchAsker } from './match.ts'
import { expandTokens } from './tokens.ts'
import { refusals, warnings } from './unsupported.ts'

export interface ResolveSurroundings extends MatchAsker {
  readonly sources: readonly ConfigFile[]
  readonly files: ConfigFiles
  readonly home: string
  readonly cwd: string
  readonly env: Readonly<NodeJS.ProcessEnv>
  /** Ways to jump hosts that were found before: many hosts go the same one. */
  readonly ways: Map<string, ResolvedHost>
}

/** How ssh would connect. */
export interface ResolvedHost {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly connectTimeoutMs?: number
  readonly setup: SshSetup
  /** Errors: it cannot be reached like that. */
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** @param via hosts that are on the way already, so that none is asked to lead to itself */
export function resolveHost(
  query: Query,
  around: ResolveSurroundings,
  via: readonly string[] = [],
): ResolvedHost {
  const answer = evaluate(around.sources, query, around)
  const place = placeOf(answer, query, around)
  const { address, port, user } = place
  const { name } = query
  const alias = answer.settings.get('hostkeyalias')?.words[0]
  const tokens = { ...around.tokens, h: address, n: name, p: String(port), r: user, k: alias ?? name }
  const reader = new SettingsReader(answer, { ...around, tokens })
  const setup = reader.setup()
  const timeout = reader.timeout()
  const way = wayTo(answer, reader, place, around, via)
  return {
    address,
    port,
    user,
    ...(timeout === undefined ? {} : { connectTimeoutMs: timeout }),
    setup: { ...setup, ...way.setup },
    problems: [
      ...answer.problems,
      ...refusals(answer),
      ...place.problems,
      ...reader.problems,
      ...way.problems,
    ],
    warnings: [...warnings(answer), ...way.warnings],
  }
}

interface Place {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly problems: readonly Problem[]
}

function placeOf({ settings }: Answer, { name }: Query, around: ResolveSurroundings): Place {
  const problems: Problem[] = []
  const hostName = settings.get('hostname')
  const [written] = hostName?.words ?? []
  const address = expandTokens(written ?? '%h', { h: name }).text.toLowerCase()
  if (!isHostName(address)) problems.push(problem(`${address} is no host name`, hostName?.where))
  const given = settings.get('user')
  const user = given?.words[0] ?? around.user
  if (given?.where !== undefined && !isUserName(user))
    problems.push(problem(`${user} is no user name`, given.where))
  const portSetting = settings.get('port')
  const port = portSetting === undefined ? 22 : portNumber(portSetting.words[0] ?? '')
  if (port === undefined) problems.push(problem(`${portSetting?.words[0]} is no port`, portSetting?.where))
  return { address, port: port ?? 22, user, problems }
}

interface Way extends Pick<ResolvedHost, 'problems' | 'warnings'> {
  readonly setup: Pick<SshSetup, 'jumps' | 'proxyCommand'>
}

function wayTo(
  answer: Answer,
  reader: SettingsReader,
  place: Place,
  around: ResolveSurroundings,
  via: readonly string[],
): Way {
  const command = answer.settings.get('proxycommand')
  const jump = answer.settings.get('proxyjump')
  const written = (jump ?? command)?.words[0] ?? 'none'
  if (written.toLowerCase() === 'none') return { setup: {}, problems: [], warnings: [] }
  const setting = { words: [written], ...(jump ?? command) }
  const text = reader.text(written, setting)
  if (text === undefined) return { setup: {}, problems: [], warnings: [] }
  if (jump === undefined) return { setup: { proxyCommand: text }, problems: [], warnings: [] }
  const here = `${place.user}@${place.address}:${place.port}`
  const where = jump.where
  if (via.includes(here)) return dead(problem(`the jump hosts lead back to ${place.address}`, where))
  if (via.length >= LIMITS.jumps) return dead(problem(`more than ${LIMITS.jumps} jump hosts in a row`, where))
  const last = lastJump(text)
  if (last === undefined)
    return dead(problem(`ProxyJump ${text} is no list of hosts`, where, 'as user@host:22,host2'))
  const { through, ...hop } = last
  const query = { ...hop, ...(through === undefined ? {} : { jump: through }) }
  const found = jumpHost(query, around, [...via, here])
  const { jumps = [], ...own } = found.setup
  return {
    setup: { jumps: [...jumps, hopOf(found, own)] },
    problems: found.problems,
    warnings: found.warnings,
  }
}

/** A way that holds does not lead back, whoever goes it. */
function jumpHost(query: Query, around: ResolveSurroundings, via: readonly string[]): ResolvedHost {
  const id = JSON.stringify(query)
  const known = around.ways.get(id)
  if (known !== undefined) return known
  const found = resolveHost(query, around, via)
  if (found.problems.length === 0) around.ways.set(id, found)
  return found
}

function dead(found: Problem): Way {
  return { setup: {}, problems: [found], warnings: [] }
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
