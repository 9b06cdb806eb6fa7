import type { Action, PutAction, RunAction, SecretSlot, Task } from '../model/action.ts'
import type { Secret } from '../model/secret.ts'

export type SecretValues = ReadonlyMap<string, Secret>

/** What is sent to a host: a task with the values of its secrets. Nothing of it is to be kept, or shown. */
export function revealed(task: Task, values: SecretValues): Task {
  if (task.kind !== 'probe') return revealedAction(task, values)
  if (task.items.every(item => item.kind === 'get' || item.secrets === undefined)) return task
  return { ...task, items: task.items.map(item => revealedAction(item, values)) }
}

function revealedAction(action: Action, values: SecretValues): Action {
  if (action.kind === 'get' || action.secrets === undefined) return action
  return action.kind === 'run'
    ? revealedRun(action, action.secrets, values)
    : revealedPut(action, action.secrets, values)
}

function revealedRun(action: RunAction, slots: readonly SecretSlot[], values: SecretValues): RunAction {
  const { stdin } = action
  const env = action.env.map(([name, text]) => {
    const own = slots.filter(slot => slot.in === 'env' && slot.variable === name)
    return [name, filled(text, own, values)] as const
  })
  const input = slots.filter(slot => slot.in === 'stdin')
  return { ...action, env, ...(stdin === undefined ? {} : { stdin: filled(stdin, input, values) }) }
}

function revealedPut(action: PutAction, slots: readonly SecretSlot[], values: SecretValues): PutAction {
  const { source } = action
  return { ...action, source: { ...source, text: filled(source.text, slots, values) } }
}

function filled(text: string, slots: readonly SecretSlot[], values: SecretValues): string {
  let made = ''
  let done = 0
  for (const { secret, start, end } of slots) {
    const value = values.get(secret)
    if (value === undefined) throw new Error(`nobody asked for the secret ${secret}`)
    made += text.slice(done, start) + value.reveal()
    done = end
  }
  return made + text.slice(done)
}
