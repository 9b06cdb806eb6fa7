import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../test/sshd/programs.ts'
import { type Rig, sshOptions } from './rig.ts'
import type { Size } from './size.ts'

/** The commands of other tools, where they are installed, that do the same: `true`, so many times, on every host. */
export function peerCommands(rig: Rig, steps: number, size: Size): ReadonlyMap<string, readonly string[]> {
  const commands = new Map<string, readonly string[]>()
  // These two know one command a call, not several steps.
  if (steps === 1 && findProgram('clush')) commands.set('clush', clush(rig))
  if (steps === 1 && findProgram('parallel-ssh')) commands.set('parallel-ssh', parallelSsh(rig))
  if (size.slowPeers && findProgram('ansible-playbook')) commands.set('ansible', ansible(rig, steps))
  return commands
}

function clush(rig: Rig): readonly string[] {
  const options = [...sshOptions(rig), '-p', String(rig.server.port)].join(' ')
  return [
    'clush',
    '-q',
    '-f',
    '64',
    '-l',
    rig.server.user,
    '-o',
    options,
    '-w',
    rig.addresses.join(','),
    'true',
  ]
}

function parallelSsh(rig: Rig): readonly string[] {
  const { port, user } = rig.server
  const hosts = join(rig.folder, 'pssh-hosts')
  writeFileSync(hosts, rig.addresses.map(address => `${address}:${port} ${user}\n`).join(''))
  return ['parallel-ssh', '-h', hosts, '-p', '64', '-t', '0', '-x', sshOptions(rig).join(' '), 'true']
}

/** The raw module, which needs no Python on the hosts, is Ansible's fastest way. */
function ansible(rig: Rig, steps: number): readonly string[] {
  const playbook = join(rig.folder, `ansible-${steps}.yml`)
  const task = '    - ansible.builtin.raw: "true"\n      changed_when: false\n'
  writeFileSync(playbook, `- hosts: all\n  gather_facts: false\n  tasks:\n${task.repeat(steps)}`)
  const args = `ansible_ssh_common_args='${sshOptions(rig).slice(4).join(' ')}'`
  return ['ansible-playbook', '-i', rig.inventory, '-f', '64', '-e', args, playbook]
}
