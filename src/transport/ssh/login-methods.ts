import type { AnyAuthMethod, ParsedKey } from 'ssh2'
import type { Failure } from '../../model/errors.ts'
import type { Connection, SshSetup } from '../../model/host.ts'
import type { Secret } from '../../model/secret.ts'
import { oneLine } from '../shell-failure.ts'
import { AgentKeys } from './agent-keys.ts'
import { allowsKey } from './algorithms.ts'
import { type FoundCertificate, loadCertificates } from './certificate-files.ts'
import { certify } from './certified-key.ts'
import type { PrivateKey, PrivateKeys } from './private-keys.ts'

/** One way to log in. */
export interface LoginMethod {
  /** What servers call it. */
  readonly name: 'publickey' | 'password' | 'keyboard-interactive'
  /** For people: which key, whose password. */
  readonly label: string
  /** What has turned out meanwhile; absent: nothing. */
  readonly note?: () => string | undefined
  /** Undefined where it has turned out to be useless by now. */
  readonly attempt: () => AnyAuthMethod | undefined
  /** Whether there is an RSA key in it; absent: no. */
  readonly isRsa?: () => boolean
  /** Whether it has sent the password; absent: it sends none. */
  readonly hasSentPassword?: () => boolean
  /** No more keys are wanted at the time. */
  readonly end?: () => void
}

/** All that there is to log in with. */
export interface LoginMeans {
  readonly methods: readonly LoginMethod[]
  /** What lies there and cannot be used, for the message. */
  readonly unusable: readonly Failure[]
}

export interface LoginSources {
  readonly keys: PrivateKeys
  readonly agentSocket: string | undefined
}

/**
 * What there is to log in with, in the order to try it. What the inventory names comes first and, if it names keys,
 * alone; otherwise the agent's keys, and the files of the SSH configuration or the default ones follow, as with ssh.
 * With IdentitiesOnly the agent is asked for those keys only. A failure: no key can be used, and there is nothing else.
 */
export async function loginMethods(
  connection: Connection,
  sources: LoginSources,
): Promise<LoginMeans | Failure> {
  const { user, keys: named, password, passphrase, ssh = {} } = connection
  const secret = password === undefined ? [] : passwordMethods(user, password)
  const files = named.length > 0 ? named : ssh.identityFiles
  const keys =
    files === undefined
      ? await sources.keys.loadDefaults(passphrase)
      : await sources.keys.load(files, passphrase)
  const certificates = await loadCertificates(keys, ssh.certificates ?? [])
  const socket = agentSocketOf(ssh, sources)
  const isAlone = named.length > 0 || ssh.identitiesOnly === true
  const allows = (type: string) => allowsKey(ssh.algorithms ?? {}, type)
  const known: KnownKeys = { user, keys, certificates, socket, allows }
  const byKey = isAlone ? exactly(known) : withAgent(known)
  // As the inventory names them: a key is tried before the password, what is merely there after it.
  const usual = named.length > 0 ? [...byKey, ...secret] : [...secret, ...byKey]
  const methods = allowedOf(usual, ssh.loginMethods)
  const unusable = keys.flatMap(key => (key.kind === 'key' ? [] : [key.failure]))
  const [first] = unusable
  return methods.length > 0 || usual.length > 0 || first === undefined ? { methods, unusable } : first
}

/** What the SSH configuration leaves, in its order. */
function allowedOf(methods: readonly LoginMethod[], allowed: SshSetup['loginMethods']): LoginMethod[] {
  return allowed === undefined
    ? [...methods]
    : allowed.flatMap(name => methods.filter(method => method.name === name))
}

function agentSocketOf({ agent }: SshSetup, { agentSocket }: LoginSources): string | undefined {
  return agent === undefined ? agentSocket : agent.kind === 'none' ? undefined : agent.path
}

interface KnownKeys {
  readonly user: string
  readonly keys: readonly PrivateKey[]
  readonly certificates: readonly FoundCertificate[]
  readonly socket: string | undefined
  /** Whether keys of a type may be offered. */
  readonly allows: (type: string) => boolean
}

