import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** System calls that start programs, open files, or change something in the file system. */
const CALLS = [
  ...['execve', 'execveat', 'open', 'openat', 'openat2', 'creat', 'truncate', 'ftruncate', 'fallocate'],
  ...[
    'unlink',
    'unlinkat',
    'rmdir',
    'rename',
    'renameat',
    'renameat2',
    'mkdir',
    'mkdirat',
    'mknod',
    'mknodat',
  ],
  ...['link', 'linkat', 'symlink', 'symlinkat', 'chmod', 'fchmod', 'fchmodat', 'fchmodat2'],
  ...['chown', 'lchown', 'fchown', 'fchownat', 'utime', 'utimes', 'futimesat', 'utimensat'],
  ...['setxattr', 'lsetxattr', 'fsetxattr', 'removexattr', 'lremovexattr', 'fremovexattr'],
  ...['mount', 'umount2', 'pivot_root', 'swapon', 'sethostname', 'settimeofday', 'clock_settime', 'reboot'],
]

export interface Command {
  readonly program: string
  readonly args: readonly string[]
}

/**
 * The same command, with strace(1) to log these calls of it and of everything that it starts, one file in `folder` for
 * each process.
 */
export function traced(folder: string, { program, args }: Command): Command {
  // An architecture lacks some of them, hence the question marks. With -D the started process is the program itself.
  const calls = CALLS.map(call => `?${call}`).join(',')
  const options = ['-D', '-ff', '-y', '-qq', '-s', '65536', '-e', `trace=${calls}`, '-e', 'signal=none']
  return { program: 'strace', args: [...options, '-o', join(folder, 'process'), program, ...args] }
}

/** One process, as strace saw it. */
export interface TracedProcess {
  readonly pid: number
  /** The programs that it became, one after the other. */
  readonly programs: readonly TracedProgram[]
  /** Calls that changed something, or opened a file so that they could. */
  readonly changes: readonly TracedChange[]
}

export interface TracedProgram {
  readonly path: string
  readonly argv: readonly string[]
}

export interface TracedChange {
  /** As strace writes it, with its result. */
  readonly call: string
  /** The path that was opened, absolute; absent for other calls. */
  readonly opened?: string
  /** The path of the program that did it; absent where the process still was what its parent is. */
  readonly by?: string
}

/** Numbers of the processes that were seen so far. */
export function tracedPids(folder: string): ReadonlySet<number> {
  return new Set(readdirSync(folder).map(pidOf))
}

/** What these processes did, all but those of before. */
export function readTrace(folder: string, before: ReadonlySet<number> = new Set()): readonly TracedProcess[] {
  return readdirSync(folder)
    .filter(name => !before.has(pidOf(name)))
    .map(name => readProcess(pidOf(name), readFileSync(join(folder, name), 'utf8')))
}

const pidOf = (name: string) => Number(name.slice(name.lastIndexOf('.') + 1))

function readProcess(pid: number, text: string): TracedProcess {
  const programs: TracedProgram[] = []
  const changes: TracedChange[] = []
  for (const call of text.split('\n')) {
    // A call that failed did nothing; one without a result was cut short by the end of its process.
    const [, name = ''] = /^(\w+)\(.* = (?!-1 E)/.exec(call) ?? []
    const by = programs.at(-1)?.path
    if (name.startsWith('execve')) programs.push(programOf(call))
    else if (name.startsWith('open') && !/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(call)) continue
    else if (name !== '') {
      const opened = /^(?:open|creat).* = \d+<(.*)>$/.exec(call)?.[1]
      changes.push({ call, ...(opened && { opened }), ...(by && { by }) })
    }
  }
  return { pid, programs, changes }
}

/** `execve("/bin/sh", ["sh", "-c", "…"], 0x… /* 12 vars *\/) = 0` */
function programOf(call: string): TracedProgram {
  const [path = '', ...argv] = [...call.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word)
  return { path, argv }
}
