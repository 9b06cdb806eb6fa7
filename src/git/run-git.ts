import { spawn } from 'node:child_process'
import { LIMITS } from '../model/limits.ts'

export interface GitOptions {
  /** Absolute; git looks for the repository from here. */
  readonly folder: string
  /** Milliseconds; LIMITS.gitMs where absent. */
  readonly ms?: number
  /** Added to the environment: the index or work tree to use in place of the repository's own. */
  readonly env?: Readonly<Record<string, string>>
  /** `-c name=value` for this call. */
  readonly config?: readonly string[]
}

/** `cut`: it was ended because it wrote too much; `stdout` holds the beginning. */
export type GitAnswer =
  | { readonly kind: 'ended'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'cut'; readonly stdout: string }
  | { readonly kind: 'missing' | 'late' }

const KEPT_STDERR = 4_000

/**
 * No program that a repository's own configuration names is started, no lock is taken, nothing is asked and nothing
 * loaded from the network (git-config(1): core.fsmonitor, core.hooksPath).
 */
const SAFE = [
  ...['--no-pager', '--no-optional-locks'],
  ...['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'],
]

/** Runs git without a shell, in a process group of its own that is ended when it takes too long or writes too much. */
export function runGit(args: readonly string[], options: GitOptions): Promise<GitAnswer> {
  const { folder, ms = LIMITS.gitMs, config = [] } = options
  const settings = config.flatMap(setting => ['-c', setting])
  return new Promise(resolve => {
    const child = spawn('git', [...SAFE, ...settings, '-C', folder, ...args], {
      ...{ cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], detached: true },
      env: { ...environment(), ...options.env },
    })
    const chunks: Buffer[] = []
    let bytes = 0
    let stderr = ''
    let isOver = false
    const kill = () => killGroup(child.pid)
    const end = (answer: GitAnswer) => {
      if (isOver) return
      isOver = true
      clearTimeout(timer)
      process.off('exit', kill)
      kill()
      child.stdout.destroy()
      child.stderr.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => end({ kind: 'late' }), ms)
    // First, so that nothing is written any more when others clear up.
    process.prependListener('exit', kill)
    const stdout = () => Buffer.concat(chunks).toString('utf8')
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > LIMITS.gitBytes) end({ kind: 'cut', stdout: stdout() })
    })
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < KEPT_STDERR) stderr += chunk.toString('utf8')
    })
    child.on('error', () => end({ kind: 'missing' }))
    child.on('close', code => end({ kind: 'ended', code: code ?? -1, stdout: stdout(), stderr }))
  })
}

/** A hook's or an alias's GIT_DIR and GIT_INDEX_FILE are about another repository than the one asked for. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('GIT_') || KEPT_VARIABLES.test(name),
  )
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
  }
}

/** Where the user's own settings are, and how far up git looks for a repository. */
const KEPT_VARIABLES =
  /^GIT_(?:CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|EXEC_PATH|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)$/

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone, and so is all that it started.
  }
}
