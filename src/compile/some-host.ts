import type { Host } from '../model/host.ts'

/** Stands for whatever hosts a playbook will have. */
export const SOME_HOST: Host = {
  name: 'some-host',
  vars: {},
  groups: ['all'],
  connection: { transport: 'local', address: 'localhost', port: 22, user: 'nobody', keys: [] },
}
