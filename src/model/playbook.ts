import type { Where } from './problem.ts'
import type { Value } from './value.ts'

/** A scalar of a playbook that may hold `${{ }}`: its text, and the way back to the file. */
export interface Text {
  readonly value: string
  readonly where: Where
  /** The place of the characters `offset … offset + length` of `value` in the file. */
  readonly at: (offset: number, length: number) => Where
}

/** A value of any form whose strings may hold `${{ }}`. */
export interface Setting {
  readonly value: Value
  readonly where: Where
  /** Every string scalar inside `value` that may hold `${{ }}`, by its path (value-path.ts). */
  readonly texts: ReadonlyMap<string, Text>
}

/** `value` is the default, which also gives the type; `null`: required, a string. */
export interface VarDecl extends Setting {
  readonly name: string
}

/** A value that is never shown, and where it comes from. */
export interface SecretDecl {
  readonly name: string
  readonly source: SecretSource
  readonly where: Where
}

export type SecretSource =
  /** A local file, relative to the playbook: one that ends with `.age` is the secret, of another one the value of `key`. */
  | { readonly kind: 'file'; readonly path: string; readonly key: string }
  | { readonly kind: 'env'; readonly variable: string }
  /** What the program prints, without the line end at its end; started without a shell, beside the playbook. */
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  | { readonly kind: 'prompt'; readonly question: string }

/** What a file that others include takes. `type` and the rest are JSON Schema. */
export interface ParamDecl {
  readonly name: string
  readonly type: ParamType
  readonly description?: string
  /** Of `enum`: the values that it can have. */
  readonly choices?: readonly Value[]
  /** For people only. */
  readonly examples?: readonly Value[]
  /** Absent: the place of use must give it. */
  readonly fallback?: Setting
  /** What the declaration's schema says against a value, one sentence; undefined where it fits. */
  readonly misfit: (value: Value) => string | undefined
  readonly where: Where
}

/** `path`: a string with `format: path`, made absolute where it is given: relative to that file's folder. */
export type ParamType =
  | { readonly kind: 'string' | 'path' | 'integer' | 'number' | 'boolean' | 'any' }
  | { readonly kind: 'list'; readonly items: ParamType }
  | { readonly kind: 'map'; readonly properties: ReadonlyMap<string, ParamType> }

export interface Need {
  readonly step: string
  /** `host`: host by host where the step also runs there; `all`: every one of its hosts. */
  readonly on: 'host' | 'all'
  readonly if: NeedIf
  readonly where: Where
}

/** `failed`: it did not succeed, being blocked included. `always`: however it ended. */
export type NeedIf = 'success' | 'failed' | 'always'

export type OnFailure = 'block' | 'stop' | 'continue'

/** A number of hosts, or a share of them (rounded down). */
export type HostCount = { readonly kind: 'count' | 'percent'; readonly n: number }

export type BecomeMethod = 'sudo' | 'doas' | 'su'

/** A name with its place. */
export interface Named {
  readonly name: string
  readonly where: Where
}

/** What a step may set for itself, a group for its members, and `defaults:` for all of a file. */
export interface StepOptions {
  readonly hosts?: Text
  readonly cwd?: Text
  readonly env?: readonly (readonly [name: string, value: Text])[]
  readonly timeoutMs?: number
  readonly throttle?: number
  readonly onFailure?: OnFailure
  readonly tags?: readonly Named[]
  /** `false`: not, whatever is around it; a text: the user; `true`: root, or whom the inventory names. */
  readonly become?: boolean | Text
  readonly becomeMethod?: BecomeMethod
}

/** What a step does. `use` and `group` become the steps they hold; they are never nodes themselves. */
export type StepSpec = RunSpec | PutSpec | GetSpec | AssertSpec | PauseSpec | UseSpec | GroupSpec

