import type { Where } from './problem.ts'
import type { Value } from './value.ts'

/** A scalar of a playbook that may hold `${{ }}`: its text, and the way back to the file. */
export interface Text {
  readonly value: string
  readonly where: Where
  /** The place of the characters `offset … offset + length` of `value` in the file. */
  readonly at: (offset: number, length: number) => Where
}

export interface VarDecl {
  readonly name: string
  /** `null`: required, a string. Otherwise the default, which also gives the type. */
  readonly value: Value
  readonly where: Where
  /** Every string scalar inside `value` that may hold `${{ }}`, by its path (`""` for the value itself). */
  readonly texts: ReadonlyMap<string, Text>
}

export interface Need {
  readonly step: string
  /** `host`: host by host where the step also runs there; `all`: every one of its hosts. */
  readonly on: 'host' | 'all'
  readonly where: Where
}

export type OnFailure = 'block' | 'stop' | 'continue'

/** A number of hosts, or a share of them (rounded down). */
export type HostCount = { readonly kind: 'count' | 'percent'; readonly n: number }

/** What a step may set for itself and `defaults:` for all of them. */
export interface StepOptions {
  readonly hosts?: Text
  readonly cwd?: Text
  readonly env?: readonly (readonly [name: string, value: Text])[]
  readonly timeoutMs?: number
  readonly throttle?: number
  readonly onFailure?: OnFailure
}

export interface RunSpec {
  readonly kind: 'run'
  readonly script: Text
  readonly stdin?: Text
  readonly readOnly: boolean
  readonly creates: readonly Text[]
  readonly removes: readonly Text[]
}

export interface PutSpec {
  readonly kind: 'put'
  /** A local file, folder or glob, relative to the playbook; or the content itself. */
  readonly source: { readonly kind: 'src' | 'content'; readonly text: Text }
  readonly dest: Text
  /** Four octal digits, as `"0644"`. */
  readonly mode?: Text
  readonly owner?: Text
  readonly group?: Text
  readonly parents: boolean
}

export interface GetSpec {
  readonly kind: 'get'
  /** A remote file, folder or glob. */
  readonly src: Text
  /** A local folder, relative to the playbook; results land in `dest/<host>/`. */
  readonly dest: Text
}

export type StepSpec = RunSpec | PutSpec | GetSpec

export interface Step extends StepOptions {
  readonly id: string
  /** The `name:` for people; the id where there is none. */
  readonly title: string
  readonly spec: StepSpec
  /** Absent: the step before it. Empty: nothing. */
  readonly needs?: readonly Need[]
  readonly once: boolean
  readonly maxFailures?: HostCount
  readonly where: Where
}

export interface Playbook {
  readonly file: string
  /** The absolute folder that local paths are relative to. */
  readonly folder: string
  readonly name: string
  readonly hosts?: Text
  /** The `inventory:` key, as written. */
  readonly inventory?: Text
  readonly vars: readonly VarDecl[]
  readonly defaults: StepOptions
  readonly steps: readonly Step[]
  readonly maxFailures?: HostCount
}
