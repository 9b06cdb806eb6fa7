import { escapeText } from '../../render/escape.ts'
import type { HostKeyQuestion } from '../../worker/protocol.ts'
import type { CliContext } from '../context.ts'
import { askYesNo } from './ask-yes-no.ts'

/**
 * Asks on the terminal whether to trust a host never seen before, one question at a time. Several hosts of an
 * inventory may be one machine: about its key there is one question.
 */
export function askAboutHostKey(context: CliContext): (about: HostKeyQuestion) => Promise<boolean> {
  const interrupted = new AbortController()
  const answers = new Map<string, Promise<boolean>>()
  let turn: Promise<boolean> = Promise.resolve(false)
  return about => {
    const { address, port, keyType, fingerprint } = about
    const id = JSON.stringify([address, port, keyType, fingerprint])
    const given = answers.get(id)
    if (given !== undefined) return given
    turn = turn.then(() => ask(context, about, interrupted))
    answers.set(id, turn)
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
  return askYesNo({ stdin, stderr }, questionAbout(about), interrupted, { other: about.fingerprint })
}

function questionAbout({ host, address, port, keyType, fingerprint }: HostKeyQuestion): string {
  const at = address === host ? `port ${port}` : `${address} port ${port}`
  return `The host ${escapeText(host)} (${escapeText(at)}) is not known yet.
Its ${escapeText(keyType)} key is ${escapeText(fingerprint)}
Trust it and remember the key? (yes/no/[fingerprint]) `
}
