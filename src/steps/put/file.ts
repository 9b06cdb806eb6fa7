import { randomBytes } from 'node:crypto'
import type { PutAction } from '../../model/action.ts'
import { formatBytes } from '../../model/quantity.ts'
import type { Deadline } from '../deadline.ts'
import { type Answer, type Script, type Talk, talk } from '../dialogue.ts'
import type { Ending } from '../result.ts'
import type { StepContext } from '../step.ts'
import { driftInstead, driftOfFile, driftOfSource } from './drift.ts'
import { putFileScript } from './file-script.ts'
import { type LocalFile, readLocalFile, sendLocalFile } from './local-file.ts'
import type { Ownership } from './ownership.ts'
import { readPlanned, sourceOfFile } from './planned.ts'
import { putFailure } from './wording.ts'

/** Content of one file, with its size in bytes and SHA-256: bytes in memory, or a local file and its name. */
export type FileContent = { readonly size: number; readonly digest: string } & (
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly name: string; readonly file: LocalFile }
)

/** Up to here the content goes along with the script: it costs less than asking first. In bytes. */
const SENT_AT_ONCE = 64 << 10

/** Puts one file through one channel. */
export async function putFile(
  action: PutAction,
  content: FileContent,
  ownership: Ownership,
  context: StepContext,
  deadline: Deadline,
): Promise<Ending> {
  const drift = driftOfSource(action, sourceOfFile(content))
  if (drift !== undefined) return drift
  const mark = randomBytes(16).toString('hex')
  const text = putFileScript({
    mark,
    stage: `.drover-${mark}`,
    dest: action.dest,
    name: content.kind === 'file' ? content.name : '',
    size: content.size,
    digest: content.digest,
    ownership,
    parents: action.parents,
    ...(action.planned === undefined ? {} : { planned: readPlanned(action.planned).there }),
    ...(action.again === undefined ? {} : { again: action.again }),
  })
  const small = content.size <= SENT_AT_ONCE ? await inMemory(content) : undefined
  if (small !== undefined && 'code' in small) return { outcome: 'failed', failure: small }
  const { stdin, send } = small === undefined ? onceNeeded(content) : alongWithScript(small)
  const answer = await talk(
    { mark, text, stdin, become: action.become },
    send === undefined ? {} : { send },
    context,
    deadline,
  )
  return answer.kind === 'broken' ? answer.ending : judge(answer, content, action)
}

type Input = Pick<Script, 'stdin'> & Pick<Talk, 'send'>

function inMemory(content: FileContent) {
  return content.kind === 'bytes' ? content.bytes : readLocalFile(content.file)
}

/** Text can go with the script itself, which saves the round trip that a stream waits for. */
function alongWithScript(bytes: Buffer): Input {
  const text = bytes.toString('utf8')
  if (!text.includes('\0') && Buffer.from(text).equals(bytes)) return { stdin: { kind: 'text', text } }
  const content = async (write: (chunk: Buffer) => Promise<void>) => {
    await write(bytes)
    return undefined
  }
  return { stdin: { kind: 'stream' }, send: { when: 'at once', content } }
}

function onceNeeded(content: FileContent): Input {
  const send: Talk['send'] = {
    when: 'need',
    content: async (write, stopped) => {
      if (content.kind === 'file') return sendLocalFile(content.file, write, stopped)
      await write(content.bytes)
      return undefined
    },
  }
  return { stdin: { kind: 'stream' }, send }
}

function judge(
  { word, rest, words }: Extract<Answer, { kind: 'done' }>,
  content: FileContent,
  action: PutAction,
): Ending {
  switch (word) {
    case 'same':
      return { outcome: 'ok', note: 'already up to date' }
    case 'settled':
      return { outcome: 'changed', note: 'content was up to date; mode or owner set' }
    case 'wrote':
      return { outcome: 'changed', note: `${formatBytes(content.size)} written` }
    case 'drift':
      return driftOfFile(action, rest)
    default: {
      const failure = putFailure(rest, action, content.size, words)
      return driftInstead(action, rest, failure) ?? { outcome: 'failed', failure }
    }
  }
}
