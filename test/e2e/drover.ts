import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, onTestFinished } from 'vitest'

const BIN = resolve(import.meta.dirname, '../../bin/drover.js')

export interface DroverOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Kept of each stream, in characters; what comes after is read and dropped. */
  readonly keep?: number
  /** Without the `--yes` that an `apply` gets otherwise. */
  readonly unapproved?: true
  /** As the leader of a process group of its own. */
  readonly group?: true
}

/** One line of `--format json`. */
export interface JsonEvent {
  readonly event: string
  readonly host?: string
  readonly step?: string
  readonly outcome?: string
  readonly stream?: string
  readonly text?: string
  readonly note?: string
  readonly stdout?: string
  readonly failure?: { readonly code: string; readonly message: string; readonly hint?: string }
  readonly [field: string]: unknown
}

export interface Finished {
  /** The exit status, or the signal that ended it. */
  readonly status: number | string
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
  /** The most memory that the controller and its workers had together, in MB. */
  readonly peakMb: number
}

/** A drover that runs, as a user would have started it. */
export interface RunningDrover {
  readonly child: ChildProcess
  readonly pid: number
  readonly stdout: () => string
  readonly finished: Promise<Finished>
}

/** As scripts do. */
function approved(args: readonly string[]): readonly string[] {
  const [verb] = args
  return verb === 'apply' && !args.includes('--dry-run') && !args.includes('--yes')
    ? [...args, '--yes']
    : args
}

/** Starts `drover ARGS…`, an `apply` with `--yes`, with an environment of its own: no agent, no colours, no inventory from outside. */
export function startDrover(args: readonly string[], options: DroverOptions): RunningDrover {
  const { cwd, keep = 32 << 20 } = options
  const env = { PATH: process.env.PATH, HOME: cwd, LANG: 'C.UTF-8', ...options.env }
  const since = performance.now()
  const child = spawn(process.execPath, [BIN, ...(options.unapproved ? args : approved(args))], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.group === true,
  })
  const texts = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      if (texts[stream].length < keep) texts[stream] += text
    })
  }
  onTestFinished(() => void child.kill('SIGKILL'))
  const pid = child.pid as number
  const memory = watchMemory(pid)
  const finished = once(child, 'close').then(([code, signal]) => ({
    ...texts,
    status: (code ?? signal) as number | string,
    ms: Math.round(performance.now() - since),
    peakMb: memory.stop(),
  }))
  return { child, pid, stdout: () => texts.stdout, finished }
}

/** Runs `drover ARGS…` to its end. */
export function drover(args: readonly string[], options: DroverOptions): Promise<Finished> {
  return startDrover(args, options).finished
}

/** The events that `--format json` has written. */
export function eventsOf({ stdout }: Pick<Finished, 'stdout'>): readonly JsonEvent[] {
  const lines = stdout.split('\n').filter(line => line !== '')
  return lines.map(line => JSON.parse(line) as JsonEvent)
}

/** Waits until a host has printed something. */
export async function untilPrinted(running: RunningDrover, host: string): Promise<void> {
  const printed = () => {
    const whole = running.stdout().slice(0, running.stdout().lastIndexOf('\n') + 1)
    return eventsOf({ stdout: whole }).some(
      ({ event, host: name }) => event === 'node_output' && name === host,
    )
  }
  await expect.poll(printed, { timeout: 20_000, interval: 20 }).toBe(true)
}

/** How each node ended, as `{ 'h1 step': event }`. */
export function endsOf(finished: Pick<Finished, 'stdout'>): Readonly<Record<string, JsonEvent>> {
  const ends = eventsOf(finished).filter(({ event }) => event === 'node_finished')
  return Object.fromEntries(ends.map(event => [`${event.host} ${event.step}`, event]))
}

/** The same, outcomes only. */
export function outcomesOf(finished: Pick<Finished, 'stdout'>): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(endsOf(finished)).map(([node, end]) => [node, end.outcome]))
}

/** Processes that a process has started, and those that they have. */
export function descendantsOf(root: number): number[] {
  const parents = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter(entry => /^\d+$/.test(entry))) {
    const stat = readProc(`${name}/stat`)
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)])
  }
  const below = (pid: number): number[] => (parents.get(pid) ?? []).flatMap(child => [child, ...below(child)])
  return below(root)
}

/** Each process keeps its own high-water mark (VmHWM), so that only its end must not be missed by much. */
function watchMemory(root: number): { readonly stop: () => number } {
  const peaks = new Map<number, number>()
  const look = () => {
    for (const pid of [root, ...descendantsOf(root)]) {
      const kb = Number(/^VmHWM:\s+(\d+)/m.exec(readProc(`${pid}/status`))?.[1] ?? 0)
      peaks.set(pid, Math.max(peaks.get(pid) ?? 0, kb))
    }
  }
  const timer = setInterval(look, 100)
  return {
    stop() {
      clearInterval(timer)
      return Math.round([...peaks.values()].reduce((sum, kb) => sum + kb, 0) / 1024)
    },
  }
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return ''
  }
}
