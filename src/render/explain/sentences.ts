import { type OutlineStep, optionOf } from '../outline/outline.ts'
import { limitWords, listed, orderWords } from '../step-words.ts'
import { hostCountWords, itemWords } from './value-words.ts'

// Sentences about steps, without their first capital and full stop. Not escaped.

/** When a step starts: `after unpack and migrate`, `right away`. */
export function startWords(entry: OutlineStep): string {
  const { needs, parent, step } = entry
  const named = needs.filter(({ why }) => why !== 'reference')
  const words = orderWords(
    named.map(need => ({ name: need.of.id, on: need.on, if: need.if })),
    step.once,
  )
  if (words.length === 0 && parent !== undefined) words.push(`at the beginning of ${parent.id}`)
  const used = needs.filter(({ why }) => why === 'reference').map(({ of }) => of.id)
  if (used.length > 0)
    words.push(`after ${listed(used)}, whose ${used.length === 1 ? 'result' : 'results'} it uses`)
  return words.length === 0 ? 'right away' : words.join(', and ')
}

/** What must hold, and what is looked at on the host, for there to be something to do. */
export function conditionSentences({ step }: OutlineStep): string[] {
  const { spec, when } = step
  const condition = when === undefined ? [] : [`it runs only when ${when.value}`]
  if (spec.kind !== 'run') return condition
  const guards = guardWords(spec)
  return guards.length === 0 ? condition : [...condition, `there is nothing to do ${guards.join(', or ')}`]
}

type Run = Extract<OutlineStep['step']['spec'], { kind: 'run' }>

function guardWords({ creates, removes, unless, onlyIf }: Run): string[] {
  const paths = (texts: Run['creates'], last: 'and' | 'or') =>
    listed(
      texts.map(({ value }) => value),
      last,
    )
  return [
    ...(creates.length === 0 ? [] : [`where there is ${paths(creates, 'and')} already`]),
    ...(removes.length === 0 ? [] : [`where there is no ${paths(removes, 'or')}`]),
    ...(unless === undefined ? [] : [`where ${commandWords(unless.value)} succeeds`]),
    ...(onlyIf === undefined ? [] : [`where ${commandWords(onlyIf.value)} fails`]),
  ]
}

function commandWords(command: string): string {
  const lines = command.trim().split('\n')
  return lines.length === 1 ? `\`${lines[0]}\`` : `a check of ${lines.length} lines`
}

/** How often it runs on a host, on how many at once, and how long it may take. */
export function paceSentences(entry: OutlineStep): string[] {
  const { step } = entry
  const { forEach, parallel, semaphores, mayOverlap } = step
  const isLeaf = !hasMembers(entry)
  const lanes = parallel === 1 ? 'one after the other' : `${parallel} at a time`
  const throttle = isLeaf ? optionOf(entry, 'throttle') : undefined
  const limit = isLeaf ? timeLimit(entry) : undefined
  return [
    ...(forEach === undefined ? [] : [`it runs for ${itemWords(forEach)}, ${lanes}`]),
    ...(throttle === undefined
      ? []
      : [`it runs on at most ${hostCountWords({ kind: 'count', n: throttle })} at a time`]),
    ...(semaphores.length === 0
      ? []
      : [`it waits for a permit of ${listed(semaphores.map(({ name }) => name))}`]),
    ...(mayOverlap ? ['it may run at the same time as others that write the same paths'] : []),
    ...(limit === undefined ? [] : [`it may take ${limit}`]),
  ]
}

/** Where one was set. */
export function timeLimit(entry: OutlineStep): string | undefined {
  const timeoutMs = optionOf(entry, 'timeoutMs')
  const { kind } = entry.step.spec
  return timeoutMs === undefined || kind === 'assert' || kind === 'pause' ? undefined : limitWords(timeoutMs)
}

/** When its end is something else than usual. */
export function judgementSentences({ step }: OutlineStep): string[] {
  const { spec } = step
  if (spec.kind !== 'run') return []
  return [
    ...(spec.changedWhen === undefined ? [] : [`it counts as a change when ${spec.changedWhen.value}`]),
    ...(spec.failedWhen === undefined ? [] : [`it counts as failed when ${spec.failedWhen.value}`]),
  ]
}

/** What a failure does, where that is not the usual. */
export function failureSentences(entry: OutlineStep): string[] {
  const { maxFailures } = entry.step
  const onFailure = hasMembers(entry) ? undefined : optionOf(entry, 'onFailure')
  return [
    ...(onFailure === 'stop' ? ['if it fails, nothing new starts anywhere but cleanup'] : []),
    ...(onFailure === 'continue' ? ['if it fails, what needs it runs all the same'] : []),
    ...(maxFailures === undefined
      ? []
      : [`it may fail on ${hostCountWords(maxFailures)} without holding up the others`]),
  ]
}

export function hasMembers({ step }: OutlineStep): boolean {
  return step.spec.kind === 'group' || step.spec.kind === 'use'
}

export function sentence(words: string): string {
  return words === '' ? '' : `${words[0]?.toUpperCase()}${words.slice(1)}.`
}
