import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import { oneLine } from '../shell-failure.ts'
import { placeOf } from './failures.ts'
import type { LoginProgress } from './login-progress.ts'
import { TOKEN_HINT } from './token-hint.ts'

/** How many keys that could not be tried are named. */
const SHOWN_UNUSABLE = 3

/** Why a server lets nobody in: what was tried, what it takes, what could not be tried, and what to do. */
export function loginRefused(connection: Connection, progress: LoginProgress, detail?: string): Failure {
  const { user } = connection
  const { tried, offered, isPartial, unusable } = progress
  const parts = [
    tried.length === 0 ? 'nothing to log in with' : `tried ${tried.join(', ')}`,
    ...(isPartial ? ['one of them was right, and it wants more'] : []),
    ...(offered === undefined ? [] : [`the server takes ${oneLine(offered.join(', '))}`]),
    ...unusable.slice(0, SHOWN_UNUSABLE).map(({ message }) => message),
    ...(detail === undefined ? [] : [`it said: ${oneLine(detail)}`]),
  ]
  return {
    code: 'login_refused',
    message: `${placeOf(connection)} refuses ${oneLine(user)}: ${parts.join('; ')}`,
    hint: hintFor(connection, progress, detail ?? ''),
  }
}

function hintFor(connection: Connection, progress: LoginProgress, detail: string): string {
  const { keys, password, user, ssh } = connection
  const { tried, offered, isPartial, unusable } = progress
  if (/too many/i.test(detail))
    return 'name the one key to use (ansible_ssh_private_key_file) in the inventory, or set IdentitiesOnly: the agent holds too many'
  if (/expired/i.test(detail)) return 'log in once by hand and change the password'
  if (tried.some(label => label.includes('FIDO'))) return TOKEN_HINT
  const allowed = ssh?.loginMethods
  if (
    allowed !== undefined &&
    offered !== undefined &&
    !offered.some(name => (allowed as readonly string[]).includes(name))
  )
    return `the SSH configuration leaves only ${allowed.join(', ') || 'no way to log in'}: see PreferredAuthentications and its like`
  const wantsPassword = offered?.every(method => method !== 'publickey') === true
  if (password === undefined && wantsPassword && (isPartial || tried.length === 0)) {
    return 'give a password in the inventory'
  }
  const [unused] = unusable
  if (tried.length > 0 && tried.every(label => label.includes('no agent answers'))) return NO_KEY_HINT
  if (tried.length > 0)
    return (
      unused?.hint ??
      `check the user name and that the key or password is one of ${user}'s${progress.hasRsa ? RSA_HINT : ''}`
    )
  if (unused?.hint !== undefined) return unused.hint
  return keys.length === 0 ? NO_KEY_HINT : 'check the key files'
}

const NO_KEY_HINT =
  'name a key (ansible_ssh_private_key_file) or a password in the inventory, or an IdentityFile in the SSH configuration, or start an agent'

/** Of servers that are too old, and say so to nobody. */
const RSA_HINT =
  '; of RSA keys drover makes signatures with SHA-2 only, which servers from before 2016 lack: use an Ed25519 or ECDSA key'
