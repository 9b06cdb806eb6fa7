import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { ExecEnd } from './transport.ts'

type Ended = Extract<ExecEnd, { readonly kind: 'exit' | 'signal' }>

const SHOWN = 300

/** What to say when a login shell ended before the wrapper came up: `nologin`, a forced command, no /bin/sh. */
export function notStarted({ exit, noise }: { readonly exit: Ended; readonly noise: string }): Failure {
  const end = exit.kind === 'exit' ? `exit status ${exit.code}` : exit.signal
  return {
    code: 'remote_shell',
    message: `the account's login shell ended (${end}) before it started the step${saying(noise)}`,
    hint: 'drover needs an account whose login shell runs commands (no nologin, no forced command) and a /bin/sh',
  }
}

/** What to say when the wrapper does not come up, and nothing ends. */
export function tooLate(noise: string): Failure {
  const message = `the account's login shell has not started the step within ${LIMITS.startMs / 1000} s`
  return { code: 'remote_shell', message: message + saying(noise), hint: LOOK }
}

/** What to say when something else comes instead, without end. */
export function tooLoud(noise: string): Failure {
  const message = "the account's login shell writes and writes instead of starting the step"
  return { code: 'remote_shell', message: message + saying(noise.slice(0, SHOWN / 3)), hint: LOOK }
}

const LOOK = 'log in and look at what its start-up files do (.bashrc, .zshenv, config.fish and the like)'

function saying(noise: string): string {
  const said = oneLine(noise)
  return said === '' ? '' : `: ${said}`
}

/** Text of a host, shortened, on one line and without control characters. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim()
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line
}
