import { posix } from 'node:path'
import type { Action, PutAction, RunAction } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { Finding, PutFinding, RunFinding } from '../model/finding.ts'
import type { Foreseen, ForeseenEnd } from '../model/foresight.ts'
import type { NodeResult } from '../model/outcome.ts'
import type { ActionTemplate } from '../model/plan.ts'
import type { Verdict } from '../model/preview.ts'
import { hasGuard } from './asking.ts'
import type { Effect } from './effects.ts'

/** All that is known of a node when it is judged. */
export interface Known {
  readonly foreseen: Exclude<Foreseen, { kind: 'waits' }>
  readonly template: ActionTemplate
  /** What `changed_when` says of a command that runs. */
  readonly changes: 'yes' | 'no' | 'unknown'
  readonly finding: Finding | undefined
  /** Of a step that ran because it only reads; `later` where another attempt would follow. */
  readonly ran?: NodeResult | 'later'
  /** Why the answer may no longer be true when the node's turn comes, as `steps.a would change first`. */
  readonly taint: string | undefined
  /** Whether what a command writes may lie elsewhere by then: a link on the way may be another one. */
  readonly strays: boolean
  /** Whether nodes before it are sure to make a folder; `unsure`: they may. */
  readonly makes: (folder: string) => 'yes' | 'no' | 'unsure'
}

export interface Judged {
  readonly verdict: Verdict
  /** What it may change; absent where it changes nothing. */
  readonly effect?: Effect
  /** In place of the host's answer: what it will meet when its turn comes. */
  readonly finding?: Finding
  readonly end: ForeseenEnd
}

/** The verdict on one node. */
export function judge(known: Known): Judged {
  const { foreseen } = known
  switch (foreseen.kind) {
    case 'unknown':
      return unknown(foreseen.because, effectOfUnknown(foreseen, known))
    case 'pause':
      return UNCHANGED
    case 'result':
      return ofResult(foreseen.result)
    case 'action':
      return ofAction(foreseen.action, known)
  }
}

/** By its places, where the host told what they are. */
function effectOfUnknown(
  { places }: Known['foreseen'] & { kind: 'unknown' },
  { template, finding, strays }: Known,
): Effect | undefined {
  if (places === undefined || finding === undefined) return effectOfTemplate(template)
  return strays ? ANYTHING : possibleEffect(places, finding)
}

const UNCHANGED: Judged = { verdict: { kind: 'no change' }, end: { kind: 'ok' } }
const HELD: Judged = { verdict: { kind: 'no change' }, end: { kind: 'held' } }

function ofResult(result: NodeResult): Judged {
  const { outcome, note = 'its condition is false', failure } = result
  if (outcome === 'skipped') return { verdict: { kind: 'skip', because: note }, end: { kind: 'skipped' } }
  return failure === undefined ? UNCHANGED : fails(failure)
}

function ofAction(action: Action, known: Known): Judged {
  const { finding, taint, strays } = known
  if (action.kind === 'run' && action.readOnly) return ofReadOnly(known)
  if (action.kind === 'run' && !hasGuard(action)) return ofPlainRun(action, known)
  if (taint !== undefined) return unknown(taint, strays ? ANYTHING : possibleEffect(action, finding))
  if (finding === undefined || finding.kind === 'unseen')
    return unknown(finding?.failure.message ?? 'the host did not tell', possibleEffect(action, finding))
  if (action.kind === 'run') return ofGuardedRun(action, finding as RunFinding, known)
  if (action.kind === 'put') return ofPut(action, finding as PutFinding, known)
  return finding.failure === undefined ? UNCHANGED : fails(finding.failure)
}

/** It really ran, unless something before it may change what it reads. */
function ofReadOnly({ taint, ran }: Known): Judged {
  if (taint !== undefined) return unknown(taint)
  if (ran === 'later') return unknown('it did not succeed at once, and would be tried again')
  if (ran === undefined) return unknown('it did not run')
  switch (ran.outcome) {
    case 'ok':
      return { verdict: { kind: 'no change' }, end: { kind: 'ran', result: ran } }
    case 'changed':
      return { verdict: { kind: 'change' }, end: { kind: 'ran', result: ran } }
    case 'failed':
      return ran.failure === undefined
        ? unknown('it failed')
        : { ...fails(ran.failure), end: { kind: 'ran', result: ran } }
    default:
      return unknown(ran.failure?.message ?? `it ended as ${ran.outcome}`)
  }
}

/** Nothing keeps it from running but a folder or a shell that is not there. */
function ofPlainRun(action: RunAction, known: Known): Judged {
  const { finding, taint } = known
  if (finding?.kind !== 'run' || finding.failure === undefined) return running(action, known)
  if (taint === undefined) return fails(finding.failure)
  return unknown(`${finding.failure.message} yet, and ${taint}`, possibleEffect(action, finding))
}

function ofGuardedRun(action: RunAction, finding: RunFinding, known: Known): Judged {
  switch (finding.outlook) {
    case 'held':
      return HELD
    case 'fails':
      return fails(finding.failure ?? NO_REASON)
    case 'runs':
      return running(action, known)
  }
}

