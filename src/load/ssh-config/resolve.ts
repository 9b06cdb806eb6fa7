import type { Problem } from '../../model/problem.ts'
import { isHostName } from '../inventory/names.ts'
import { type Answer, evaluate, type Query } from './evaluate.ts'
import type { ConfigFile, ConfigFiles } from './files.ts'
import { SettingsReader } from './host-settings.ts'
import { isLoginName } from './login-name.ts'
import type { MatchAsker } from './match.ts'
import { portOf } from './ports.ts'
import { problem } from './problem.ts'
import type { Place, ResolvedHost } from './resolved-host.ts'
import { expandTokens } from './tokens.ts'
import { refusals, warnings } from './unsupported.ts'
import { wayTo } from './way.ts'

export interface ResolveSurroundings extends MatchAsker {
  readonly sources: readonly ConfigFile[]
  readonly files: ConfigFiles
  readonly home: string
  readonly cwd: string
  readonly env: Readonly<NodeJS.ProcessEnv>
  /** Ways to jump hosts that were found before: many hosts go the same one. */
  readonly ways: Map<string, ResolvedHost>
}

/** @param via what was asked for on the way so far, so that none leads to itself */
export function resolveHost(
  query: Query,
  around: ResolveSurroundings,
  via: readonly Query[] = [],
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
  const resolve = (next: Query, asked: readonly Query[]) => resolveHost(next, around, asked)
  const way = wayTo(answer, reader, place, { query, via, ways: around.ways, resolve })
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

function placeOf({ settings }: Answer, { name }: Query, around: ResolveSurroundings): Place {
  const problems: Problem[] = []
  const hostName = settings.get('hostname')
  const [written] = hostName?.words ?? []
  const expanded = expandTokens(written ?? '%h', { h: name })
  const address = expanded.text.toLowerCase()
  const token = expanded.unknown
  if (token !== undefined) problems.push(problem(`the token ${token} is not known here`, hostName?.where))
  else if (!isHostName(address)) problems.push(problem(`${address} is no host name`, hostName?.where))
  const given = settings.get('user')
  const user = given?.words[0] ?? around.user
  if (given?.where !== undefined && !isLoginName(user))
    problems.push(problem(`${user} is no user name`, given.where))
  const portSetting = settings.get('port')
  const port = portSetting === undefined ? 22 : portOf(portSetting.words[0] ?? '')
  if (port === undefined) problems.push(problem(`${portSetting?.words[0]} is no port`, portSetting?.where))
  return { address, port: port ?? 22, user, problems }
}
