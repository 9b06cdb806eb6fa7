import type { Group, Host, Inventory } from '../../model/host.ts'
import { Secret } from '../../model/secret.ts'
import { isSecretName } from '../../model/secret-name.ts'
import { type Value, WrittenNumber } from '../../model/value.ts'

const SHOWN = '***'

/**
 * The inventory in the shape of `ansible-inventory --list`: `_meta.hostvars`, and groups with `hosts` and
 * `children`, cut down to the given hosts. Passwords are `***`. INI values are texts, numbers of YAML stay as written.
 */
export function inventoryJson(inventory: Inventory, hosts: readonly Host[]): string {
  const names = new Set(hosts.map(host => host.name))
  const wanted = new Set(hosts.flatMap(host => host.groups))
  const whole = names.size === inventory.hosts.size
  const hostvars = sorted(hosts.filter(hasVars).map(host => [host.name, varsOf(host)]))
  const groups = [...inventory.groups.values()]
    .filter(group => whole || wanted.has(group.name))
    .map(group => [group.name, groupOf(group, names, whole ? undefined : wanted)] as const)
    .filter(([, group]) => Object.keys(group).length > 0)
  return `${escapeControls(JSON.stringify(sorted([['_meta', { hostvars }], ...groups]), null, 4))}\n`
}

function hasVars(host: Host): boolean {
  return Object.keys(host.vars).length > 0
}

function varsOf(host: Host): object {
  return sorted(Object.entries(host.vars).map(([name, value]) => [name, shown(name, value)]))
}

function groupOf(
  { name, hosts, children }: Group,
  names: ReadonlySet<string>,
  wanted: ReadonlySet<string> | undefined,
): object {
  const own = name === 'all' ? [] : hosts.filter(host => names.has(host))
  const below = wanted === undefined ? children : children.filter(child => wanted.has(child))
  return sorted([
    ...(below.length > 0 ? [['children', below] as const] : []),
    ...(own.length > 0 ? [['hosts', own] as const] : []),
  ])
}

function shown(name: string, value: Value | Secret): unknown {
  if (value instanceof Secret) return SHOWN
  if (typeof value === 'string') return isSecretName(name) ? SHOWN : value
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(item => shown(name, item))
  if (WrittenNumber.is(value)) return isSecretName(name) ? SHOWN : numberOf(value)
  return sorted(Object.entries(value).map(([key, inner]) => [key, shown(key, inner)]))
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Node has it since 21, TypeScript's library for ES2024 does not know it (tc39 JSON.parse source text access). */
const rawJson = (JSON as { rawJSON?: (text: string) => unknown }).rawJSON

/** As it is written where JSON has such a number, otherwise as text (`0644`, a date). */
function numberOf({ text }: WrittenNumber): unknown {
  return JSON_NUMBER.test(text) && rawJson !== undefined ? rawJson(text) : text
}

/** Prototype-free, so that `__proto__` is a name like any other; keys in code point order. */
function sorted(entries: readonly (readonly [string, unknown])[]): object {
  const object: Record<string, unknown> = Object.create(null)
  for (const [name, value] of entries.toSorted(([a], [b]) => (a < b ? -1 : 1))) object[name] = value
  return object
}

/** Everything invisible as `\u…`: it is still the same JSON, and no terminal obeys it. */
function escapeControls(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, char =>
    char === '\n' ? char : Array.from({ length: char.length }, (_, at) => unit(char, at)).join(''),
  )
}

function unit(char: string, at: number): string {
  return `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`
}
