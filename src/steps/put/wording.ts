import type { PutAction } from '../../model/action.ts'
import type { Failure } from '../../model/errors.ts'
import { formatBytes } from '../../model/quantity.ts'
import { failureOf } from '../result.ts'

interface Facts {
  readonly action: PutAction
  readonly dest: string
  /** Bytes to send. */
  readonly size: number
  /** What a tool of the host said, with a colon before it; empty if none said anything. */
  readonly said: string
  /** What the script told besides the problem. */
  readonly detail: string
}

type Wording = (facts: Facts) => readonly [message: string, hint?: string]

/** Everything that a script of a put may report after `fail`, for people. */
const WORDINGS: Readonly<Record<string, Wording>> = {
  'no-sha': () => [
    'the host has no tool for SHA-256, so what is put there cannot be verified',
    'install sha256sum, shasum, sha256 or openssl',
  ],
  'no-tar': () => ['the host has no tar, which folders need', 'install tar'],
  'parent-missing': ({ dest, said }) => [
    `the folder for ${dest} does not exist${said}`,
    '`parents: true` makes it, --parents of drover put',
  ],
  'parent-file': ({ dest }) => [`what should be the folder for ${dest} is none`],
  'not-folder': ({ dest }) => [`${dest} is no folder`],
  folder: ({ action, dest }) =>
    action.source.kind === 'content'
      ? [`${dest} is a folder`, 'write the name of a file after it']
      : [`a folder has the name of the file that goes to ${dest}`, 'remove the folder, or use another name'],
  special: ({ dest }) => [`${dest} is a device, pipe or socket, and stays as it is`],
  owner: ({ action, dest, said }) => [`can't give ${dest} the owner ${name(action.owner)}${said}`],
  group: ({ action, dest, said }) => [`can't give ${dest} the group ${name(action.group)}${said}`],
  keep: ({ dest, said }) => [
    `can't keep the owner and group of ${dest}${said}`,
    'say which `owner` and `group` it shall have',
  ],
  mode: ({ dest, said }) => [`can't set the mode of ${dest}${said}`],
  parents: ({ dest, said }) => [`can't make the folder for ${dest}${said}`],
  'folder-made': ({ dest, said }) => [`can't make a folder in ${dest}${said}`],
  write: ({ dest, size, said }) => [`can't write ${formatBytes(size)} beside ${dest}${said}`],
  stage: ({ dest, said }) => [
    `can't write in the folder of ${dest}${said}`,
    'a file is replaced as a whole, so the login must be able to write in its folder',
  ],
  move: ({ dest, said }) => [`can't replace ${dest}${said}`],
  link: ({ dest, said }) => [`can't make a symbolic link in ${dest}${said}`],
  look: ({ dest, said }) => [`can't look at ${dest}${said}`],
  verify: ({ dest, size, detail }) => [
    `what arrived for ${dest} is not what was sent${detail && `: ${detail} of ${size} bytes, or other content`}`,
    'nothing was changed; run the step again',
  ],
}

const name = (text = '') => JSON.stringify(text)

/** What a put's script could not do. `report` followed `fail`; `words` is the last line that a tool of the host said. */
export function putFailure(report: string, action: PutAction, size: number, words: string): Failure {
  const [problem = '', detail = ''] = report.split(/\s+/)
  const said = words === '' ? '' : `: ${words}`
  const wording = Object.hasOwn(WORDINGS, problem) ? WORDINGS[problem] : undefined
  const facts = { action, dest: JSON.stringify(action.dest), size, said, detail }
  const [message, hint] = wording?.(facts) ?? [`can't put ${facts.dest} (${problem})${said}`]
  return failureOf(problem === 'verify' ? 'transfer_verify' : 'remote_file', message, hint)
}
