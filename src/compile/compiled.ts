import type { RunFacts } from '../expr/scope.ts'
import type { Foresight } from '../model/foresight.ts'
import type { Plan } from '../model/plan.ts'
import type { SecretDecl } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Program } from '../model/program.ts'
import type { SketchNode } from '../model/sketch.ts'
import type { Value } from '../model/value.ts'
import type { ReadLocalText } from './program/local-files.ts'
import type { ListFolder } from './races/local-tree.ts'
import type { Picks } from './select.ts'
import type { ResolveHosts } from './targets.ts'

export interface CompileOptions extends Picks {
  readonly resolve: ResolveHosts
  readonly readText: ReadLocalText
  /** Absent: races between what lies in folders that are put are not found. */
  readonly listFolder?: ListFolder
  /** Where a get lands, for the folder that it names: another one where the playbook was read from a copy. */
  readonly landing?: (folder: string) => string
  /** `--limit`: a pattern that narrows every step's hosts. */
  readonly limit?: string | undefined
  /** What `-e` sets. */
  readonly vars?: Readonly<Record<string, Value>>
  /** The controller's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The run that the plan is for; absent where there will be none. */
  readonly run?: RunFacts
}

export type Compiled =
  | {
      readonly kind: 'compiled'
      readonly plan: Plan
      /** What the engine asks; good for one run, whose results it keeps. */
      readonly program: Program
      /** What is known of a node before any host is asked. */
      readonly sketch: SketchNode
      /** Whether expressions of later nodes may ask for what a step prints. */
      readonly usesOutput: (step: number) => boolean
      /** For one preview, in place of the program: both at once would mix results and verdicts. */
      readonly foresee: () => Foresight
      /** Those of the playbook that steps of the plan need. */
      readonly secrets: readonly SecretDecl[]
    }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
