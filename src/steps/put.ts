import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { PutAction } from '../model/action.ts'
import { startDeadline } from './deadline.ts'
import type { LocalFiles } from './local-file.ts'
import { ownershipOf } from './ownership.ts'
import { putFile } from './put-file.ts'
import { CANCELLED, type Ending, failed, toResult } from './result.ts'
import type { Apply, StepContext } from './step.ts'

/** Makes the `put` of a process; `files` remembers what local files hold. */
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
  deadline: ReturnType<typeof startDeadline>,
): Promise<Ending> {
  const ownership = ownershipOf(action)
  if ('refused' in ownership) return ownership.refused
  if (action.dest === '' || action.dest.includes('\0'))
    return failed('step_render', 'dest is empty or has a NUL')
  if (action.source.kind === 'content') {
    const bytes = Buffer.from(action.source.text)
    const digest = createHash('sha256').update(bytes).digest('hex')
    return putFile(action, { kind: 'bytes', bytes, size: bytes.length, digest }, ownership, context, deadline)
  }
  const file = await files.read(action.source.text)
  if ('code' in file) return { outcome: 'failed', failure: file }
  const name = basename(action.source.text)
  const content = { kind: 'file', name, file, size: file.size, digest: file.digest } as const
  return putFile(action, content, ownership, context, deadline)
}
