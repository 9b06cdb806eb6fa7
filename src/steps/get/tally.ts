import type { Failure } from '../../model/errors.ts'
import { count, formatBytes } from '../../model/quantity.ts'
import { type Ending, failureOf } from '../result.ts'
import { checkRemoteName } from './remote-name.ts'

/** What has come of a get so far. The first thing that went wrong is kept, and how many did. */
export interface Tally {
  files: number
  folders: number
  bytes: number
  /** Bytes of contents that came, whatever came of them. */
  received: number
  /** Frames, files and folders that the host sent. */
  entries: number
  /** Devices, pipes, sockets and symbolic links that stayed where they are. */
  others: number
  failures: number
  failure: Failure | undefined
}

export function startTally(): Tally {
  return {
    files: 0,
    folders: 0,
    bytes: 0,
    received: 0,
    entries: 0,
    others: 0,
    failures: 0,
    failure: undefined,
  }
}

export function blame(tally: Tally, failure: Failure): void {
  tally.failure ??= failure
  tally.failures++
}

/** The local path, in `folder`, of a name that the host sent; undefined after its refusal was noted. */
export function pathIn(tally: Tally, folder: string, name: Buffer): string | undefined {
  const checked = checkRemoteName(name)
  if (checked.kind === 'path') return folder === '' ? checked.path : `${folder}/${checked.path}`
  const message = `the remote name ${JSON.stringify(checked.shown)} ${checked.reason}`
  blame(tally, failureOf('remote_name', message, 'it was not written'))
  return undefined
}

/** A get never counts as changed: it changes nothing on the host. */
export function endingOf(tally: Tally): Ending {
  const folders = tally.files === 0 && tally.folders > 0 ? [count(tally.folders, 'folder')] : []
  const others =
    tally.others > 0
      ? [`${count(tally.others, 'link or special file', 'links or special files')} left out`]
      : []
  const note = [...folders, count(tally.files, 'file'), formatBytes(tally.bytes), ...others].join(', ')
  if (tally.failure === undefined) return { outcome: 'ok', note }
  const more = tally.failures > 1 ? ` (and ${tally.failures - 1} more)` : ''
  const failure = { ...tally.failure, message: tally.failure.message + more }
  return { outcome: 'failed', failure, note }
}
