import { setTimeout as sleep } from 'node:timers/promises'
import type { Task } from '../../src/model/action.ts'
import { NO_OUTPUT, type NodeResult, type Outcome } from '../../src/model/outcome.ts'
import type { Apply, StepContext } from '../../src/steps/step.ts'

/** What a fake step does, as the first word of a run's script. */
export const applyFake: Apply<Task> = async (action, context) => {
  const [verb = '', argument = ''] = action.kind === 'run' ? action.script.split(' ') : []
  switch (verb) {
    case 'true':
      return result('changed')
    case 'echo':
      await context.output('stdout', Buffer.from(argument))
      return result('changed')
    case 'split':
      for (const byte of Buffer.from(argument)) await context.output('stdout', Buffer.of(byte))
      return result('changed')
    case 'flood':
      return flood(Number(argument), context)
    case 'hang':
      return untilStopped(context)
    case 'stubborn':
      return new Promise(() => {})
    case 'spin':
      await sleep(20)
      for (;;);
    case 'die':
      process.kill(process.pid, 'SIGKILL')
      return untilStopped(context)
    case 'crash':
      setImmediate(() => {
        throw new Error('a crash on purpose')
      })
      return untilStopped(context)
    case 'throw':
      throw new RangeError('a bug in a step')
    case 'break-link':
      brokenLinkOf(context)
      return result('unknown', 'the link broke')
    case 'unsent-once':
      return sessionNumber(context) === 1 ? result('unreachable', 'the link was gone') : result('changed')
    case 'session':
      return { ...result('ok'), note: String(sessionNumber(context)) }
    case 'host':
      return { ...result('ok'), note: context.host }
    case 'pid':
      return { ...result('ok'), note: String(process.pid) }
    default:
      throw new Error(`no fake step ${verb}`)
  }
}

function result(outcome: Outcome, lost?: string): NodeResult {
  const why = lost === undefined ? {} : { failure: { code: 'link_lost', message: lost } as const }
  return { outcome, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 1, ...why }
}

/** Writes so many MiB as fast as it may. */
async function flood(mebibytes: number, context: StepContext): Promise<NodeResult> {
  const chunk = Buffer.alloc(32 << 10, 'flood\n')
  for (let sent = 0; sent < mebibytes * 32 && !context.signal.aborted; sent += 1) {
    await context.output('stdout', chunk)
  }
  return { ...result('changed'), note: `${Math.round(process.memoryUsage.rss() / (1 << 20))} MiB` }
}

function untilStopped({ signal }: StepContext): Promise<NodeResult> {
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve({ ...result('cancelled'), note: String(signal.reason) }))
  })
}

/** Through the worker's wrapping, only what a Session has is reachable: `end` breaks the fake link. */
function brokenLinkOf({ session }: StepContext): void {
  session.end()
}

/** How many sessions the host has had, counted by this process. */
function sessionNumber({ session, host }: StepContext): number {
  const seen = sessionsSeen.get(host) ?? new Set()
  sessionsSeen.set(host, seen.add(session.closed))
  return seen.size
}

const sessionsSeen = new Map<string, Set<Promise<unknown>>>()
