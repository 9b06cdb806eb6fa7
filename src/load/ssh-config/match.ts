import type { Problem } from '../../model/problem.ts'
import { listMatches } from '../../model/wildcard.ts'
import { expandTokens, type TokenValues } from './tokens.ts'
import { type Directive, matchWords } from './words.ts'

/** What is known of the host where a `Match` line stands. */
export interface MatchState {
  readonly name: string
  readonly hostName: string | undefined
  readonly user: string | undefined
  readonly port: string | undefined
  readonly tag: string | undefined
  readonly isFinal: boolean
  /** Whether the lines below it say anything that counts here. */
  readonly decides: () => boolean
}

/** What `Match` may ask besides. */
export interface MatchAsker {
  /** The local user's name. */
  readonly user: string
  /** Values of tokens that are the same for all hosts. */
  readonly tokens: TokenValues
  /** Whether a command ends well; absent: none may be run. */
  readonly run?: (command: string) => boolean
}

export type Matched =
  | { readonly kind: 'known'; readonly matches: boolean; readonly wantsFinal: boolean }
  | { readonly kind: 'problem'; readonly problem: Problem }

type Verdict = boolean | 'exec' | { readonly problem: Problem }

interface Criterion {
  readonly name: string
  readonly negated: boolean
  readonly value: string
}

/** Judges a `Match` line. A command is asked only where all that stands before it matches. */
export function matchLine(line: Directive, state: MatchState, asker: MatchAsker): Matched {
  const criteria = criteriaOf(line)
  if ('code' in criteria) return { kind: 'problem', problem: criteria }
  let matches = true
  let needsExec = false
  for (const { name, negated, value } of criteria) {
    const isExec = name === 'exec'
    const verdict = isExec
      ? execVerdict(value, matches, line, state, asker)
      : judge(name, value, state, asker)
    if (verdict === undefined) return refused(line, `Match ${name} is not supported`)
    if (typeof verdict === 'object') return { kind: 'problem', problem: verdict.problem }
    if (verdict === 'exec') needsExec = true
    else if (verdict === negated) matches = false
  }
  if (needsExec && matches) return refused(line, EXEC_REFUSED, EXEC_HINT)
  const wantsFinal = criteria.some(({ name }) => name === 'final')
  return { kind: 'known', matches: matches && !needsExec, wantsFinal }
}

function criteriaOf(line: Directive): readonly Criterion[] | Problem {
  const words = [...(matchWords(line.rest) ?? [])]
  if (words.length === 0) return refused(line, 'Match has no criteria that can be read').problem
  const criteria: Criterion[] = []
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const negated = word.startsWith('!')
    const name = word.slice(negated ? 1 : 0).toLowerCase()
    const value = BARE.has(name) ? '' : words.shift()
    if (value === undefined) return refused(line, `Match ${name} has no value`).problem
    criteria.push({ name, negated, value })
  }
  return criteria
}

/** Criteria without a value. */
const BARE: ReadonlySet<string> = new Set(['all', 'final', 'canonical'])

const EXEC_REFUSED = 'Match exec asks a command, and none is run unless that is allowed'
const EXEC_HINT = 'allow it with --allow-match-exec, or name another file with --ssh-config'

function judge(name: string, value: string, state: MatchState, { user }: MatchAsker): boolean | undefined {
  switch (name) {
    case 'all':
      return true
    case 'final':
    case 'canonical':
      return state.isFinal
    case 'host':
      return listMatches(value.toLowerCase(), hostOf(state).toLowerCase())
    case 'originalhost':
      return listMatches(value.toLowerCase(), state.name.toLowerCase())
    case 'user':
      return listMatches(value, state.user ?? user)
    case 'localuser':
      return listMatches(value, user)
    case 'tagged':
      return listMatches(value, state.tag ?? '')
    default:
      return undefined
  }
}

function hostOf({ name, hostName }: MatchState): string {
  return hostName === undefined ? name : expandTokens(hostName, { h: name }).text
}

/** Nothing is asked that can make no difference. */
function execVerdict(
  command: string,
  matches: boolean,
  line: Directive,
  state: MatchState,
  asker: MatchAsker,
): Verdict {
  if (!matches) return false
  if (asker.run === undefined) return state.decides() ? 'exec' : false
  const { name, user, port } = state
  const own = { h: hostOf(state), n: name, p: port ?? '22', r: user ?? asker.user, k: name }
  const { text, unknown } = expandTokens(command, { ...asker.tokens, ...own })
  if (unknown !== undefined)
    return { problem: refused(line, `Match exec: the token ${unknown} is not known`).problem }
  return asker.run(text)
}

function refused({ where }: Directive, message: string, hint?: string) {
  const problem: Problem = {
    code: 'ssh_config',
    severity: 'error',
    message,
    where,
    ...(hint === undefined ? {} : { hint }),
  }
  return { kind: 'problem' as const, problem }
}
