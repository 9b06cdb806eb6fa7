import type { RunSettings } from '../../journal/run-record.ts'
import { LIMITS } from '../../model/limits.ts'
import type { PlanOptions } from '../../plan/document.ts'
import { shellWord } from '../demo-text.ts'

/** The command line that a run's options stand for. */
export function callOf(options: PlanOptions, { forks, knownHosts, hostKeyPolicy }: RunSettings): string {
  const { playbook, inventory, limit, vars, tags, skipTags, steps, rev } = options
  const valued = (option: string, values: readonly string[] = []) => values.flatMap(value => [option, value])
  const words = [
    ...['drover', 'apply', playbook],
    ...valued('-i', inventory),
    ...valued('-F', options.sshConfig === undefined ? [] : [options.sshConfig]),
    ...(options.allowMatchExec ? ['--allow-match-exec'] : []),
    ...valued('-l', limit === undefined ? [] : [limit]),
    ...valued('-e', vars),
    ...valued('-t', tags === undefined ? [] : [tags.join(',')]),
    ...valued('--skip-tags', skipTags === undefined ? [] : [skipTags.join(',')]),
    ...valued('--step', steps),
    ...valued('--rev', rev === undefined ? [] : [rev]),
    ...(options.allowOutside ? ['--allow-outside'] : []),
    ...(options.become ? ['-b'] : []),
    ...valued('--become-user', options.becomeUser === undefined ? [] : [options.becomeUser]),
    ...valued('--become-method', options.becomeMethod === undefined ? [] : [options.becomeMethod]),
    ...valued('-f', forks === LIMITS.forks ? [] : [String(forks)]),
    ...valued('--known-hosts', knownHosts === undefined ? [] : [knownHosts]),
    ...valued('--host-key-policy', hostKeyPolicy === undefined ? [] : [hostKeyPolicy]),
  ]
  return words.map(shellWord).join(' ')
}
