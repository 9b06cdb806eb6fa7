import type { LocatedReference } from '../../expr/check-template.ts'
import type { Language } from '../../expr/environment.ts'
import type { GetTemplate, PutTemplate, RunTemplate } from '../../model/plan.ts'
import type {
  BecomeMethod,
  Named,
  OnFailure,
  ParamDecl,
  PlaybookFile,
  Step,
  Text,
} from '../../model/playbook.ts'
import type { Where } from '../../model/problem.ts'
import type { Expr, Template, ValueTemplate } from '../../model/template.ts'
import type { FileSteps, StepEntry } from './file-steps.ts'

// What the check of a file gives, once for each way in which its parameters can depend on hosts and the run.

/** A text, condition or value that has been checked, with the names that it uses. */
export interface Checked<T> {
  readonly code: T
  readonly references: readonly LocatedReference[]
}

export interface CheckedFile {
  readonly file: PlaybookFile
  readonly steps: FileSteps
  /** Of the file outside all loops. */
  readonly language: Language
  readonly defaults: CheckedOptions
  readonly params: ReadonlyMap<string, CheckedParam>
  readonly members: readonly CheckedStep[]
}

export interface CheckedParam {
  readonly decl: ParamDecl
  /** Absent: the place of use must give it. */
  readonly fallback?: CheckedValue
}

export interface CheckedValue extends Checked<ValueTemplate> {
  readonly perHost: boolean
  readonly late: boolean
  readonly where: Where
}

export interface CheckedOptions {
  readonly hosts?: Text
  readonly cwd?: Checked<Template>
  readonly env: readonly (readonly [name: string, value: Checked<Template>])[]
  readonly timeoutMs?: number
  readonly throttle?: number
  readonly onFailure?: OnFailure
  readonly tags: readonly Named[]
  readonly become?: boolean | Checked<Template>
  readonly becomeMethod?: BecomeMethod
}

export interface CheckedStep {
  readonly step: Step
  readonly entry: StepEntry
  /** The steps of its file. */
  readonly siblings: FileSteps
  /** What its texts are written in: with its own item, where it is looped. */
  readonly language: Language
  readonly options: CheckedOptions
  readonly when?: Checked<Expr>
  readonly forEach?: CheckedLoop
  readonly delegateTo?: Checked<Template>
  readonly spec: CheckedSpec
}

/** The value of a `for_each`; its language is the one around the loop. */
export interface CheckedLoop extends CheckedValue {
  readonly language: Language
}

export type CheckedSpec = CheckedLeaf | CheckedGroup | CheckedUse

export interface CheckedGroup {
  readonly kind: 'group'
  readonly members: readonly CheckedStep[]
}

export interface CheckedUse {
  readonly kind: 'use'
  readonly given: ReadonlyMap<string, CheckedValue>
  /** Undefined where it could not be read. */
  readonly file: CheckedFile | undefined
}

/** What becomes a step of the plan; `references` are those of all its texts. */
export interface CheckedLeaf {
  readonly kind: 'leaf'
  readonly action: LeafAction
  /** Over `result`. */
  readonly changedWhen?: Expr
  readonly failedWhen?: Expr
  readonly until?: Expr
  readonly references: readonly LocatedReference[]
}

/** An action without what steps inherit, and with the path of a template file instead of its content. */
export type LeafAction =
  | Omit<RunTemplate, 'cwd' | 'env' | 'become' | 'timeoutMs'>
  | (Omit<PutTemplate, 'source' | 'become' | 'timeoutMs'> & { readonly source: LeafSource })
  | Omit<GetTemplate, 'become' | 'timeoutMs'>
  | { readonly kind: 'assert'; readonly that: readonly Expr[]; readonly message?: Template }
  | { readonly kind: 'pause'; readonly ms: number }

export interface LeafSource {
  readonly kind: 'src' | 'content' | 'template'
  readonly text: Template
  readonly where: Where
  /** As it is written. */
  readonly shownAs: string
}
