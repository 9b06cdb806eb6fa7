import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { PutAction } from '../model/action.ts'
import { type Deadline, sendingNow, startDeadline } from './deadline.ts'
import { putFile } from './put/file.ts'
import type { LocalFiles } from './put/local-file.ts'
import { findLocalSource } from './put/local-tree.ts'
import { ownershipOf } from './put/ownership.ts'
import { putTree } from './put/tree.ts'
import { CANCELLED, type Ending, failed, toResult } from './result.ts'
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
  const { source, dest } = action
  const ownership = ownershipOf(action)
  if ('refused' in ownership) return ownership.refused
  if (dest === '' || dest.includes('\0')) return failed('step_render', 'dest is empty or holds a NUL')
  if (source.kind === 'content') {
    const bytes = Buffer.from(source.text)
    const digest = createHash('sha256').update(bytes).digest('hex')
    const content = { kind: 'bytes', bytes, size: bytes.length, digest } as const
    return putFile(action, content, ownership, context, deadline)
  }
  const found = await findLocalSource(source.text)
  if ('code' in found) return { outcome: 'failed', failure: found }
  if (found.kind !== 'file') return putTree({ action, source: found, ownership }, files, context, deadline)
  const file = await files.read(found.path)
  if ('code' in file) return { outcome: 'failed', failure: file }
  const { size, digest } = file
  const content = { kind: 'file', name: basename(found.path), file, size, digest } as const
  return putFile(action, content, ownership, context, sendingNow(deadline))
}
