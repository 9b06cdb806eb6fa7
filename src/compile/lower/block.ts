import type { LocatedReference } from '../../expr/check-template.ts'
import type { Language } from '../../expr/environment.ts'
import type {
  BecomeMethod,
  HostCount,
  Named,
  OnFailure,
  ParamDecl,
  RollingSpec,
  Text,
} from '../../model/playbook.ts'
import type { Where } from '../../model/problem.ts'
import type { Expr, Template, ValueTemplate } from '../../model/template.ts'
import type { Value } from '../../model/value.ts'
import type { CheckedFile, CheckedStep } from '../check/checked.ts'

// What a playbook becomes on its way to a plan. Hosts are indexes into the hosts that steps run on.

/** A file in one place of use, with what its parameters are there. */
export interface Frame {
  /** Undefined where it could not be read: nothing is in it then. */
  readonly file: CheckedFile | undefined
  /** Where it is included; undefined for the playbook itself. */
  readonly outside: Place | undefined
  readonly bindings: ReadonlyMap<string, Binding>
}

/** A parameter's value: a template, and where it is evaluated. */
export interface Binding extends Bound<ValueTemplate> {
  readonly decl: ParamDecl
  /** What a relative path in it is relative to. */
  readonly folder: string
  readonly perHost: boolean
  readonly late: boolean
  readonly where: Where
}

/** Where a step stands in the run: a frame, or an iteration of a loop in it. Step ids are resolved from here outwards. */
export interface Place {
  readonly frame: Frame
  readonly outer: Place | undefined
  /** Of the plan's ids, as `web.` and `g[0].`. */
  readonly prefix: string
  /** Steps that stand here, or in a group here that is no loop. */
  readonly blocks: Map<string, Block>
  /** The item of the innermost loop, of which there may be another one on each host. */
  readonly item?: (host: number) => Value | undefined
}

/** Something checked, together with all that its evaluation needs but the host. */
export interface Bound<T> {
  readonly code: T
  readonly references: readonly LocatedReference[]
  readonly language: Language
  readonly place: Place
}

/** A step of the playbook in its place. */
export type Block = LeafBlock | GroupBlock | LoopBlock

interface BlockBase {
  readonly checked: CheckedStep
  /** The list that it stands in; for the iteration of a loop that of the loop. */
  readonly list: BlockList
  readonly at: number
}

/** Steps one after the other, inside a group unless they are the playbook's own. */
export interface BlockList {
  /** Where ids that the steps name are looked up. */
  readonly place: Place
  container: GroupBlock | undefined
  readonly blocks: Block[]
}

export interface LeafBlock extends BlockBase {
  readonly kind: 'leaf'
  readonly iteration: Iteration | undefined
  readonly draft: Draft
}

export interface GroupBlock extends BlockBase {
  readonly kind: 'group'
  readonly iteration: Iteration | undefined
  readonly members: BlockList
}

export interface LoopBlock extends BlockBase {
  readonly kind: 'loop'
  readonly iterations: (LeafBlock | GroupBlock)[]
}

export interface Iteration {
  readonly loop: LoopBlock
  readonly index: number
}

/** A step of the plan in the making. */
export interface Draft {
  readonly index: number
  readonly id: string
  readonly title: string
  readonly checked: CheckedStep
  readonly place: Place
  readonly inherited: Inherited
  readonly group: number | undefined
  /** Ascending, as all lists of hosts. Empty where --limit leaves none. */
  readonly hosts: Hosts
  readonly idle: Hosts | undefined
}

export type Hosts = Uint32Array

/** What is around a step, the nearest of each. */
export interface Inherited {
  readonly hosts: Text | undefined
  readonly cwd?: Bound<Template>
  readonly env: ReadonlyMap<string, Bound<Template>>
  readonly timeoutMs?: number
  readonly throttle?: number
  readonly onFailure?: OnFailure
  readonly tags: readonly Named[]
  readonly become?: boolean | Bound<Template>
  readonly becomeMethod?: BecomeMethod
  readonly maxFailures?: HostCount
  /** Outermost first. */
  readonly when: readonly Bound<Expr>[]
  readonly rolling?: RollingGroup
}

/** A rolling group in its place. */
export interface RollingGroup {
  readonly spec: RollingSpec
  readonly id: string
  readonly where: Where
  /** The pattern that its members have unless they name another one. */
  readonly hosts: Text | undefined
}
