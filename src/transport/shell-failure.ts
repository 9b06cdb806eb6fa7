import type { Failure } from '../model/errors.ts'
import type { NotStarted } from './attempt.ts'

const SHOWN = 300

/** What to say when a login shell ended before the wrapper came up: `nologin`, a forced command, no /bin/sh. */
export function notStarted({ exit, noise }: NotStarted): Failure {
  const end = exit.kind === 'exit' ? `exit status ${exit.code}` : exit.signal
  const said = oneLine(noise)
  return {
    code: 'remote_shell',
    message: `the account's login shell ended (${end}) before it started /bin/sh${said === '' ? '' : `: ${said}`}`,
    hint: 'drover needs an account whose login shell runs commands (no nologin, no forced command) and a /bin/sh',
  }
}

/** Text of a host, shortened, on one line and without control characters. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ').trim()
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line
}
