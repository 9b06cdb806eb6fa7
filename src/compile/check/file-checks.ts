import type { Depends } from '../../expr/check-template.ts'
import type { Language } from '../../expr/environment.ts'
import type { PlaybookFile } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'
import type { CheckedFile } from './checked.ts'
import type { FileSteps } from './file-steps.ts'
import type { Params, ParamTraits } from './params.ts'

/** What is known of a file however it is used. */
export interface FileBasis {
  readonly file: PlaybookFile
  readonly steps: FileSteps
  readonly language: Language
  readonly params: Params
}

/** What the check of one file takes of the check of all. */
export interface FileChecks {
  /** What is found is added to them. */
  readonly problems: Problem[]
  /** What a variable of the playbook depends on. */
  readonly variables: Depends
  /** A file that the one at hand includes. */
  file(file: PlaybookFile, given: ParamTraits): CheckedFile
}
