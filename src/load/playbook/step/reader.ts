import type { PlaybookFile, Text } from '../../../model/playbook.ts'
import type { LinedText } from '../../yaml/source.ts'

/** What reading the steps of a file takes besides the steps themselves. */
export interface StepReader {
  readonly source: LinedText
  /** The id of the next step; a group comes before its members. */
  readonly nextId: () => string
  /** The file that a `use:` names; undefined where it could not be read, which has been told. */
  readonly use: (path: Text) => PlaybookFile | undefined
}
