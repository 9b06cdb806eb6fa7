import { randomBytes } from 'node:crypto'
import type { PutAction } from '../../model/action.ts'
import { formatBytes } from '../../model/quantity.ts'
import type { Deadline } from '../deadline.ts'
import { type Answer, type Script, type Talk, talk } from '../dialogue.ts'
import type { Ending } from '../result.ts'
import type { StepContext } from '../step.ts'
import { cksumOf } from './cksum.ts'
import type { FileContent } from './content.ts'
import { driftInstead, driftOfFile, driftOfSource } from './drift.ts'
import { putFileScript } from './file-script.ts'
import { readLocalFile, sendLocalFile } from './local-file.ts'
import type { Ownership } from './ownership.ts'
import { readPlanned, sourceOfFile } from './planned.ts'
import { putFailure } from './wording.ts'

/** Up to here the content goes along with the script: it costs less than asking first. In bytes. */
const SENT_AT_ONCE = 64 << 10

/** Puts one file through one channel; a second one only to a host that has no tool for SHA-256. */
export async function putFile(
  action: PutAction,
  content: FileContent,
  ownership: Ownership,
  context: StepContext,
  deadline: Deadline,
): Promise<Ending> {
  const drift = driftOfSource(action, sourceOfFile(content))
  if (drift !== undefined) return drift
  const ask = (digest: string) => tryPut({ action, content, ownership, digest }, context, deadline)
  const answer = await ask(content.digest)
  if (answer.kind === 'broken') return answer.ending
  if (answer.rest !== 'no-sha') return judge(answer, content, action)
  const weak = await cksumOf(content)
  if (typeof weak === 'object') return { outcome: 'failed', failure: weak }
  const again = await ask(weak)
  if (again.kind === 'broken') return again.ending
  const ending = judge(again, content, action)
  return ending.note === undefined ? ending : { ...ending, note: `${ending.note}; ${BY_CKSUM}` }
}

/** What is said where a host has no tool for SHA-256. */
export const BY_CKSUM = 'compared by cksum and content, as the host has no tool for SHA-256'

interface Attempt {
  readonly action: PutAction
  readonly content: FileContent
  readonly ownership: Ownership
  /** By what the host is to know the content. */
  readonly digest: string
}

async function tryPut(
  { action, content, ownership, digest }: Attempt,
  context: StepContext,
  deadline: Deadline,
): Promise<Answer> {
  const mark = randomBytes(16).toString('hex')
  const text = putFileScript({
    mark,
    stage: `.drover-${mark}`,
    dest: action.dest,
    name: content.kind === 'file' ? content.name : '',
    size: content.size,
    digest,
    ownership,
    parents: action.parents,
    ...(action.planned === undefined ? {} : { planned: readPlanned(action.planned).there }),
    ...(action.again === undefined ? {} : { again: action.again }),
  })
  const small = content.size <= SENT_AT_ONCE ? await inMemory(content) : undefined
  if (small !== undefined && 'code' in small) {
    return { kind: 'broken', ending: { outcome: 'failed', failure: small } }
  }
  const { stdin, send } = small === undefined ? onceNeeded(content) : alongWithScript(small)
  const script = { mark, text, stdin, become: action.become }
  return talk(script, send === undefined ? {} : { send }, context, deadline)
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
  return { stdin: { kind: 'stream' }, send: { when: 'at once', content, size: bytes.length } }
}

function onceNeeded(content: FileContent): Input {
  const send: Talk['send'] = {
    when: 'need',
    size: content.size,
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
