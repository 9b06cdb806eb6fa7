import { escapeText } from '../render/escape.ts'
import type { HostKeyQuestion } from '../worker/protocol.ts'
import { askYesNo } from './ask-yes-no.ts'
import type { CliContext } from './context.ts'

/** Asks on the terminal whether to trust a host never seen before, one question at a time. */
export function askAboutHostKey(context: CliContext): (about: HostKeyQuestion) => Promise<boolean> {
  const interrupted = new AbortController()
  let turn: Promise<boolean> = Promise.resolve(false)
  return about => {
    turn = turn.then(() => ask(context, about, interrupted))
    return turn
  }
}

/** Ctrl-C, or the end of the input, is a no to this question and to all that would follow. */
async function ask(
  { stdin, stderr }: CliContext,
  about: HostKeyQuestion,
  interrupted: AbortController,
): Promise<boolean> {
  if (interrupted.signal.aborted) return false
  return askYesNo({ stdin, stderr }, questionAbout(about), interrupted)
}

function questionAbout({ host, address, port, keyType, fingerprint }: HostKeyQuestion): string {
  const at = address === host ? `port ${port}` : `${address} port ${port}`
  return `The host ${escapeText(host)} (${escapeText(at)}) is not known yet.
Its ${escapeText(keyType)} key is ${escapeText(fingerprint)}
Trust it and remember the key? (yes/no) `
}
