import { homeFolder } from '../transport/account.ts'
import { createLocalTransport } from '../transport/local.ts'
import { createSshTransport } from '../transport/ssh/ssh-transport.ts'
import type { AskAboutHostKey, Transports } from './child.ts'
import type { HostKeySettings } from './protocol.ts'

/** Every way to a host that a connection can name. */
export function createTransports(hostKeys: HostKeySettings, ask: AskAboutHostKey): Transports {
  const { policy, isDefault, knownHosts, canAsk } = hostKeys
  const { SSH_AUTH_SOCK: agentSocket } = process.env
  const ssh = createSshTransport({
    policy,
    ...(isDefault === undefined ? {} : { isDefault }),
    home: homeFolder(),
    ...(knownHosts === undefined ? {} : { knownHosts }),
    ...(canAsk ? { ask } : {}),
    ...(agentSocket ? { agentSocket } : {}),
  })
  return { ssh, local: createLocalTransport() }
}
