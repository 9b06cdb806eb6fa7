import type { Captured, Outcome } from '../model/outcome.ts'
import { type Value, WrittenNumber } from '../model/value.ts'
import { MissingValue, unknownValue, valueFailure } from './failure.ts'
import { jsonDepth, parseJsonValue } from './json-value.ts'
import type { ResultView } from './scope.ts'

/** Deeper JSON of a host is refused. */
const JSON_DEPTH = 100

/**
 * A field of a result; `name` is what it is called in errors, as `steps.a`.
 * @throws MissingValue, ExpressionFailure
 */
export function resultField(view: ResultView, field: string, name: string): Value | undefined {
  switch (field) {
    case 'outcome':
    case 'changed':
    case 'failed':
    case 'skipped':
    case 'duration':
      return sumField([view], field, name)
    case 'exit_code': {
      const { exitCode } = ran(view, field, name)
      if (exitCode === undefined) throw new MissingValue(`${name}.${field}`, 'no command came to its end')
      return int(exitCode)
    }
    case 'stdout':
    case 'stderr':
      return output(view, field, name)
    case 'lines': {
      const text = output(view, 'stdout', name)
      return text === '' ? [] : text.split('\n')
    }
    case 'json':
      return json(output(view, 'stdout', name), name)
    default:
      return undefined
  }
}

/**
 * The fields that exist for several results together. Of none at all, nothing ran. In a preview some may be open: what
 * the others decide is known all the same.
 * @throws ExpressionFailure where it depends on an open one
 */
export function sumField(views: readonly ResultView[], field: string, name: string): Value | undefined {
  const known = views.filter(view => view.open?.covers !== 'all')
  switch (field) {
    case 'changed':
      return known.some(({ outcome }) => outcome === 'changed') || closed(views, 'all', name, false)
    case 'failed':
      return known.some(({ outcome }) => didFail(outcome)) || closed(views, 'all', name, false)
    case 'skipped':
      return known.every(({ outcome }) => outcome === 'skipped') && closed(views, 'all', name, true)
    case 'outcome':
      return closed(views, 'all', name, worstOf(views))
    case 'duration': {
      const ms = views.reduce((sum, { result }) => sum + (result?.durationMs ?? 0), 0)
      const seconds = String(ms / 1000)
      const text = /^\d+$/.test(seconds) ? `${seconds}.0` : seconds
      return closed(views, 'output', name, new WrittenNumber(text))
    }
    default:
      return undefined
  }
}

/** The value, if nothing that it takes is open. */
function closed<T>(views: readonly ResultView[], takes: 'output' | 'all', name: string, value: T): T {
  const open = views.find(
    view => view.open !== undefined && (takes === 'output' || view.open.covers === 'all'),
  )
  if (open?.open !== undefined) throw unknownValue(open.open.read(name))
  return value
}

function worstOf(views: readonly ResultView[]): Outcome {
  return WORST_FIRST.find(outcome => views.some(view => view.outcome === outcome)) ?? 'skipped'
}

const WORST_FIRST: readonly Outcome[] = [
  ...(['failed', 'unreachable', 'unknown', 'refused', 'cancelled', 'blocked'] as const),
  ...(['changed', 'ok', 'skipped'] as const),
]

const didFail = (outcome: Outcome) => outcome !== 'ok' && outcome !== 'changed' && outcome !== 'skipped'

const int = (n: number): Value => new WrittenNumber(String(n))

function ran({ result, outcome, open }: ResultView, field: string, name: string) {
  if (open !== undefined) throw unknownValue(open.read(name))
  if (result === undefined || outcome === 'skipped')
    throw new MissingValue(`${name}.${field}`, `the step did not run (${outcome})`)
  return result
}

function output(view: ResultView, field: 'stdout' | 'stderr', name: string): string {
  const captured: Captured = ran(view, field, name)[field]
  if (view.incomplete !== undefined) throw valueFailure(`${name}.${field} cannot be used: ${view.incomplete}`)
  if (captured.truncated)
    throw valueFailure(
      `${name}.${field} cannot be used: of its ${captured.bytes} bytes only the beginning and the end were kept`,
      'let the command print less, or write it to a file and get that',
    )
  return withoutFinalNewlines(captured.head)
}

/** As `$(…)` of a shell does it. */
function withoutFinalNewlines(text: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === '\n') end--
  return text.slice(0, end)
}

function json(text: string, name: string): Value {
  if (jsonDepth(text) > JSON_DEPTH) throw valueFailure(`the JSON of ${name} is nested too deeply`)
  const value = parseJsonValue(text)
  if (value !== undefined) return value
  throw valueFailure(
    `the output of ${name} is no JSON`,
    text === '' ? 'it is empty' : `it begins with ${JSON.stringify(text.slice(0, 40))}`,
  )
}
