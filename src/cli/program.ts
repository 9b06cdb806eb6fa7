import type { Command } from '@commander-js/extra-typings'
import type { CliContext } from './context.ts'

/** A verb's file: builds its command, whose action calls `context.exit`. Imported only when the verb is used. */
export interface VerbModule {
  readonly command: (context: CliContext) => Command
}

interface Verb {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<VerbModule>
}

/** All verbs, in the order of `drover --help`. */
export const VERBS: readonly Verb[] = []
