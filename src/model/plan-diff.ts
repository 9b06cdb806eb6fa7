import type { Diff } from './finding.ts'
import type { NeedIf } from './playbook.ts'

/** What differs between two compiled plans. Steps are the same where their ids are, hosts where their names are. */
export interface PlanDiff {
  /** Of the plan as a whole: its name, semaphores, how many hosts may fail. */
  readonly settings: readonly FieldChange[]
  readonly hosts: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    /** How they are reached. */
    readonly changed: readonly HostsChange[]
  }
  /** In the order of the plan after; what was removed stands where it was. Those that are the same are only counted. */
  readonly steps: readonly StepDiff[]
  readonly counts: DiffCounts
}

/** Steps of both plans together. */
export interface DiffCounts {
  readonly added: number
  readonly removed: number
  readonly changed: number
  readonly same: number
}

export type StepDiff = OneSidedStep | ChangedStep

/** In one of the plans only. A step with another id is one removed and one added. */
export interface OneSidedStep {
  readonly kind: 'added' | 'removed'
  readonly id: string
  readonly title: string
  readonly hosts: readonly string[]
  readonly needs: readonly NeedName[]
  readonly settings: readonly Field[]
  readonly actions: readonly { readonly hosts: readonly string[]; readonly fields: readonly Field[] }[]
}

export interface ChangedStep {
  readonly kind: 'changed'
  readonly id: string
  readonly title: string
  readonly hosts: { readonly added: readonly string[]; readonly removed: readonly string[] }
  readonly needs: { readonly added: readonly NeedName[]; readonly removed: readonly NeedName[] }
  /** The same on all hosts. */
  readonly settings: readonly FieldChange[]
  /** By hosts that have the same changes; only hosts of both plans. */
  readonly actions: readonly HostsChange[]
}

export interface HostsChange {
  readonly hosts: readonly string[]
  readonly changes: readonly FieldChange[]
}

/** `name` is the key of the playbook where there is one, as `mode` or `env PATH`. */
export interface Field {
  readonly name: string
  readonly text: string
}

/** Absent on the side that does not have it. */
export interface FieldChange {
  readonly name: string
  readonly before?: string
  readonly after?: string
  /** Where one of them has several lines. */
  readonly diff?: Diff
}

export interface NeedName {
  readonly step: string
  readonly on: 'host' | 'all'
  readonly if: NeedIf
}
