import { posix } from 'node:path'
import type { EntryChange, PutFinding } from '../../src/model/finding.ts'
import type { Outcome } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { NodePreview, Verdict } from '../../src/model/preview.ts'
import { HOSTS, type HostName } from './random-case.ts'
import { changedBetween, type Photo, type Photos } from './tree.ts'
import type { Doing, End, Trial } from './trial.ts'

/** Where a preview and a run do not agree, in words that name the node. */
export interface Comparison {
  readonly disagreements: readonly string[]
  readonly verdicts: readonly NodePreview[]
  /** Nodes that did not run because something failed of which the preview had said that it does not know. */
  readonly excused: number
}

const OUTCOME_OF: Readonly<Record<string, Outcome>> = {
  change: 'changed',
  'no change': 'ok',
  skip: 'skipped',
}

/** @param homeOf the home folder of a host */
export function compare(trial: Trial, homeOf: (host: HostName) => string): Comparison {
  const disagreements: string[] = trial.untouched ? [] : ['the preview changed a host']
  const verdicts: NodePreview[] = []
  let excused = 0
  for (const { index, id, targets, hidden } of trial.plan.steps) {
    if (hidden) continue
    for (const host of targets) {
      const name = `${id} on ${trial.plan.hosts[host]?.name}`
      const node = trial.preview.node(index, host)
      if (node === undefined) throw new Error(`${name} has no verdict`)
      const end = trial.ends.get(`${index}@${host}`)
      const doing = trial.doings.get(`${index}@${host}`)
      verdicts.push(node)
      if (isExcused(trial, node, end)) excused += 1
      else disagreements.push(...ofNode(trial.plan, node, end, doing, homeOf).map(text => `${name}: ${text}`))
    }
  }
  return { disagreements: [...disagreements, ...ofOthers(trial)], verdicts, excused }
}

function isExcused({ preview }: Trial, { verdict }: NodePreview, end: End | undefined): boolean {
  if (wantedOf(verdict) === undefined) return false
  if (end?.outcome !== 'blocked' || end.cause === undefined) return false
  const cause = preview.node(end.cause.step, end.cause.host)?.verdict
  return cause?.kind === 'unknown' && cause.fails !== true
}

function ofNode(
  plan: Plan,
  node: NodePreview,
  end: End | undefined,
  doing: Doing | undefined,
  homeOf: (host: HostName) => string,
): readonly string[] {
  const { verdict } = node
  if (isBlocked(verdict) && plan.steps.some(({ onFailure }) => onFailure === 'stop')) return []
  const failure = end?.result?.failure
  const ended = `${end?.outcome}${failure === undefined ? '' : ` (${failure.message})`}`
  if (end?.outcome === 'refused') return [`${said(verdict)}, but it was refused: ${ended}`]
  const wanted = wantedOf(verdict)
  if (wanted === undefined) return []
  if (end?.outcome !== wanted) return [`${said(verdict)}, but ${ended}`]
  if (wanted === 'failed' && !isSameProblem(becauseOf(verdict), failure?.message ?? ''))
    return [`${said(verdict)}, but it failed otherwise: ${failure?.message}`]
  return doing === undefined ? [] : ofDoing(node, doing, homeOf(doing.via))
}

/** Undefined where anything may come of it. */
export function wantedOf(verdict: Verdict): Outcome | undefined {
  if (verdict.kind !== 'unknown') return OUTCOME_OF[verdict.kind]
  if (verdict.fails) return 'failed'
  return isBlocked(verdict) ? 'blocked' : undefined
}

/** What it needs would fail. */
export function isBlocked(verdict: Verdict): boolean {
  return /^steps\.\S+ would fail(?: on h\d)?$/.test(becauseOf(verdict))
}

const becauseOf = (verdict: Verdict) => ('because' in verdict ? verdict.because : '')