/** The keys of the files and no others; an agent has to help where a file is locked. */
function exactly(known: KnownKeys): LoginMethod[] {
  const { user, keys, certificates, socket, allows } = known
  return keys.flatMap(key => {
    if (key.kind === 'key') return fileMethods(known, key)
    if (key.kind !== 'locked' || key.blob === undefined || socket === undefined) return []
    const agent = new AgentKeys(socket, { only: [key.blob], certificates, allows })
    return [agentMethod(user, agent, `the key ${key.file} in the agent`)]
  })
}

/** All keys of the agent, those of the files first, then the files that it does not have. */
function withAgent(known: KnownKeys): LoginMethod[] {
  const { user, keys, certificates, socket, allows } = known
  if (socket === undefined) return exactly(known)
  const agent = new AgentKeys(socket, { first: keys.flatMap(blobOf), certificates, allows })
  const methods = keys.flatMap(key => (key.kind === 'key' ? fileMethods(known, key, agent) : []))
  return [agentMethod(user, agent, "the agent's keys"), ...methods]
}

function blobOf(key: PrivateKey): readonly Buffer[] {
  if (key.kind === 'key') return [key.key.getPublicSSH()]
  return key.kind === 'locked' && key.blob !== undefined ? [key.blob] : []
}

/** The certificates of a key, then the bare key. */
function fileMethods(
  { user, certificates, allows }: KnownKeys,
  { key, file }: PrivateKey & { readonly kind: 'key' },
  agent?: AgentKeys,
): LoginMethod[] {
  const blob = key.getPublicSSH()
  const attempt = (offered: ParsedKey) => (): AnyAuthMethod | undefined =>
    agent?.listed.has(blob.toString('base64'))
      ? undefined
      : { type: 'publickey', username: user, key: offered }
  const certified = certificates
    .filter(({ publicKey, type }) => publicKey.equals(blob) && allows(type))
    .map(found => ({
      name: 'publickey' as const,
      label: `the certificate ${found.file}${found.isExpired ? ' (expired)' : ''}`,
      attempt: attempt(certify(key, found)),
    }))
  const isRsa = () => key.type === 'ssh-rsa'
  const bare = { name: 'publickey' as const, label: `the key ${file}`, isRsa, attempt: attempt(key) }
  return allows(key.type) ? [...certified, bare] : certified
}

function agentMethod(user: string, agent: AgentKeys, label: string): LoginMethod {
  const note = () => agent.failure ?? (agent.tokens === 0 ? undefined : 'its FIDO keys cannot be used')
  const end = () => {
    agent.isOver = true
  }
  const isRsa = () => agent.hasRsa
  return {
    ...{ name: 'publickey', label, note, end, isRsa },
    attempt: () => {
      agent.isOver = false
      return { type: 'agent', username: user, agent }
    },
  }
}

/** A server may ask for more than one wants to read. */
const SHOWN_PROMPTS = 3

/** Two ways to send a password. One that was refused by the first is not sent by the second: that may lock the account. */
function passwordMethods(user: string, password: Secret): LoginMethod[] {
  const unanswered: string[] = []
  const answer = answerOnce(password, unanswered)
  return [
    {
      name: 'password',
      label: 'the password',
      hasSentPassword: () => true,
      attempt: () => ({ type: 'password', username: user, password: password.reveal() }),
    },
    {
      name: 'keyboard-interactive',
      label: 'the password (keyboard-interactive)',
      note: () =>
        unanswered.length === 0
          ? undefined
          : `there is no answer to ${unanswered.slice(0, SHOWN_PROMPTS).map(quoted).join(', ')}`,
      hasSentPassword: answer.hasSent,
      attempt: () => ({ type: 'keyboard-interactive', username: user, prompt: answer.prompt }),
    },
  ]
}

const quoted = (text: string) => `"${oneLine(text).slice(0, 60)}"`

type Prompt = Extract<AnyAuthMethod, { type: 'keyboard-interactive' }>['prompt']

/** Answers the first hidden prompt that stands alone; to all others (a one-time code, say) there is no answer. */
function answerOnce(password: Secret, unanswered: string[]) {
  let answered = false
  const prompt: Prompt = (_name, _instructions, _language, prompts, finish) => {
    const isPassword = !answered && prompts.length === 1 && prompts[0]?.echo !== true
    answered ||= isPassword
    if (!isPassword) unanswered.push(...prompts.map(asked => asked.prompt))
    finish(isPassword ? [password.reveal()] : prompts.map(() => ''))
  }
  return { prompt, hasSent: () => answered }
}
