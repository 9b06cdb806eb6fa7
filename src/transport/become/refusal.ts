import type { Failure } from '../../model/errors.ts'
import type { BecomeMethod } from '../../model/playbook.ts'
import { oneLine } from '../shell-failure.ts'
import type { ExecEnd } from '../transport.ts'
import { type Opening, SIGNS } from './opening.ts'

/** The wording of everything that can keep a step from becoming another user. */

type Ended = Extract<ExecEnd, { readonly kind: 'exit' | 'signal' }>

/** What the programs say where a password would be needed that they were told not to ask for. */
const WANTS_PASSWORD: Readonly<Record<BecomeMethod, RegExp>> = {
  sudo: /(?:a password is|authentication is|password is) required|no password was provided/i,
  doas: /Auth(?:entication|orization) required/i,
  su: /Authentication failure|incorrect password/i,
}

/** In `ask`, after the answer. */
const WRONG_PASSWORD: Readonly<Record<BecomeMethod, RegExp>> = {
  sudo: /Sorry, try again|incorrect (?:password|authentication)|Authentication failed/i,
  doas: /Authentication failed/i,
  su: /Authentication failure|incorrect password/i,
}

const UNKNOWN_USER: Readonly<Record<BecomeMethod, RegExp>> = {
  sudo: /unknown user|user .* not found/i,
  doas: /unknown user/i,
  su: /user .* does not exist|unknown (?:user|id)|no passwd entry/i,
}

/** What is not a matter of passwords. */
const DENIED: readonly (readonly [said: RegExp, why: (opening: Opening) => string, hint?: string])[] = [
  [
    /must have a tty|a tty is required|must be run from a terminal/i,
    ({ become }) => `${become.method} wants a terminal there`,
    'remove "Defaults requiretty" from the sudoers of the host, or exempt the login from it',
  ],
  [
    /is not in the sudoers file|may not run sudo|I'm sorry .* I'm afraid I can't do that/i,
    ({ account }) => `${account} is not in the sudoers of the host`,
    'give the login the right in /etc/sudoers.d, or set become_method',
  ],
  [
    /is not allowed to (?:execute|run)/i,
    ({ account, become }) => `sudo does not let ${account} run /bin/sh as ${become.user}`,
    'drover runs every step by /bin/sh: a rule for single commands does not do',
  ],
  [
    /^\s*doas: Operation not permitted/im,
    ({ account, become }) => `doas does not permit ${account} to become ${become.user}`,
    'the host needs a rule in doas.conf, as in: permit nopass LOGIN as USER',
  ],
  [/doas is not enabled/i, () => 'doas has no doas.conf on the host', 'write one, or set become_method'],
  [
    /setuid|no.new.privileges|nosuid|effective uid is not 0|not installed setuid/i,
    ({ become }) =>
      `${become.method} cannot get root's rights on the host: it is not setuid, or not allowed to be`,
  ],
]

/** Why no wrapper started, by what the program wrote; `wants_password` where it was not allowed to ask. */
export function refusal(opening: Opening, said: string, end: Ended): Failure | 'wants_password' {
  const { become, way, account, key } = opening
  const { method, user } = become
  if (said.includes(key + SIGNS.noScript)) return noScript()
  if (UNKNOWN_USER[method].test(said)) {
    return { code: 'become_missing', message: `${method} knows no user ${user} on the host` }
  }
  if (
    end.kind === 'exit' &&
    (end.code === 127 || end.code === 126) &&
    /not found|No such file|denied/.test(said)
  )
    return missing(method)
  const denied = DENIED.find(([pattern]) => pattern.test(said))
  if (denied !== undefined) return denial(denied[1](opening), denied[2])
  if (way === 'at_once' && WANTS_PASSWORD[method].test(said)) return 'wants_password'
  if (way === 'ask' && WRONG_PASSWORD[method].test(said)) return wrongPassword(opening)
  const ended = end.kind === 'exit' ? `exit status ${end.code}` : end.signal
  const words = oneLine(said)
  return denial(
    `${method} ended (${ended}) instead of letting ${account} become ${user}${words === '' ? '' : `: ${words}`}`,
  )
}

export function passwordRequired({ become, account }: Pick<Opening, 'become' | 'account'>): Failure {
  const whose = become.method === 'su' ? become.user : account
  return {
    code: 'become_password',
    message: `${become.method} wants a password of ${whose}, and none is given`,
    hint: `give become_password in the inventory, or -K (--ask-become-pass) to be asked for it${
      become.method === 'sudo' ? '; a login without any right to use sudo is told the same' : ''
    }`,
  }
}

export function wrongPassword({ become, account }: Pick<Opening, 'become' | 'account'>): Failure {
  const whose = become.method === 'su' ? become.user : account
  return {
    code: 'become_password',
    message: `${become.method} refused the password of ${whose}`,
    hint: 'check become_password in the inventory, or what was typed for -K; it is not tried again in this run',
  }
}

/** It waits for an answer to something else than the password. */
export function foreignPrompt({ become }: Opening, said: string): Failure {
  const question = oneLine(said.slice(said.lastIndexOf('\n') + 1))
  return denial(
    `${become.method} asks "${question}", which is not drover's own prompt, so it is not answered`,
    'another PAM module asks: let the login become the user without it (for sudo, "Defaults passprompt_override" makes it use the prompt)',
  )
}

export function unusablePassword(): Failure {
  return { code: 'become_password', message: 'the become password is empty or holds a control character' }
}

export function unusableUser(user: string): Failure {
  return {
    code: 'step_render',
    message: `${JSON.stringify(user)} cannot be a user to become`,
    hint: 'user names are letters, digits and . _ + - @ and do not start with a dash',
  }
}

function missing(method: BecomeMethod): Failure {
  return {
    code: 'become_missing',
    message: `there is no ${method} on the host, or not in the PATH of the login`,
    hint: 'install it, or set become_method (sudo, doas or su)',
  }
}

function noScript(): Failure {
  return {
    code: 'become_missing',
    message:
      'doas asks for its password on a terminal only, and the host lacks the program script to give it one',
    hint: 'install script (util-linux, bsdutils), or permit the login with nopass in doas.conf',
  }
}

function denial(message: string, hint?: string): Failure {
  return { code: 'become_denied', message, ...(hint === undefined ? {} : { hint }) }
}