function running(action: RunAction, { changes, finding, strays }: Known): Judged {
  if (changes === 'no') return UNCHANGED
  const effect = strays ? ANYTHING : possibleEffect(action, finding)
  if (changes === 'unknown') return unknown('its changed_when depends on its result', effect)
  return change(effect)
}

function ofPut(action: PutAction, finding: PutFinding, { makes }: Known): Judged {
  if (finding.outlook === 'same') return UNCHANGED
  const parent = finding.missing.at(-1)
  const made = finding.unlessMade === undefined || parent === undefined ? 'yes' : makes(parent)
  if (made === 'no') return fails(finding.unlessMade ?? NO_REASON)
  if (made === 'unsure')
    return unknown(
      `it is not known whether its folder ${parent} will be there`,
      possibleEffect(action, finding),
    )
  if (finding.outlook === 'fails') return fails(finding.failure ?? NO_REASON)
  return { ...change(effectOfPut(finding)), finding: withoutMade(finding, makes) }
}

/** The folders that are made before are not for it to make. */
function withoutMade(finding: PutFinding, makes: Known['makes']): PutFinding {
  const missing = finding.missing.filter(folder => makes(folder) !== 'yes')
  return missing.length === finding.missing.length ? finding : { ...finding, missing }
}

const NO_REASON: Failure = { code: 'bug', message: 'it would fail' }

function fails(failure: Failure): Judged {
  return {
    verdict: { kind: 'unknown', because: failure.message, fails: true },
    end: { kind: 'failed', failure },
  }
}

function unknown(because: string, effect?: Effect): Judged {
  return { verdict: { kind: 'unknown', because }, ...withEffect(effect), end: { kind: 'unknown' } }
}

function change(effect: Effect | undefined): Judged {
  return { verdict: { kind: 'change' }, ...withEffect(effect), end: { kind: 'changed' } }
}

const withEffect = (effect: Effect | undefined) => (effect === undefined ? {} : { effect })

const ANYTHING: Effect = { kind: 'anything' }

/** What an action may change, whatever comes before it; undefined: nothing. */
function possibleEffect(action: Action, finding: Finding | undefined): Effect | undefined {
  if (action.kind === 'get' || (action.kind === 'run' && action.readOnly)) return undefined
  // Where a path really leads only the host knows.
  if (finding?.kind === 'unseen') return ANYTHING
  if (action.kind === 'run') return effectOfRun(action, finding)
  if (finding?.kind !== 'put') return globsOf([`${action.dest}/**`])
  if (finding.ways !== undefined || finding.targets.length === 0) return ANYTHING
  const named = isVague(action.dest) ? [] : [action.dest]
  return globsOf([...named, ...finding.targets].map(place => `${place}/**`))
}

function effectOfRun({ writes }: RunAction, finding: Finding | undefined): Effect {
  const real = finding?.kind === 'run' ? finding.writes?.globs : undefined
  if (writes === undefined || real === undefined) return globsOf(writes)
  return globsOf([...writes.filter(glob => !isVague(glob)), ...real])
}

/** Just what a put would write and make. */
function effectOfPut({ changes, counts, missing, targets, ways }: PutFinding): Effect {
  if (ways === 'unsure') return ANYTHING
  const isWhole = changes.length === counts.new + counts.changed
  if (!isWhole) return { kind: 'paths', written: targets, created: [...missing, ...targets] }
  const files = changes.filter(({ type, change }) => type !== 'folder' || change === 'attributes')
  // What is of another type now, or leads elsewhere, is as good as new for whoever looks for something there.
  const made = changes.filter(
    ({ type, change }) => change === 'new' || change === 'replaced' || type === 'link',
  )
  const paths = (entries: typeof changes) => entries.map(({ path }) => path)
  return { kind: 'paths', written: paths(files), created: [...missing, ...paths(made)] }
}

/** What is relative lies in some home folder, and what `..` leads to may be behind a link: it may be anywhere. */
function globsOf(globs: readonly string[] | undefined): Effect {
  if (globs === undefined || globs.some(isVague)) return { kind: 'anything' }
  return { kind: 'globs', globs: globs.map(glob => posix.normalize(glob).replace(/(?<=.)\/$/, '')) }
}

const isVague = (glob: string) => !glob.startsWith('/') || glob.split('/').includes('..')

/** Of a node whose texts are not known. */
export function effectOfTemplate(template: ActionTemplate): Effect | undefined {
  switch (template.kind) {
    case 'run':
      return template.readOnly ? undefined : globsOf(fixed(template.writes))
    case 'put':
      return globsOf(fixed([[...template.dest, '/**']]))
    default:
      return undefined
  }
}

function fixed(templates: readonly ActionTemplatePath[] | undefined): readonly string[] | undefined {
  const texts = templates?.map(parts =>
    parts.every(part => typeof part === 'string') ? parts.join('') : undefined,
  )
  return texts?.every(text => text !== undefined) ? texts : undefined
}

type ActionTemplatePath = Extract<ActionTemplate, { kind: 'put' }>['dest']
