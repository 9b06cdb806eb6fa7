import type { Client } from 'ssh2'
import { LIMITS } from '../../model/limits.ts'

/**
 * Asks the other side for an answer: to end a forwarding that does not exist. Servers refuse that (RFC 4254, 4), but
 * they must answer, and it needs no channel.
 */
export function ask(client: Pick<Client, 'unforwardIn'>, heard: () => void): void {
  try {
    client.unforwardIn('127.0.0.1', 1, heard)
  } catch {
    // There is no connection any more: what runs over it hears that by itself.
    heard()
  }
}

/** Whether the other side still answers. */
export function answers(client: Client): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), LIMITS.signOfLifeMs)
    ask(client, () => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
