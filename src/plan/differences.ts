import type { Action } from '../model/action.ts'
import { type Bases, mapActionPaths, withoutBase } from './local-paths.ts'
import { DIFFERS, TOO_LONG } from './partial-sketch.ts'

/**
 * The settings of a step in which two actions differ, as a playbook calls them. What was not kept of the planned one
 * counts as different only where nothing else does.
 */
export function differences(planned: Action, rendered: Action, bases: Bases): readonly string[] {
  if (planned.kind !== rendered.kind) return ['the kind of step']
  const present = mapActionPaths(rendered, path => withoutBase(bases, path))
  const known = mapActionPaths(planned, path => withoutBase(bases, path))
  const keys = [...new Set([...Object.keys(known), ...Object.keys(present)])].filter(key => key !== 'planned')
  const pairs = keys.map(key => [key, textOf(known, key), textOf(present, key)] as const)
  const different = pairs.filter(([, before, after]) => before !== after)
  const sure = different.filter(([, before]) => !before.includes(DIFFERS) && !before.includes(TOO_LONG))
  return (sure.length > 0 ? sure : different).map(([key]) => NAMES[key] ?? key)
}

const textOf = (action: Action, key: string) =>
  JSON.stringify((action as unknown as Readonly<Record<string, unknown>>)[key]) ?? ''

const NAMES: Readonly<Record<string, string>> = {
  onlyIf: 'only_if',
  readOnly: 'read_only',
  timeoutMs: 'timeout',
  source: 'what is put',
}
