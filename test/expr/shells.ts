import { spawnSync } from 'node:child_process'

/** The shells that may stand behind /bin/sh somewhere, as far as they are installed here. */
export function installedShells(): readonly (readonly string[])[] {
  const candidates = [
    ['sh'],
    ['dash'],
    ['bash', '--posix'],
    ['bash'],
    ['busybox', 'sh'],
    ['ksh'],
    ['mksh'],
    ['zsh', '--emulate', 'sh'],
    ['zsh', '-f'],
  ]
  return candidates.filter(
    ([program, ...args]) => spawnSync(program ?? '', [...args, '-c', ':']).status === 0,
  )
}

/** Runs a script from a file, as a remote shell would read it, and gives back what it printed. */
export function runScript([program, ...args]: readonly string[], script: string): string {
  const run = spawnSync(program ?? '', [...args, '-s'], {
    input: script,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', HOME: '/nonexistent' },
  })
  if (run.status !== 0) throw new Error(`${program} ended with ${run.status}: ${run.stderr.slice(0, 500)}`)
  return run.stdout
}
