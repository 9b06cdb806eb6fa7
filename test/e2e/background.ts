import { onTestFinished } from 'vitest'
import { runFolder } from '../../src/journal/folder.ts'
import { ownerOf } from '../../src/journal/owner.ts'
import { drover } from './drover.ts'
import { linesOf, writeLocalHosts } from './local-hosts.ts'
import { workFolder, writePlaybook } from './work-folder.ts'

/** A folder with a playbook and hosts that are this machine itself, and the verbs on it. */
export function localProject(steps: string, hosts: readonly string[] = ['h1', 'h2'], folder = workFolder()) {
  const inventory = writeLocalHosts(folder, hosts)
  const play = writePlaybook(folder, steps)
  const run = (...args: readonly string[]) => drover(args, { cwd: folder })
  return {
    ...{ cwd: folder, play, inventory, run },
    apply: (...args: readonly string[]) => run('apply', play, ...inventory, ...args),
    /** Starts it in the background; gives the run's id and its process, which does not outlive the test. */
    detach: async (...args: readonly string[]) => {
      const started = await run('apply', play, ...inventory, '--detach', ...args)
      const id = started.stdout.trim()
      if (started.status !== 0) throw new Error(started.stdout + started.stderr)
      const { pid = 0 } = ownerOf(runFolder(folder, id)) ?? {}
      onTestFinished(() => endRun(folder, id))
      return { id, pid, stderr: started.stderr }
    },
    marks: () => linesOf(folder, 'marks').toSorted(),
  }
}

/** Kills the process that executes a run, if it is still there. */
export function endRun(cwd: string, id: string): void {
  const owner = ownerOf(runFolder(cwd, id))
  if (owner?.state === 'alive') process.kill(owner.pid, 'SIGKILL')
}

/** A step that writes its host to `marks`, and goes on when there is a file `go`, or after a while. */
export const WAITING = `  - id: wait
    run: 'echo "$h" >> marks; n=0; until [ -e go ] || [ $n = 600 ]; do sleep 0.1; n=$((n + 1)); done; echo gone on'
    env: { h: "\${{ host.name }}" }
`
