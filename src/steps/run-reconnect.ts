import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import { formatMs } from '../model/quantity.ts'
import type { ExecEnd, Session } from '../transport/transport.ts'
import { type Deadline, execUntil, LONGEST_TIMER, remainingMs } from './deadline.ts'
import { type Ending, failed, unknown } from './result.ts'
import type { StepContext } from './step.ts'
import type { Prelude } from './verdict-filter.ts'

/** A link that broke before the host had its say is made anew after so long. */
const AGAIN_MS = 500

/**
 * Whether the command of a `reconnect` step takes the link down: `sure` when it ended well, or with the link;
 * `maybe` when it was ended by a signal, as a host that goes down does to all its processes.
 */
export function linkGoesDown(end: ExecEnd, prelude: Prelude | undefined): 'sure' | 'maybe' | 'no' {
  const { finding, guard, over } = prelude ?? { over: true }
  if (finding !== undefined || guard?.status !== undefined || (guard !== undefined && !over)) return 'no'
  switch (end.kind) {
    case 'exit':
      if (end.code === 0) return 'sure'
      return BY_SIGNAL.has(end.code) ? 'maybe' : 'no'
    case 'signal':
      return 'maybe'
    case 'lost':
      return 'sure'
    case 'stopped':
    case 'unsent':
      return 'no'
  }
}

/** HUP, KILL, TERM as shells tell them. */
const BY_SIGNAL: ReadonlySet<number> = new Set([129, 137, 143])

/**
 * Waits until the link is gone, ending it where it stays, and then until the host answers over a new one. `boot` is the host's
 * boot before the command. Undefined where the link only may have gone down (`maybe`), and did not. A command that the
 * link took along, and a host that does not come back to be asked: nobody knows how that ended.
 */
export async function awaitReturn(
  end: ExecEnd,
  down: 'sure' | 'maybe',
  boot: string | undefined,
  deadline: Deadline,
  context: StepContext,
): Promise<Ending | undefined> {
  const over = overSignal(deadline, context.signal)
  try {
    const left = await endedWithin(context.session.closed, LIMITS.reconnectQuietMs, over.signal)
    if (!left && down === 'maybe' && !over.signal.aborted) return undefined
    const since = performance.now()
    const back = await hostBack(boot, deadline, context, over.signal)
    if (back.kind === 'back') return { outcome: 'changed', note: `back after ${seconds(since)}${back.boot}` }
    if (context.signal.aborted) return unknown('interrupted', 'told to end before the host was back')
    const away = end.kind === 'lost' ? 'unknown' : 'failed'
    if (!over.signal.aborted) return { outcome: away, failure: back.failure }
    const message = `did not come back within ${formatMs(deadline.timeoutMs)}: ${back.failure.message}`
    return { ...failed('step_timeout', message, 'timeout: on the step gives it longer'), outcome: away }
  } finally {
    over.forget()
  }
}

type Back =
  | { readonly kind: 'back'; readonly boot: string }
  | { readonly kind: 'away'; readonly failure: Failure }

async function hostBack(
  boot: string | undefined,
  deadline: Deadline,
  context: StepContext,
  signal: AbortSignal,
): Promise<Back> {
  let failure: Failure = { code: 'link_lost', message: 'the link did not go down' }
  while (!signal.aborted) {
    const session = await context.relink?.(signal)
    if (session === undefined) break
    if ('code' in session) return { kind: 'away', failure: session }
    const state = await stateOf(session, boot, deadline, context)
    if (state === 'lost') {
      failure = { code: 'link_lost', message: 'the link broke again' }
      await endedWithin(new Promise(() => {}), AGAIN_MS, signal)
    } else if (state.stopping) {
      failure = { code: 'link_lost', message: 'the host is still shutting down' }
      await endedWithin(session.closed, LIMITS.reconnectQuietMs, signal)
    } else {
      if (boot === undefined || state.boot === undefined) return { kind: 'back', boot: '' }
      return { kind: 'back', boot: state.boot === boot ? ', same boot' : ', rebooted' }
    }
  }
  return { kind: 'away', failure }
}

interface HostState {
  readonly boot?: string
  /** It is the same boot, and on its way down: logins may still work for a while. */
  readonly stopping: boolean
}

const BOOT_FILE = '/proc/sys/kernel/random/boot_id'
const BOOT_ID = /^[0-9a-f-]{30,40}$/

/** Shell text that prints `<prefix> <boot id>` where the host tells one. */
export function tellBoot(prefix: string): string {
  return `{ read -r __b <${BOOT_FILE} && echo "${prefix} $__b"; } 2>/dev/null || :; unset -v __b; `
}

async function stateOf(
  session: Session,
  boot: string | undefined,
  deadline: Deadline,
  context: StepContext,
): Promise<HostState | 'lost'> {
  const stopping = `[ -d /run/systemd/system ] && [ "$(systemctl is-system-running 2>/dev/null)" = stopping ]`
  const script = `${tellBoot('boot')}if ${stopping}; then echo stopping; fi`
  let text = ''
  const take = (chunk: Buffer) => {
    if (text.length < 1000) text += chunk.toString('latin1')
  }
  const request = { script, env: [], stdin: { kind: 'empty' as const } }
  const end = await execUntil(deadline, { ...context, session }, request, { onStdout: take, onStderr() {} })
    .done
  if (end.kind === 'lost' || end.kind === 'unsent') return 'lost'
  const lines = text.split('\n')
  const id = lines.find(line => line.startsWith('boot '))?.slice(5)
  const now = id !== undefined && BOOT_ID.test(id) ? { boot: id } : {}
  return { ...now, stopping: id === boot && lines.includes('stopping') }
}

/** Aborts when the step's time is over or it is told to stop. */
function overSignal(deadline: Deadline, signal: AbortSignal) {
  const controller = new AbortController()
  const stop = () => controller.abort()
  const timer = setTimeout(stop, Math.min(Math.max(0, remainingMs(deadline)), LONGEST_TIMER))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  const forget = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
  return { signal: controller.signal, forget }
}

/** Waits for something, but not longer than `ms`, nor than `signal` lets it; true when it came. */
function endedWithin(what: Promise<unknown>, ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const settle = (came: boolean) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      resolve(came)
    }
    const onAbort = () => settle(false)
    const timer = setTimeout(onAbort, ms)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    void what.then(() => settle(true))
  })
}

function seconds(since: number): string {
  return `${Math.round((performance.now() - since) / 1000)} s`
}
