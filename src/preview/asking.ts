import type { Action, RunAction } from '../model/action.ts'
import type { Finding } from '../model/finding.ts'
import { readsOf } from '../steps/reads/reads-of.ts'
import { isGuard } from '../steps/run-guard.ts'
import { looksFirst } from '../steps/run-script.ts'
import { ANY_GROUNDS, type Grounds, NO_GROUNDS } from './effects.ts'

/** Whether the host must be asked what an action would meet. What only reads is simply run. */
export function mustAsk(action: Action): boolean {
  return action.kind !== 'run' || (!action.readOnly && (looksFirst(action) || saysWhatItWrites(action)))
}

function saysWhatItWrites({ writes = [] }: RunAction): boolean {
  return writes.length > 0
}

/** Whether a command only needs a folder or a shell to run: what is missing now may be made before. */
export function needsPlace(action: Action): boolean {
  return action.kind === 'run' && !action.readOnly && looksFirst(action) && !hasGuard(action)
}

export function hasGuard({ creates, removes, unless, onlyIf }: RunAction): boolean {
  return creates.length > 0 || removes.length > 0 || isGuard(unless) || isGuard(onlyIf)
}

/** What the host's answer rests on; without one, it would rest on anything. */
export function groundsOf(finding: Finding | undefined): Grounds {
  if (finding === undefined || finding.kind === 'unseen') return ANY_GROUNDS
  switch (finding.kind) {
    case 'run':
      return { ...finding.reads, targets: [] }
    case 'put':
      // Folders that are missing above it are looked for among those that are made before.
      if (finding.ways === 'unsure') return ANY_GROUNDS
      return { ...NO_GROUNDS, contents: finding.ways ?? [], targets: finding.targets }
    case 'get':
      return { ...NO_GROUNDS, contents: finding.reads }
  }
}

/** What decides where a command would write, as far as it says so. */
export function waysOf(finding: Finding | undefined): Grounds {
  const ways = finding?.kind === 'run' ? finding.writes?.ways : undefined
  return { ...NO_GROUNDS, contents: ways ?? [] }
}

/** Whether links decide where it would write. */
export function hasWays(finding: Finding | undefined): boolean {
  return waysOf(finding).contents.length > 0
}

/** Whether the host must say what the paths that a reading step names really are. */
export function needsGrounds(action: Action): boolean {
  if (action.kind !== 'run' || !action.readOnly) return false
  const { exists, contents } = readsOf(action)
  return contents !== 'anything' && contents.length + exists.length > 0
}

/** What a step that only reads rests on; without an answer, as far as its text tells. */
export function readingOf(action: RunAction, finding: Finding | undefined): Grounds {
  return finding === undefined ? { ...readsOf(action), targets: [] } : groundsOf(finding)
}
