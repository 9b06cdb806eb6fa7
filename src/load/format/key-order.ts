/** What a file begins with says what it is; its steps are its end. */
const ROOT: readonly string[] = [
  ...[
    'name',
    'description',
    'hosts',
    'inventory',
    'params',
    'vars',
    'secrets',
    'defaults',
    'semaphores',
    'max_failures',
  ],
  'steps',
]

/**
 * As one reads a step: what it is called, where and when it happens, what it does, and how. A group's steps come
 * last, since they are long.
 */
const STEP: readonly string[] = [
  ...['id', 'name', 'tags', 'hosts', 'once', 'delegate_to', 'when', 'for_each', 'parallel', 'needs'],
  ...['run', 'put', 'get', 'assert', 'pause', 'use', 'with'],
  ...['shell', 'cwd', 'env', 'stdin', 'creates', 'removes', 'unless', 'only_if'],
  ...[
    'read_only',
    'writes',
    'changed_when',
    'failed_when',
    'idempotent',
    'detach',
    'reconnect',
    'become',
    'become_method',
  ],
  ...['retry', 'timeout', 'throttle', 'semaphores', 'may_overlap', 'rolling', 'max_failures', 'on_failure'],
]

/** What the keys of a map mean: `root` and `step` have an order of their own, all others stay as they are. */
export type MapRole = 'root' | 'step' | 'other'

/** The place of a key among the others of its map; keys that drover does not know come just before `steps`. */
export function rankOf(role: MapRole, key: string): number {
  if (role === 'other') return 0
  const order = role === 'root' ? ROOT : STEP
  const rank = order.indexOf(key)
  if (key === 'steps') return order.length + 1
  return rank === -1 ? order.length : rank
}

/** The role of the maps in the list under a key. */
export function roleUnder(role: MapRole, key: string): MapRole {
  return key === 'steps' && role !== 'other' ? 'step' : 'other'
}