export interface RunSpec {
  readonly kind: 'run'
  readonly script: Text
  /** Absent: /bin/sh. A name or path of a shell that takes -e and -c. */
  readonly shell?: string
  readonly stdin?: Text
  readonly readOnly: boolean
  readonly creates: readonly Text[]
  readonly removes: readonly Text[]
  /** Shell text: exit status 0 means that there is nothing to do. */
  readonly unless?: Text
  /** Shell text: any other status than 0 means that there is nothing to do. */
  readonly onlyIf?: Text
  /** Bare expressions over `result`, the step's own. */
  readonly changedWhen?: Text
  readonly failedWhen?: Text
  /** Remote globs that the command writes, and nothing else. Absent: it may write anything. */
  readonly writes?: readonly Text[]
  /** It may run twice. */
  readonly idempotent: boolean
  /** What it starts may outlive it. */
  readonly detach: boolean
  /** The command takes the link down (a reboot): wait for the host to come back. */
  readonly reconnect: boolean
}

export interface PutSpec {
  readonly kind: 'put'
  /** A local file, folder or glob, relative to the file of the step; the content itself; or a template file. */
  readonly source: { readonly kind: 'src' | 'content' | 'template'; readonly text: Text }
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
  /** A local folder, relative to the file of the step; results land in `dest/<host>/`. */
  readonly dest: Text
}

/** Conditions that must hold, looked at in the controller. */
export interface AssertSpec {
  readonly kind: 'assert'
  readonly that: readonly Text[]
  readonly message?: Text
}

export interface PauseSpec {
  readonly kind: 'pause'
  readonly ms: number
}

export interface UseSpec {
  readonly kind: 'use'
  readonly path: Text
  readonly with: ReadonlyMap<string, Setting & { readonly key: Where }>
  /** Undefined where the file could not be read: that has been told. */
  readonly file: PlaybookFile | undefined
}

export interface GroupSpec {
  readonly kind: 'group'
  readonly steps: readonly Step[]
}

export interface Retry {
  /** In all, the first one included. */
  readonly attempts: number
  readonly delayMs: number
  /** Each delay is so many times the one before; 1: all are the same. */
  readonly backoff: number
  /** A bare expression over `result`; absent: the step succeeded. */
  readonly until?: Text
}

export interface RollingSpec {
  /** At least one; the last one repeats. */
  readonly batches: readonly HostCount[]
  readonly maxFailures?: HostCount
  readonly pauseMs: number
  readonly where: Where
}

export interface Step extends StepOptions {
  readonly id: string
  /** The `name:` for people; the id where there is none. */
  readonly title: string
  readonly spec: StepSpec
  /** Absent: the step before it. Empty: nothing. */
  readonly needs?: readonly Need[]
  /** A bare expression. */
  readonly when?: Text
  /** A list or a map, or an expression that gives one. */
  readonly forEach?: Setting
  /** Items of `for_each` at the same time on a host; 1 unless given. */
  readonly parallel: number
  readonly retry?: Retry
  readonly once: boolean
  /** That it writes the same paths as others at the same time is meant. */
  readonly mayOverlap: boolean
  /** The name of the host that carries the step out. */
  readonly delegateTo?: Text
  /** Names of the playbook's `semaphores:`. */
  readonly semaphores: readonly Named[]
  readonly maxFailures?: HostCount
  readonly rolling?: RollingSpec
  readonly where: Where
}

/** A file with steps: a playbook, or what one includes. */
export interface PlaybookFile {
  readonly file: string
  /** The absolute folder that local paths are relative to. */
  readonly folder: string
  readonly name: string
  readonly description?: string
  readonly params: readonly ParamDecl[]
  readonly defaults: StepOptions
  readonly semaphores: ReadonlyMap<string, number>
  readonly steps: readonly Step[]
}

export interface Playbook extends PlaybookFile {
  readonly hosts?: Text
  /** The `inventory:` key, as written. */
  readonly inventory?: Text
  readonly vars: readonly VarDecl[]
  readonly secrets: readonly SecretDecl[]
  readonly maxFailures?: HostCount
}
