import { didYouMean } from '../../model/did-you-mean.ts'
import { foreignKeyHint, LATER_KEYS } from './foreign-keys.ts'

/** Where in a playbook a key stands: a fixed set of keys, or names of the user's own (`env`, `vars`). */
export interface KeyPlace {
  /** The key of the map, as `put`; `playbook` and `step` for those that have none. */
  readonly name: string
  readonly known: readonly string[]
}

const PUT_KEYS = ['src', 'content', 'dest', 'mode', 'owner', 'group', 'parents']
const STEP_KEYS = [
  ...['run', 'put', 'get', 'id', 'needs', 'once', 'stdin', 'read_only', 'creates', 'removes', 'hosts'],
  ...['cwd', 'env', 'timeout', 'throttle', 'on_failure', 'max_failures'],
]
const OPTION_KEYS = ['cwd', 'env', 'timeout', 'throttle', 'on_failure']
const ROOT_KEYS = ['vars', 'defaults', 'inventory']

/** What is wrong with a key that the schema doesn't know at this place, and what to do. */
export function unknownKey(
  place: KeyPlace,
  key: string,
): { readonly message: string; readonly hint?: string } {
  if (place.name === 'env' || place.name === 'vars') {
    return {
      message: `"${key}" cannot be the name of ${place.name === 'env' ? 'an environment variable' : 'a variable'}`,
      hint: 'a name has letters, digits and _, and does not start with a digit',
    }
  }
  const hint = didYouMeanLayout(place.name, key) ?? foreignKeyHint(key, place.name)
  if (LATER_KEYS.has(key))
    return { message: `"${key}" is not supported yet`, ...(hint === undefined ? {} : { hint }) }
  const nearest =
    hint ?? invisibleSpace(key) ?? didYouMean(key, place.known) ?? `known here: ${place.known.join(', ')}`
  return { message: `unknown key "${key}" in ${placeName(place.name)}`, hint: nearest }
}

function placeName(name: string): string {
  if (name === 'playbook') return 'the playbook'
  return name === 'step' ? 'a step' : `"${name}"`
}

/** A key that exists, but at another level: nearly always the indentation is wrong. */
function didYouMeanLayout(place: string, key: string): string | undefined {
  if (place === 'step' && PUT_KEYS.includes(key))
    return `it belongs inside "put" or "get": indent it below that key`
  if ((place === 'put' || place === 'get') && STEP_KEYS.includes(key))
    return `it belongs to the step: indent it like "${place}"`
  if (place === 'playbook' && OPTION_KEYS.includes(key)) return 'for all steps it belongs under "defaults:"'
  if (place === 'playbook' && STEP_KEYS.includes(key)) return 'it belongs to a step, under "steps:"'
  if (place === 'step' && ROOT_KEYS.includes(key)) return 'it belongs to the playbook, not to a step'
  if (place === 'defaults' && STEP_KEYS.includes(key)) return 'it belongs to a step, not under "defaults:"'
  return undefined
}

/** Pasted from a web page or a document, it looks like indentation and is a character like any other. */
function invisibleSpace(key: string): string | undefined {
  if (!/[\u00a0\u2000-\u200d\u202f\u3000\ufeff]/.test(key)) return undefined
  return 'there is a space in it that YAML does not count as one: type it anew'
}
