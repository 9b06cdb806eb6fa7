import type { Client, ParsedKey } from 'ssh2'
import { isSpent } from './agent-keys.ts'

type Act = (protocol: Protocol, methods: readonly string[], isPartial: boolean) => void
type AuthPK = (user: string, key: ParsedKey, ...more: unknown[]) => void

interface Protocol {
  authPK?: AuthPK
  readonly _handlers?: { USERAUTH_FAILURE?: Act }
}

/**
 * Calls `heard` with each answer of the server to an attempt to log in that was not enough, before ssh2 acts on it: of
 * answers to keys of an agent, ssh2 says nothing, and it goes on with the agent's other keys where one was right and
 * something else is wanted. This reaches into ssh2, whose version is pinned, and a test logs in in two steps.
 *
 * @param client one that has begun to connect
 */
export function hearAnswers(
  client: Client,
  heard: (methods: readonly string[], isPartial: boolean) => void,
): void {
  const { _protocol: protocol } = client as unknown as { readonly _protocol?: Protocol }
  const handlers = protocol?._handlers
  const act = handlers?.USERAUTH_FAILURE
  const ask = protocol?.authPK?.bind(protocol)
  if (protocol === undefined || handlers === undefined || act === undefined || ask === undefined) return
  handlers.USERAUTH_FAILURE = (_protocol, methods, isPartial) => {
    heard(methods, isPartial)
    act(protocol, methods, isPartial)
  }
  protocol.authPK = (user, key, ...more) => {
    if (isSpent(key)) act(protocol, [], false)
    else ask(user, key, ...more)
  }
}
