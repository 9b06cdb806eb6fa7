import type { AnyAuthMethod } from 'ssh2'
import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import type { Secret } from '../../model/secret.ts'
import { AgentKeys } from './agent-keys.ts'
import type { PrivateKey, PrivateKeys } from './private-keys.ts'

/** One way to log in. */
export interface LoginMethod {
  /** What servers call it. */
  readonly name: 'publickey' | 'password' | 'keyboard-interactive'
  /** For people: which key, whose password. */
  readonly label: string
  /** Undefined where it has turned out to be useless by now. */
  readonly attempt: () => AnyAuthMethod | undefined
}

export interface LoginSources {
  readonly keys: PrivateKeys
  readonly agentSocket: string | undefined
}

/**
 * What there is to log in with, in the order to try it. What the inventory names comes first and, if it names keys,
 * alone; otherwise the agent's keys and the default ones follow, as with ssh. A failure: no key can be used, and
 * there is nothing else.
 */
export async function loginMethods(
  { user, keys, password, passphrase }: Connection,
  { keys: files, agentSocket }: LoginSources,
): Promise<LoginMethod[] | Failure> {
  const secret = password === undefined ? [] : passwordMethods(user, password)
  if (keys.length === 0) {
    const agent = agentSocket === undefined ? undefined : new AgentKeys(agentSocket)
    const defaults = await files.loadDefaults(passphrase)
    const implicit = defaults.flatMap(key => keyMethods(user, key, agentSocket, agent))
    return [
      ...secret,
      ...(agent === undefined ? [] : [agentMethod(user, agent, "the agent's keys")]),
      ...implicit,
    ]
  }
  const loaded = await files.load(keys, passphrase)
  const methods = [...loaded.flatMap(key => keyMethods(user, key, agentSocket)), ...secret]
  const broken = loaded.find(key => key.kind !== 'key')
  return methods.length > 0 || broken === undefined ? methods : broken.failure
}

function keyMethods(user: string, key: PrivateKey, agentSocket?: string, agent?: AgentKeys): LoginMethod[] {
  if (key.kind === 'key') {
    const blob = key.key.getPublicSSH().toString('base64')
    const attempt = (): AnyAuthMethod | undefined =>
      agent?.listed.has(blob) ? undefined : { type: 'publickey', username: user, key: key.key }
    return [{ name: 'publickey', label: `the key ${key.file}`, attempt }]
  }
  if (key.kind !== 'locked' || key.blob === undefined || agentSocket === undefined) return []
  return [agentMethod(user, new AgentKeys(agentSocket, key.blob), `the key ${key.file} in the agent`)]
}

function agentMethod(user: string, agent: AgentKeys, label: string): LoginMethod {
  return { name: 'publickey', label, attempt: () => ({ type: 'agent', username: user, agent }) }
}

/** A password is offered once in each of the two ways: a wrong one tried again may lock the account. */
function passwordMethods(user: string, password: Secret): LoginMethod[] {
  return [
    {
      name: 'password',
      label: 'the password',
      attempt: () => ({ type: 'password', username: user, password: password.reveal() }),
    },
    {
      name: 'keyboard-interactive',
      label: 'the password (keyboard-interactive)',
      attempt: () => ({ type: 'keyboard-interactive', username: user, prompt: answerOnce(password) }),
    },
  ]
}

type Prompt = Extract<AnyAuthMethod, { type: 'keyboard-interactive' }>['prompt']

/** Answers the first hidden prompt that stands alone; to all others (a one-time code, say) there is no answer. */
function answerOnce(password: Secret): Prompt {
  let answered = false
  return (_name, _instructions, _language, prompts, finish) => {
    const isPassword = !answered && prompts.length === 1 && prompts[0]?.echo !== true
    answered ||= isPassword
    finish(isPassword ? [password.reveal()] : prompts.map(() => ''))
  }
}
