import { randomBytes } from 'node:crypto'
import type { PutAction } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { Exec } from '../transport/transport.ts'
import type { Deadline } from './deadline.ts'
import { startDialogue } from './dialogue.ts'
import { lastLine } from './last-line.ts'
import { type LocalFile, sendLocalFile } from './local-file.ts'
import type { Ownership } from './ownership.ts'
import { putFileScript } from './put-file-script.ts'
import { putFailure } from './put-wording.ts'
import { formatBytes } from './quantity.ts'
import { brokenOff, type Ending, failed } from './result.ts'
import type { StepContext } from './step.ts'

/** Content of one file: bytes in memory, or a local file with the name that it gets in a folder. */
export type FileContent =
  | { readonly kind: 'bytes'; readonly bytes: Buffer; readonly size: number; readonly digest: string }
  | {
      readonly kind: 'file'
      readonly name: string
      readonly file: LocalFile
      readonly size: number
      readonly digest: string
    }

/** Up to here the content goes along with the script: it costs less than asking first. In bytes. */
const SENT_AT_ONCE = 64 << 10

/** Puts one file through one channel. The last thing that the script reports decides. */
export async function putFile(
  action: PutAction,
  content: FileContent,
  ownership: Ownership,
  context: StepContext,
  deadline: Deadline,
): Promise<Ending> {
  const mark = randomBytes(16).toString('hex')
  const script = putFileScript({
    mark,
    stage: `.drover-${mark}`,
    dest: action.dest,
    name: content.kind === 'file' ? content.name : '',
    size: content.size,
    digest: content.digest,
    ownership,
    parents: action.parents,
  })
  let last: readonly [word: string, rest: string] | undefined
  let sending: Promise<Failure | undefined> | undefined
  const send = () => {
    sending ??= sendContent(content, dialogue.exec, () => last !== undefined)
  }
  const dialogue = startDialogue(
    deadline,
    context,
    mark,
    { script, env: [], stdin: { kind: 'stream' } },
    {
      onReport(word, rest) {
        if (word === 'need') return send()
        last = [word, rest]
        dialogue.exec.end()
      },
    },
  )
  if (content.size <= SENT_AT_ONCE) send()
  const { end, stderr } = await dialogue.ended
  const unsent = await sending
  if (end.kind !== 'exit') return brokenOff(end, action.timeoutMs)
  if (unsent !== undefined) return { outcome: 'failed', failure: unsent }
  const words = lastLine(stderr)
  if (last === undefined)
    return failed('remote_shell', `the script ended early: ${words || `exit status ${end.code}`}`)
  return judge(last, content, action, words)
}

async function sendContent(
  content: FileContent,
  exec: Exec,
  stopped: () => boolean,
): Promise<Failure | undefined> {
  try {
    if (content.kind === 'file') return await sendLocalFile(content.file, chunk => exec.write(chunk), stopped)
    await exec.write(content.bytes)
    return undefined
  } finally {
    exec.end()
  }
}

function judge(
  [word, rest]: readonly [word: string, rest: string],
  content: FileContent,
  action: PutAction,
  words: string,
): Ending {
  switch (word) {
    case 'same':
      return { outcome: 'ok', note: 'already up to date' }
    case 'settled':
      return { outcome: 'changed', note: 'content was up to date; owner or mode set' }
    case 'wrote':
      return { outcome: 'changed', note: `${formatBytes(content.size)} written` }
    default:
      return { outcome: 'failed', failure: putFailure(rest, action, content.size, words) }
  }
}
