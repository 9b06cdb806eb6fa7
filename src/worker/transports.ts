import { createLocalTransport } from '../transport/local.ts'
import type { AskAboutHostKey, Transports } from './child.ts'
import type { HostKeySettings } from './protocol.ts'

/** Every way to a host that a connection can name. */
export function createTransports(_hostKeys: HostKeySettings, _ask: AskAboutHostKey): Transports {
  return {
    ssh: {
      connect: async () => ({ code: 'connect_failed', message: 'there is no SSH transport yet' }),
    },
    local: createLocalTransport(),
  }
}
