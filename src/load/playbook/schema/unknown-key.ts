import { didYouMean } from '../../../model/did-you-mean.ts'
import { foreignKeyHint, LATER_KEYS, localKeyHint } from './foreign-keys.ts'

/** Where in a playbook a key stands: a fixed set of keys, or names of the user's own (`env`, `vars`). */
export interface KeyPlace {
  /** The key of the map, as `put`; `playbook`, `step` and `param` for those that have none. */
  readonly name: string
  readonly known: readonly string[]
}

const TRANSFER_KEYS = ['src', 'content', 'dest', 'mode', 'owner', 'group', 'parents']
const OPTION_KEYS = [
  ...['cwd', 'env', 'timeout', 'throttle', 'on_failure', 'become', 'become_method', 'tags'],
]
const RUN_KEYS = [
  ...[
    'stdin',
    'shell',
    'creates',
    'removes',
    'unless',
    'only_if',
    'changed_when',
    'failed_when',
    'read_only',
  ],
  ...['writes', 'idempotent', 'detach', 'reconnect'],
]
const STEP_KEYS = [
  ...['run', 'put', 'get', 'assert', 'pause', 'use', 'with', 'id', 'hosts', 'needs', 'when', 'for_each'],
  ...[
    'parallel',
    'retry',
    'once',
    'may_overlap',
    'delegate_to',
    'max_failures',
    'rolling',
    ...OPTION_KEYS,
    ...RUN_KEYS,
  ],
]
const ROOT_KEYS = ['vars', 'secrets', 'params', 'defaults', 'inventory', 'description']

/** Maps inside a step, and what people write outside of them. */
const INSIDE: ReadonlyMap<string, readonly string[]> = new Map([
  ['retry', ['attempts', 'delay', 'backoff', 'until']],
  ['rolling', ['batch']],
  ['needs', ['on']],
])

/** What the keys of maps with names of the user's own are. */
const NAMED: ReadonlyMap<string, readonly [noun: string, rule: string]> = new Map([
  ['env', ['an environment variable', 'a name has letters, digits and _, and does not start with a digit']],
  ['vars', ['a variable', 'a name has letters, digits and _, and does not start with a digit']],
  ['secrets', ['a secret', 'a name has letters, digits and _, and does not start with a digit']],
  ['params', ['a param', 'a name has letters, digits and _, and does not start with a digit']],
  ['semaphores', ['a semaphore', 'a name has letters, digits, "_", "-" and "."']],
])

/** What is wrong with a key that the schema doesn't know at this place, and what to do. */
export function unknownKey(
  place: KeyPlace,
  key: string,
): { readonly message: string; readonly hint?: string } {
  const named = NAMED.get(place.name)
  if (named !== undefined) return { message: `"${key}" cannot be the name of ${named[0]}`, hint: named[1] }
  const hint = elsewhereHint(place.name, key)
  if (LATER_KEYS.has(key))
    return { message: `"${key}" is not supported yet`, ...(hint === undefined ? {} : { hint }) }
  const nearest = hint ?? invisibleSpace(key) ?? didYouMean(key, place.known) ?? knownKeys(place)
  return { message: `unknown key "${key}" in ${placeName(place.name)}`, hint: nearest }
}

/** What a key is called here that means something at another place, or to another tool. */
export function elsewhereHint(place: string, key: string): string | undefined {
  const local = localKeyHint(key, place) ?? didYouMeanLayout(place, key)
  return local ?? (place === 'param' || place === 'get' ? undefined : foreignKeyHint(key))
}

const MOST_LISTED = 24

function knownKeys({ name, known }: KeyPlace): string {
  if (known.length <= MOST_LISTED) return `known here: ${known.join(', ')}`
  return `docs/language.md tells all keys of ${placeName(name)}`
}

function placeName(name: string): string {
  if (name === 'playbook') return 'the playbook'
  return name === 'step' || name === 'param' ? `a ${name}` : `"${name}"`
}

/** A key that exists, but at another level: nearly always the indentation is wrong. */
function didYouMeanLayout(place: string, key: string): string | undefined {
  switch (place) {
    case 'step':
      if (TRANSFER_KEYS.includes(key)) return 'it belongs inside "put" or "get": indent it below that key'
      if (key === 'vars' || key === 'params')
        return 'it belongs to the playbook; what a used file takes stands under "with:"'
      return ROOT_KEYS.includes(key) ? 'it belongs to the playbook, not to a step' : insideHint(key)
    case 'playbook':
      if (OPTION_KEYS.includes(key)) return 'for all steps it belongs under "defaults:"'
      return STEP_KEYS.includes(key) ? 'it belongs to a step, under "steps:"' : undefined
    case 'defaults':
      if (key === 'hosts') return 'it belongs to the playbook: indent it like "defaults"'
      return STEP_KEYS.includes(key) ? 'it belongs to a step, not under "defaults:"' : undefined
    case 'param':
      return undefined
    default:
      return STEP_KEYS.includes(key) ? `it belongs to the step: indent it like "${place}"` : undefined
  }
}

function insideHint(key: string): string | undefined {
  const [name] = [...INSIDE].find(([, keys]) => keys.includes(key)) ?? []
  return name === undefined ? undefined : `it belongs inside "${name}": indent it below that key`
}

/** Pasted from a web page or a document, it looks like indentation and is a character like any other. */
function invisibleSpace(key: string): string | undefined {
  if (!/[\u00a0\u2000-\u200d\u202f\u3000\ufeff]/.test(key)) return undefined
  return 'there is a space in it that YAML does not count as one: type it anew'
}
