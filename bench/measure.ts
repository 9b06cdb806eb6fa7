import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** What running a command cost. */
export interface Cost {
  /** Seconds from its start to its end. */
  readonly wall: number
  /** Seconds of processor time, user and system, of all its processes. */
  readonly cpu: number
  /** The most memory that all its processes held together, in bytes (resident sizes added up). */
  readonly memory: number
}

const SAMPLE_MS = 100
/** The shell waits for the command and then tells the processor time of all that it waited for, in two lines. */
const TIMED = '"$@" >/dev/null; status=$?; times; exit $status'

/**
 * Runs a command to its end with its output thrown away.
 * @throws with what it said on standard error, when it fails
 */
export async function measure(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Cost> {
  const started = performance.now()
  const child = spawn('/bin/sh', ['-c', TIMED, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] = (output[stream] + text).slice(-4000)
    })
  }
  let memory = 0
  const timer = setInterval(() => {
    memory = Math.max(memory, residentBytes(child.pid ?? 0))
  }, SAMPLE_MS)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(timer)
  const wall = (performance.now() - started) / 1000
  if (code !== 0) throw new Error(`${command.slice(0, 3).join(' ')} … ended with ${code}\n${output.stderr}`)
  return { wall, cpu: childrenSeconds(output.stdout), memory }
}

/** The last line of POSIX `times`: user and system time of the shell's children, as `1m2.340s 0m0.560s`. */
function childrenSeconds(times: string): number {
  const last = times.trimEnd().split('\n').at(-1) ?? ''
  return [...last.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0)
}

/** Resident bytes of all descendants of a process, from Linux's /proc. */
function residentBytes(pid: number): number {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
  return children.reduce((sum, child) => {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${child}/status`))?.[1] ?? '0'
    return sum + Number(kilobytes) * 1024 + residentBytes(child)
  }, 0)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Runs commands in turns, so that what the machine does meanwhile hits all alike; the medians of each. */
export async function measureInTurns(
  commands: ReadonlyMap<string, readonly string[]>,
  rounds: number,
): Promise<ReadonlyMap<string, Cost>> {
  const costs = new Map<string, Cost[]>([...commands.keys()].map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of commands) costs.get(name)?.push(await measure(command))
  }
  return new Map([...costs].map(([name, list]) => [name, medians(list)]))
}

export function medians(costs: readonly Cost[]): Cost {
  const of = (key: keyof Cost) => median(costs.map(cost => cost[key]))
  return { wall: of('wall'), cpu: of('cpu'), memory: of('memory') }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
