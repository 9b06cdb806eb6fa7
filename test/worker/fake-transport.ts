import type { Failure } from '../../src/model/errors.ts'
import type { Session, Transport } from '../../src/transport/transport.ts'
import type { AskAboutHostKey } from '../../src/worker/child.ts'
import type { HostKeySettings } from '../../src/worker/protocol.ts'

/** A session of the fake transport; its link can be broken. */
export interface FakeSession extends Session {
  readonly number: number
  breakLink(): void
}

/**
 * Hosts in the worker's memory; the address says how they behave: `refused`, `asks` (an unknown host key), `hole`
 * (never answers), `flaps` (every connection breaks with its first command), `throws`; any other one is well.
 */
export function fakeTransport(settings: HostKeySettings, ask: AskAboutHostKey): Transport {
  const connections = new Map<string, number>()
  return {
    connect: async ({ host, connection }, signal) => {
      const number = (connections.get(host) ?? 0) + 1
      connections.set(host, number)
      switch (connection.address) {
        case 'refused':
          return refused('connect_refused')
        case 'throws':
          throw new TypeError('a bug in a transport')
        case 'hole':
          return new Promise(resolve => {
            signal.addEventListener('abort', () => resolve(refused('connect_timeout')))
          })
        case 'asks': {
          const about = { host, address: 'asks', port: 22, keyType: 'ssh-ed25519', fingerprint: 'SHA256:x' }
          const accepted = settings.canAsk && (await ask(about))
          return accepted ? sessionOf(number) : refused('host_key_unknown')
        }
        default:
          return sessionOf(number)
      }
    },
  }
}

function refused(code: Failure['code']): Failure {
  return { code, message: 'the fake host says no' }
}

function sessionOf(number: number): FakeSession {
  const { promise: closed, resolve } = Promise.withResolvers<Failure>()
  const breakLink = () => resolve({ code: 'link_lost', message: 'the fake link broke' })
  return {
    number,
    closed,
    breakLink,
    end: breakLink,
    exec: () => {
      throw new Error('the fake steps run no commands')
    },
  }
}
