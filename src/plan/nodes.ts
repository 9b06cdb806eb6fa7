import type { Finding } from '../model/finding.ts'
import type { NodeResult } from '../model/outcome.ts'
import type { Verdict } from '../model/preview.ts'
import type { Sketch } from '../model/sketch.ts'
import { type BeforeColumn, beforeColumn } from './before-column.ts'
import { sketch } from './codec/action.ts'
import { list, object, optional, union } from './codec/compound.ts'
import { finding, result } from './codec/result.ts'
import { count, matching, oneOf, text, word } from './codec/scalars.ts'
import type { Ranges } from './runs.ts'

/** What nodes share, each of it once; groups of nodes name it by its index. Local paths are without their base. */
export interface NodeTables {
  readonly verdicts: readonly Verdict[]
  readonly sketches: readonly Sketch[]
  /** With an empty `before`: that stands in the groups. */
  readonly findings: readonly Finding[]
  readonly results: readonly NodeResult[]
  /** Of the lines of `NodeGroup.before`: the pieces between their digests. */
  readonly patterns: readonly (readonly string[])[]
}

/** Hosts of a step that have the same to do. */
export interface NodeGroup {
  readonly hosts: Ranges
  readonly verdict: number
  readonly sketch: number
  readonly finding?: number
  readonly result?: number
  /** Something of these nodes was too much to be kept: the sketch says so where it lacks it. */
  readonly partial?: true
  /** Short digests of the actions, one for each host, or one for all; absent where they are not known. */
  readonly actions?: string
  /** What the hosts, or for a get the local folders, had; for a run whether it `runs` or is `held`. */
  readonly before?: BeforeColumn
}

/** Of each step its groups, in the order of their first hosts. */
export type StepNodes = readonly (readonly NodeGroup[])[]

export const verdict = union<Verdict>({
  change: {},
  'no change': {},
  skip: { because: text },
  unknown: { because: text, fails: optional(oneOf(true)) },
})

export const nodeTables = object<NodeTables>({
  verdicts: list(verdict),
  sketches: list(sketch),
  findings: list(finding),
  results: list(result),
  patterns: list(list(word)),
})

export const stepNodes = list(
  list(
    object<NodeGroup>({
      hosts: list(count),
      verdict: count,
      sketch: count,
      finding: optional(count),
      result: optional(count),
      partial: optional(oneOf(true)),
      actions: optional(matching(/^[\w-]*$/, 'digests')),
      before: optional(beforeColumn),
    }),
  ),
)
