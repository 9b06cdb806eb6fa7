import type { PutAction } from '../../model/action.ts'
import type { Failure } from '../../model/errors.ts'
import type { Finding, PutFinding } from '../../model/finding.ts'
import type { LocalFiles } from '../put/local-file.ts'
import { preparePut } from '../put/prepare.ts'
import type { Diffs } from './diffs.ts'
import { lookAtFile } from './put-file.ts'
import { lookAtTrees } from './put-tree.ts'
import type { Question } from './question.ts'

/** What a put would do; `diffs` is absent where differences are not wanted. */
export async function lookAtPut(
  action: PutAction,
  files: LocalFiles,
  diffs: Diffs | undefined,
): Promise<Finding | Question> {
  const prepared = await preparePut(action, files)
  switch (prepared.kind) {
    case 'refused':
      return failsHere(prepared.ending.failure)
    case 'file':
      return lookAtFile(action, prepared.content, prepared.ownership, diffs)
    case 'tree': {
      const look = await lookAtTrees({ action, ...prepared }, files, diffs)
      return 'code' in look ? failsHere(look) : look
    }
  }
}

function failsHere(failure: Failure | undefined): PutFinding {
  const nothing = { targets: [], changes: [], counts: { new: 0, changed: 0, same: 0 }, bytes: 0, missing: [] }
  return { kind: 'put', outlook: 'fails', before: '', ...nothing, ...(failure && { failure }) }
}