/** Without what some tool of the host has to say of it. */
function isSameProblem(one: string, other: string): boolean {
  const known = (text: string) => text.split(': ')[0]?.replace(/the (owner|group) .*/, 'to somebody')
  return known(one) === known(other)
}

function said(verdict: Verdict): string {
  const because = 'because' in verdict ? ` (${verdict.because})` : ''
  return verdict.kind === 'unknown' && verdict.fails ? `would fail${because}` : `${verdict.kind}${because}`
}

/** What it did to the host, to the file. */
function ofDoing(
  { verdict, finding }: NodePreview,
  { before, after }: Doing,
  home: string,
): readonly string[] {
  const changed = changedBetween(before, after)
  if (verdict.kind !== 'change')
    return changed.length === 0 ? [] : [`${said(verdict)}, but it changed ${changed.join(' ')}`]
  if (finding?.kind !== 'put') return []
  const foretold = foretoldBy(finding, home)
  const wrong = finding.changes.flatMap(change => claimed(change, before, after, home))
  const others = changed.filter(path => !foretold.includes(path))
  const left = foretold.filter(path => !changed.includes(path) && !isMissing(finding, path, home))
  if (others.length + left.length === 0) return wrong
  return [`foretold ${foretold.join(' ')}, but it changed ${changed.join(' ')}`, ...wrong]
}

function foretoldBy({ missing, changes }: PutFinding, home: string): readonly string[] {
  const paths = [...missing, ...changes.map(({ path }) => path)]
  return [...new Set(paths.map(path => posix.relative(home, path)))].sort()
}

/** Something before it may have made the folder already. */
function isMissing({ missing }: PutFinding, path: string, home: string): boolean {
  return missing.some(folder => posix.relative(home, folder) === path)
}

function claimed(change: EntryChange, before: Photos, after: Photos, home: string): readonly string[] {
  const path = posix.relative(home, change.path)
  const [was, is] = [before.get(path), after.get(path)]
  const claims: readonly (readonly [string, unknown, unknown])[] = [
    ['type', change.type, is?.kind],
    ['new', change.change === 'new', was === undefined],
    ['replaced', change.change === 'replaced', was !== undefined && was.kind !== is?.kind],
    ['content', change.change === 'content', was?.kind === is?.kind && was?.text !== is?.text],
    ...claimsOf(change.after, is),
    ...(change.before === undefined ? [] : claimsOf(change.before, was)),
  ]
  return claims
    .filter(([, claim, real]) => claim !== undefined && claim !== real)
    .map(([what, claim, real]) => `of ${path} it said ${what} ${claim}, and it is ${real}`)
}

function claimsOf(state: EntryChange['after'], photo: Photo | undefined) {
  const isNumber = (text: string | undefined) => text !== undefined && /^\d+$/.test(text)
  return [
    ['size', photo?.kind === 'file' ? state.size : undefined, photo?.text?.length],
    ['mode', photo?.kind === 'link' ? undefined : state.mode, photo?.mode],
    ['target', state.target, photo?.text],
    ['owner', isNumber(state.owner) ? Number(state.owner) : undefined, photo?.uid],
    ['group', isNumber(state.group) ? Number(state.group) : undefined, photo?.gid],
  ] as const
}

/** Where all nodes of a host leave it alone, it is as before. */
function ofOthers({ plan, preview, before, after }: Trial): readonly string[] {
  const quiet = HOSTS.filter(host =>
    plan.steps.every(({ index, targets, delegates }) =>
      Array.from(targets).every(target => {
        const via = plan.hosts[delegates?.[target] ?? target]?.name
        const verdict = preview.node(index, target)?.verdict
        return (
          via !== host || verdict === undefined || verdict.kind === 'no change' || verdict.kind === 'skip'
        )
      }),
    ),
  )
  return quiet
    .map(host => [host, changedBetween(before[host], after[host])] as const)
    .filter(([, changed]) => changed.length > 0)
    .map(([host, changed]) => `nothing was to change on ${host}, but ${changed.join(' ')} did`)
}
