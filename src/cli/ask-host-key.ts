import { createInterface } from 'node:readline/promises'
import { escapeText } from '../render/escape.ts'
import type { HostKeyQuestion } from '../worker/protocol.ts'
import type { CliContext } from './context.ts'

/** Asks on the terminal whether to trust a host never seen before, one question at a time. */
export function askAboutHostKey(context: CliContext): (about: HostKeyQuestion) => Promise<boolean> {
  let turn: Promise<unknown> = Promise.resolve()
  return about => {
    const answer = turn.then(() => ask(context, about))
    turn = answer.catch(() => {})
    return answer
  }
}

async function ask({ stdin, stderr }: CliContext, about: HostKeyQuestion): Promise<boolean> {
  const reader = createInterface({ input: stdin, output: stderr })
  try {
    const { host, address, port, keyType, fingerprint } = about
    const at = address === host ? `port ${port}` : `${address} port ${port}`
    const question = `The host ${escapeText(host)} (${escapeText(at)}) is not known yet.
Its ${escapeText(keyType)} key has the fingerprint ${escapeText(fingerprint)}.
Trust it and remember the key? (yes/no) `
    const answer = await reader.question(question)
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    reader.close()
  }
}
