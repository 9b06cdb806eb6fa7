import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import type { GetAction, ProbeAction } from '../model/action.ts'
import { LIMITS } from '../model/limits.ts'
import { createByteSource } from './byte-source.ts'
import { createCapture } from './capture.ts'
import { type Deadline, execUntil, startDeadline } from './deadline.ts'
import { type Last, receiveAll } from './get/receive.ts'
import { getScript } from './get/script.ts'
import { endingOf, startTally, type Tally } from './get/tally.ts'
import { getFailure } from './get/wording.ts'
import { lastLine } from './last-line.ts'
import { NOTHING_HERE } from './probe/get.ts'
import { noLongerAsPlanned } from './put/drift.ts'
import { openLocalFolder } from './put/local-folder.ts'
import { brokenOff, CANCELLED, type Ending, failed, toResult } from './result.ts'
import { StallWatch } from './stall.ts'
import type { Apply, StepContext } from './step.ts'

/**
 * Makes the `get` of a process; with `probe`, a planned one is compared with what is here before it is carried out.
 *
 * Fetches a file, a folder or what a pattern matches into the host's local folder, under its own name: `/etc/app/a.ini`
 * becomes `dest/a.ini`, the folder `/etc/app` (or `/etc/app/`) becomes `dest/app/…`. Symbolic links that `src` names
 * are followed; those inside a folder, and special files, are left out and counted. What is wrong with one file does
 * not keep the others away, but the step fails.
 */
export function createGet(probe: Apply<ProbeAction>): Apply<GetAction> {
  return async (action, context) => {
    const deadline = startDeadline(action.timeoutMs)
    if (context.signal.aborted) return toResult(CANCELLED, deadline)
    if (action.src === '' || action.src.includes('\0')) {
      return toResult(failed('step_render', 'src is empty or holds a NUL'), deadline)
    }
    const ending = (await driftOf(action, context, probe)) ?? (await get(action, context, deadline))
    return toResult(ending, deadline)
  }
}

/** What would land where is known only by asking; where nothing is here at all, nothing can have changed. */
async function driftOf(
  { planned, again: _, ...item }: GetAction,
  context: StepContext,
  probe: Apply<ProbeAction>,
): Promise<Ending | undefined> {
  if (planned === undefined) return undefined
  if (planned === NOTHING_HERE && (await isEmpty(item.dest))) return undefined
  const { timeoutMs } = item
  const { findings = [] } = await probe({ kind: 'probe', items: [item], diffs: false, timeoutMs }, context)
  const [finding] = findings
  // What cannot be fetched says so itself.
  if (finding?.kind !== 'get' || finding.outlook !== 'fetches' || finding.before === planned) return undefined
  // Another step may have fetched the same: then nothing would be overwritten with anything else.
  const { changed, new: absent } = finding.local
  if (changed === 0 && (absent === 0 || planned === NOTHING_HERE)) return undefined
  return noLongerAsPlanned(item.dest, 'what would be overwritten there changed')
}

async function isEmpty(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => error)
  return Array.isArray(names) ? names.length === 0 : names.code === 'ENOENT'
}

async function get(action: GetAction, context: StepContext, deadline: Deadline): Promise<Ending> {
  const mark = randomBytes(16).toString('hex')
  const source = createByteSource()
  const tally = startTally()
  const stderr = createCapture({ head: 0, tail: LIMITS.capturedTail })
  const stall = new StallWatch(context, () => {
    source.discard()
    exec.stop('timeout')
  })
  const exec = execUntil(
    deadline,
    context,
    {
      script: getScript(action.src, mark, `.drover-${mark}`),
      env: [],
      stdin: { kind: 'empty' },
      ...(action.become && { become: action.become }),
    },
    { onStdout: chunk => source.push(chunk), onStderr: chunk => stderr.add(chunk) },
    () => {
      stall.end()
      source.discard()
    },
  )
  void exec.done.then(() => source.end())
  const local = openLocalFolder(action.dest)
  const last = await receiveAll(source, mark, { source: stall.watched(source), local, tally })
  stall.end()
  source.discard()
  await local.close()
  if (last.kind === 'gave up' || last.kind === 'nonsense') exec.stop('now')
  const end = await exec.done
  if (stall.stalled) return stall.ending('received')
  const stoppedHere = end.kind === 'stopped' && end.reason === 'now' && !context.signal.aborted
  if (end.kind !== 'exit' && !stoppedHere) return brokenOff(end, action.timeoutMs)
  return judge(action, tally, last, lastLine(stderr.text()))
}

function judge(action: GetAction, tally: Tally, last: Last, words: string): Ending {
  const said = words === '' ? '' : `: ${words}`
  switch (last.kind) {
    case 'end':
    case 'gave up':
      return endingOf(tally)
    case 'fail':
      return { outcome: 'failed', failure: getFailure(last.problem, action.src, words) }
    case 'nonsense':
      return failed('remote_shell', `the host did not answer as the script does: ${last.reason}${said}`)
  }
}
