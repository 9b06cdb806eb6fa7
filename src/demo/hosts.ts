/** What is wrong with a demo host, for `drover demo --faults`. */
export type HostFault = 'failing' | 'unreachable' | 'changed_key'

export interface DemoHost {
  readonly name: string
  readonly group: 'web' | 'db' | 'monitor'
  readonly fault?: HostFault
}

const HEALTHY: readonly DemoHost[] = [
  { name: 'web1', group: 'web' },
  { name: 'web2', group: 'web' },
  { name: 'web3', group: 'web' },
  { name: 'db1', group: 'db' },
  { name: 'db2', group: 'db' },
  { name: 'monitor1', group: 'monitor' },
]

const FAULTY: readonly DemoHost[] = [
  { name: 'web4', group: 'web', fault: 'failing' },
  { name: 'web5', group: 'web', fault: 'unreachable' },
  { name: 'web6', group: 'web', fault: 'changed_key' },
]

/** The demo's fleet: six hosts, and three more that have something wrong with them. */
export function demoHosts(faults: boolean): readonly DemoHost[] {
  return faults ? [...HEALTHY, ...FAULTY] : HEALTHY
}
