/** A playbook as the random tests make it: what is written, and nothing of what drover makes of it. */
export interface WrittenPlaybook {
  readonly file: WrittenFile
  readonly semaphores: Readonly<Record<string, number>>
  readonly maxFailures?: number
  readonly options: WrittenOptions
  readonly forks: number
  readonly channelsPerHost: number
}

export interface WrittenOptions {
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  readonly steps?: readonly string[]
  /** Names of hosts. */
  readonly limit?: readonly string[]
}

export interface WrittenFile {
  /** Relative to the playbook, as files name it that use it; all lie in one folder. */
  readonly path: string
  /** Names of text parameters. */
  readonly params: readonly string[]
  readonly steps: readonly WrittenStep[]
}

export interface WrittenStep {
  readonly id: string
  readonly does:
    | { readonly kind: 'run'; readonly words: readonly Word[]; readonly run: RunOptions }
    | { readonly kind: 'assert'; readonly that: Condition }
    | { readonly kind: 'pause' }
    | { readonly kind: 'group'; readonly steps: readonly WrittenStep[] }
    | { readonly kind: 'use'; readonly file: WrittenFile; readonly with: Readonly<Record<string, Word>> }
  readonly hosts?: Pattern
  readonly needs?: readonly WrittenNeed[]
  readonly when?: Condition
  readonly forEach?: Items
  readonly parallel?: number
  readonly onFailure?: 'block' | 'continue' | 'stop'
  readonly once?: true
  readonly delegateTo?: 'localhost' | 'buddy' | HostName
  readonly throttle?: number
  readonly semaphores?: readonly string[]
  readonly maxFailures?: number
  readonly tags?: readonly string[]
  readonly rolling?: { readonly batch: readonly (number | `${number}%`)[]; readonly maxFailures?: number }
}

export interface RunOptions {
  readonly readOnly?: true
  readonly creates?: true
  /** `result.exit_code > 1` */
  readonly failedWhen?: true
  /** `result.stdout.endsWith("#2")` */
  readonly changedWhen?: true
  readonly retry?: { readonly attempts: number; readonly until?: true }
}

export interface WrittenNeed {
  readonly step: string
  readonly on?: 'all'
  readonly if?: 'failed' | 'always'
}

export type Condition =
  | { readonly kind: 'host'; readonly name: HostName; readonly is: boolean }
  | { readonly kind: 'fixed'; readonly holds: boolean }
  | { readonly kind: 'sum'; readonly step: string; readonly field: 'changed' | 'failed' | 'skipped' }
  /** Of the playbook only: by a variable that takes facts. */
  | { readonly kind: 'facts'; readonly byVariable: boolean }
  | { readonly kind: 'param'; readonly name: string }

/** What stands in a command. */
export type Word =
  | { readonly kind: 'host' }
  | { readonly kind: 'item'; readonly ofMap: boolean }
  | { readonly kind: 'stdout'; readonly step: string; readonly fallback: boolean }
  | { readonly kind: 'outcome'; readonly step: string }
  | { readonly kind: 'on'; readonly step: string; readonly host: HostName }
  | { readonly kind: 'items'; readonly step: string }
  | { readonly kind: 'facts' }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }

/** `own`: the list of each host. */
export type Items =
  | { readonly kind: 'list' | 'map'; readonly texts: readonly string[] }
  | { readonly kind: 'own' }

export const HOST_NAMES = ['h0', 'h1', 'h2', 'h3'] as const
export type HostName = (typeof HOST_NAMES)[number]
export type Pattern = 'all' | 'front' | 'back' | 'h0' | 'h1' | 'h2' | 'h3'

export const HOSTS_OF: Readonly<Record<Pattern, readonly HostName[]>> = {
  all: HOST_NAMES,
  front: ['h0', 'h1'],
  back: ['h1', 'h2', 'h3'],
  h0: ['h0'],
  h1: ['h1'],
  h2: ['h2'],
  h3: ['h3'],
}

/** What the inventory says of each host. */
export const OWN_ITEMS: Readonly<Record<HostName, readonly string[]>> = {
  h0: ['a', 'a'],
  h1: [],
  h2: ["it's", 'b', 'c'],
  h3: ['"d"'],
}

export const BUDDY_OF: Readonly<Record<HostName, HostName>> = { h0: 'h1', h1: 'h1', h2: 'h0', h3: 'h2' }
