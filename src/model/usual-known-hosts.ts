import { join } from 'node:path'

/** Files to check host keys against, as absolute paths. Accepted keys go to the first of the user's. */
export interface KnownHostsFiles {
  readonly user: readonly string[]
  readonly global: readonly string[]
}

/**
 * The defaults of UserKnownHostsFile and GlobalKnownHostsFile (ssh_config(5)).
 * @param home the folder that has `.ssh`
 */
export function usualKnownHosts(home: string): KnownHostsFiles {
  return {
    user: [join(home, '.ssh/known_hosts'), join(home, '.ssh/known_hosts2')],
    global: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
  }
}
