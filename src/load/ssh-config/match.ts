import type { Problem } from '../../model/problem.ts'
import { listMatches } from '../../model/wildcard.ts'
import { isHostName, isUserName } from '../inventory/names.ts'
import { criteriaOf } from './criteria.ts'
import { inNetworks } from './networks.ts'
import { problem } from './problem.ts'
import { expandTokens, type TokenValues } from './tokens.ts'
import type { Directive } from './words.ts'

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
  /** Addresses of this machine. */
  readonly addresses: () => readonly string[]
  /** Whether a command ends well; absent: none may be run. */
  readonly run?: (command: string) => boolean
}

export type Matched =
  | { readonly kind: 'known'; readonly matches: boolean; readonly wantsFinal: boolean }
  | { readonly kind: 'problem'; readonly problem: Problem }

/** `open`: drover cannot tell. */
type Verdict = boolean | { readonly open: Problem } | { readonly problem: Problem }

/** Judges a `Match` line. A command is asked only where all that stands before it matches. */
export function matchLine(line: Directive, state: MatchState, asker: MatchAsker): Matched {
  const criteria = criteriaOf(line.rest)
  if (typeof criteria === 'string') return { kind: 'problem', problem: problem(criteria, line.where) }
  let matches = true
  let open: Problem | undefined
  for (const { name, negated, value } of criteria) {
    const verdict = judge(name, value, matches, line, state, asker)
    if (typeof verdict === 'boolean') matches &&= verdict !== negated
    else if ('problem' in verdict) return { kind: 'problem', problem: verdict.problem }
    else open ??= verdict.open
  }
  if (open !== undefined && matches && state.decides()) return { kind: 'problem', problem: open }
  return { kind: 'known', matches: matches && open === undefined, wantsFinal: asksForFinal(line) }
}

/** Whether it wants the files to be read a second time. */
export function asksForFinal({ rest }: Directive): boolean {
  const criteria = criteriaOf(rest)
  return typeof criteria !== 'string' && criteria.some(({ name }) => name === 'final')
}

function judge(
  name: string,
  value: string,
  matches: boolean,
  line: Directive,
  state: MatchState,
  asker: MatchAsker,
): Verdict {
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
      return listMatches(value, state.user ?? asker.user)
    case 'localuser':
      return listMatches(value, asker.user)
    case 'tagged':
      return listMatches(value, state.tag ?? '')
    case 'sessiontype':
      // drover runs commands, and nothing else.
      return listMatches(value, 'exec')
    case 'localnetwork': {
      const isIn = inNetworks(value, asker.addresses())
      return isIn ?? { problem: problem(`Match localnetwork: ${value} is no list of networks`, line.where) }
    }
    case 'exec':
      return execVerdict(value, matches, line, state, asker)
    default:
      return {
        open: problem(`Match ${name} is not supported: it asks about ssh itself`, line.where, OTHER_HINT),
      }
  }
}

const EXEC_REFUSED = 'Match exec asks a command, and none is run unless that is allowed'
const EXEC_HINT = 'allow it with --allow-match-exec, or name another file with --ssh-config'
const OTHER_HINT = 'use Match host or Match tagged, or name another file with --ssh-config'

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
  if (asker.run === undefined) return { open: problem(EXEC_REFUSED, line.where, EXEC_HINT) }
  const { name, user, port } = state
  const own = { h: hostOf(state), n: name, p: port ?? '22', r: user ?? asker.user, k: name }
  const { text, unknown } = expandTokens(command, { ...asker.tokens, ...own })
  const safe = isUserName(own.r) && isHostName(own.h)
  if (!safe && expandTokens(command, { ...asker.tokens, ...own, h: '', r: '' }).text !== text)
    return { problem: problem('Match exec: a name for it has characters that a shell reads', line.where) }
  if (unknown !== undefined)
    return { problem: problem(`Match exec: the token ${unknown} is not known`, line.where) }
  return asker.run(text)
}
