import type { PutAction } from '../model/action.ts'
import { type Deadline, sendingNow, startDeadline } from './deadline.ts'
import { putFile } from './put/file.ts'
import type { LocalFiles } from './put/local-file.ts'
import { preparePut } from './put/prepare.ts'
import { putTree } from './put/tree.ts'
import { CANCELLED, type Ending, toResult } from './result.ts'
import type { Apply, StepContext } from './step.ts'

/**
 * Makes the `put` of a process; `files` remembers what local files hold.
 *
 * - A file or `content` becomes `dest`, or where `dest` is a folder or ends with a slash, lies inside it.
 * - A folder becomes `dest` where that does not exist or has the folder's name already; otherwise it lies inside
 *   `dest` under its name, as with cp. Written with a slash at the end, `src: site/`, its contents go into `dest`.
 * - What a pattern matches lies inside `dest`.
 *
 * A folder is made where its parent exists; with `parents` that is made too. `mode` concerns files; `owner` and
 * `group` files, and folders that the put makes. The executable bit of a local file is not carried over.
 */
export function createPut(files: LocalFiles): Apply<PutAction> {
  return async (action, context) => {
    const deadline = startDeadline(action.timeoutMs)
    if (context.signal.aborted) return toResult(CANCELLED, deadline)
    return toResult(await put(action, context, files, deadline), deadline)
  }
}

async function put(
  action: PutAction,
  context: StepContext,
  files: LocalFiles,
  deadline: Deadline,
): Promise<Ending> {
  const prepared = await preparePut(action, files)
  switch (prepared.kind) {
    case 'refused':
      return prepared.ending
    case 'tree':
      return putTree({ action, ...prepared }, files, context, deadline)
    case 'file':
      return putFile(action, prepared.content, prepared.ownership, context, sendingNow(deadline))
  }
}
