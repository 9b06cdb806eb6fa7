import { LIMITS } from '../../model/limits.ts'
import { escapeText } from '../escape.ts'
import { everyStep, type Outline, type OutlineStep, optionOf } from '../outline/outline.ts'
import { expressionsOf, referencesIn } from '../outline/texts.ts'
import type { Paint } from '../paint.ts'
import { listed, retryWords, waitWords } from '../step-words.ts'
import { wrapText } from '../wrap.ts'
import { doesWords } from './does.ts'
import type { StepHosts } from './hosts.ts'
import {
  conditionSentences,
  failureSentences,
  hasMembers,
  judgementSentences,
  paceSentences,
  startWords,
  timeLimit,
} from './sentences.ts'

export interface ExplainText {
  readonly paint: Paint
  /** Columns of the terminal. */
  readonly width: number
}

type Statement = readonly [label: string, text: string]

const LABEL = 14

/** Everything that can be said of one step, a line for each question that a reader may have. */
export function detailLines(
  entry: OutlineStep,
  outline: Outline,
  hosts: StepHosts,
  { paint, width }: ExplainText,
): string[] {
  const statements = statementsOf(entry, outline, hosts)
  return [
    ...statements.flatMap(([label, text]) =>
      wrapText(escapeText(text), Math.max(20, width - LABEL)).map(
        (line, at) => `${paint('cyan', (at === 0 ? label : '').padEnd(LABEL))}${line}`,
      ),
    ),
    ...scriptLines(entry, paint),
  ]
}

function statementsOf(entry: OutlineStep, outline: Outline, hosts: StepHosts): Statement[] {
  const { step } = entry
  const where = hosts.words(entry).replace(/^on /, '')
  const rolling = hosts.rolling(entry)
  const around = rollingAround(entry)
  const attempts = step.retry === undefined ? [] : [retryWords(step.retry, step.retry.until?.value)]
  return [
    ['Does', doesWords(entry).replace(/^does /, '')],
    ...labelled('Where', [
      ...(where === '' ? [] : [where]),
      ...(rolling === undefined ? [] : [rolling]),
      ...(around === undefined ? [] : [`batch by batch, as ${around.id} goes over its hosts`]),
    ]),
    ['Starts', startWords(entry)],
    ...labelled('', [...conditionSentences(entry), ...paceSentences(entry), ...usualLimit(entry)]),
    ...labelled(
      'Tried',
      attempts.map(words => words.replace(/^tried /, '')),
    ),
    ...labelled('Ends', [...verdictWords(entry), ...judgementSentences(entry)]),
    ...labelled('If it fails', [
      ...failureSentences(entry).map(words => words.replace(/^if it fails, /, '')),
      ...dependents(entry, outline),
    ]),
    ...labelled('Its results', usesOf(entry, outline)),
    ...labelled('Tags', tagsOf(entry)),
    ['Written in', `${step.where.file}:${step.where.line}`],
  ]
}

/** The label once, before the first. */
function labelled(label: string, texts: readonly string[]): Statement[] {
  return texts.map((text, at): Statement => [at === 0 ? label : '', text])
}

function rollingAround(entry: OutlineStep): OutlineStep | undefined {
  for (let at = entry.parent; at !== undefined; at = at.parent) if (at.step.rolling !== undefined) return at
  return undefined
}

/** Every step has a time limit; one that was set is told among the rest. */
function usualLimit(entry: OutlineStep): string[] {
  const { kind } = entry.step.spec
  if (hasMembers(entry) || kind === 'assert' || kind === 'pause' || timeLimit(entry) !== undefined) return []
  return [`it may take ${waitWords(LIMITS.stepMs)}, as every step`]
}

function verdictWords({ step }: OutlineStep): string[] {
  const { spec } = step
  switch (spec.kind) {
    case 'run':
      if (spec.changedWhen !== undefined) return []
      return [
        spec.readOnly
          ? 'it only reads, and never counts as a change'
          : 'it counts as a change whenever it runs',
      ]
    case 'put':
      return ['it counts as a change where the host had something else']
    case 'get':
      return ['it never counts as a change']
    case 'assert':
    case 'pause':
    case 'use':
    case 'group':
      return []
  }
}

function dependents(entry: OutlineStep, outline: Outline): string[] {
  const after = [...everyStep(outline.steps)].filter(other => other.needs.some(({ of }) => of === entry))
  const held = after.filter(other => other.needs.some(need => need.of === entry && need.if === 'success'))
  const cleanup = after.filter(other => other.needs.some(need => need.of === entry && need.if !== 'success'))
  const onFailure = optionOf(entry, 'onFailure') ?? 'block'
  return [
    ...(held.length === 0 || onFailure !== 'block'
      ? []
      : [`${listed(names(held))} ${held.length === 1 ? 'does' : 'do'} not run there; all else goes on`]),
    ...(cleanup.length === 0
      ? []
      : [`${listed(names(cleanup))} ${cleanup.length === 1 ? 'runs' : 'run'} all the same`]),
  ]
}

/** Which of its fields other steps use: `stdout is used by notify`. */
function usesOf(entry: OutlineStep, outline: Outline): string[] {
  const users = new Map<string, Set<string>>()
  for (const other of everyStep(outline.steps)) {
    if (other === entry || scopeOf(other) !== scopeOf(entry)) continue
    for (const { step, field } of expressionsOf(other.step).flatMap(referencesIn)) {
      if (step !== entry.step.id) continue
      const known = users.get(field ?? 'result') ?? new Set()
      users.set(field ?? 'result', known.add(other.id))
    }
  }
  return [...users].map(([field, ids]) => `${field} is used by ${listed([...ids])}`)
}

/** The place of use of the file in which a step stands: ids are unique in it. */
function scopeOf(entry: OutlineStep): OutlineStep | undefined {
  let at = entry.parent
  while (at !== undefined && at.step.spec.kind !== 'use') at = at.parent
  return at
}

function tagsOf(entry: OutlineStep): string[] {
  const tags = new Set<string>()
  for (let at: OutlineStep | undefined = entry; at !== undefined; at = at.parent)
    for (const { name } of at.step.tags ?? at.file.defaults.tags ?? []) tags.add(name)
  return tags.size === 0 ? [] : [[...tags].join(', ')]
}

/** A script that did not fit in words. */
function scriptLines({ step }: OutlineStep, paint: Paint): string[] {
  const { spec } = step
  if (spec.kind !== 'run') return []
  const text = spec.script.value.trimEnd()
  if (!text.includes('\n')) return []
  return ['', ...text.split('\n').map(line => `  ${paint('dim', '│')} ${escapeText(line, 'tabs')}`.trimEnd())]
}

function names(entries: readonly OutlineStep[]): string[] {
  return entries.map(({ id }) => id)
}
