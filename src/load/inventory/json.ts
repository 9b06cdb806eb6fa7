import type { ErrorCode } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { secretOrValue } from '../../model/secret-name.ts'
import { type Value, WrittenNumber } from '../../model/value.ts'
import { addHosts } from './add-hosts.ts'
import type { GroupDraft, InventoryDraft, Settings } from './draft.ts'
import { isGroupName, NAME_RULE } from './names.ts'

/** Asks for the variables of one host, as JSON; undefined where that failed and was told. */
export type AskHostVars = (host: string) => Promise<string | undefined>

interface JsonMap {
  readonly [key: string]: Value
}

/**
 * Reads what a dynamic inventory prints into the draft: groups with `hosts`, `vars` and `children`, or just a list
 * of hosts, or the variables of a host; and `_meta.hostvars`.
 * @param file whose output it is, for problems
 * @param ask for the variables of each host, where there is no `_meta.hostvars`
 */
export async function readDynamicJson(
  draft: InventoryDraft,
  file: string,
  text: string,
  ask: AskHostVars,
): Promise<void> {
  const reader = new JsonInventory(draft, file)
  const root = reader.parse(text)
  if (root === undefined) return
  for (const [name, data] of Object.entries(root)) if (name !== '_meta') reader.group(name, data)
  const known = isMap(root._meta) ? root._meta.hostvars : undefined
  for (const host of reader.hosts) {
    if (known !== undefined) reader.hostVars(host, isMap(known) ? known[host] : undefined)
    else {
      const answer = await ask(host)
      if (answer === undefined) return
      if (answer.trim() !== '') reader.hostVars(host, reader.parse(answer))
    }
  }
}

function isMap(value: Value | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !WrittenNumber.is(value)
}

class JsonInventory {
  /** Every host that the program named, once. */
  readonly hosts = new Set<string>()
  readonly #draft: InventoryDraft
  readonly #file: string

  constructor(draft: InventoryDraft, file: string) {
    this.#draft = draft
    this.#file = file
  }

  parse(text: string): JsonMap | undefined {
    try {
      const root = plain(JSON.parse(text, keepNumber as (key: string, value: unknown) => unknown), 0)
      if (isMap(root)) return root
      this.#report('inventory_script', 'printed JSON that is not an object')
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error
      const what = error instanceof RangeError ? 'JSON that is nested too deep' : 'something that is not JSON'
      this.#report('inventory_script', `printed ${what}`)
    }
    return undefined
  }

  group(name: string, data: Value): void {
    if (!isGroupName(name))
      return void this.#report('inventory_name', `"${name}" cannot name a group`, NAME_RULE)
    const group = this.#draft.declare(name)
    if (Array.isArray(data)) return void this.#hosts(group, data)
    if (!isMap(data))
      return void this.#report('inventory_script', `the group "${name}" is neither a list nor an object`)
    if (!('hosts' in data || 'vars' in data || 'children' in data)) {
      this.#hosts(group, [name])
      return void this.hostVars(name, data)
    }
    this.#hosts(group, data.hosts ?? [])
    this.#children(group, data.children ?? [])
    if (isMap(data.vars ?? {})) this.#vars(group.settings, data.vars)
    else this.#report('inventory_script', `the vars of group "${name}" are not an object`)
  }

  hostVars(name: string, vars: Value | undefined): void {
    const host = this.#draft.hosts.get(name)
    if (host !== undefined) this.#vars(host.settings, vars)
  }

  #hosts(group: GroupDraft, names: Value): void {
    if (!Array.isArray(names))
      return void this.#report('inventory_script', `the hosts of "${group.name}" are not a list`)
    for (const name of names) {
      if (typeof name !== 'string')
        this.#report('inventory_script', `a host of "${group.name}" is not a text`)
      else {
        addHosts(this.#draft, group, { names: [name] }, this.#where())
        this.hosts.add(name)
      }
    }
  }

  #children(group: GroupDraft, names: Value): void {
    for (const name of Array.isArray(names) ? names : [names]) {
      if (typeof name !== 'string' || !isGroupName(name)) {
        this.#report('inventory_name', `a child of "${group.name}" is not the name of a group`, NAME_RULE)
      } else this.#draft.link(group, this.#draft.declare(name), this.#where())
    }
  }

  #vars(settings: Settings, vars: Value | undefined): void {
    for (const [name, value] of Object.entries(isMap(vars) ? vars : {})) {
      settings.set(name, { value: secretOrValue(name, value), where: this.#where(), dialect: 'ansible' })
    }
  }

  #where() {
    return { file: this.#file, line: 1, col: 1 }
  }

  #report(code: ErrorCode, what: string, hint?: string): void {
    const problem = { code, severity: 'error', message: `${this.#file}: ${what}` } as const
    this.#draft.report(hint === undefined ? problem : { ...problem, hint })
  }
}

/** A reviver that keeps numbers as they are written (https://tc39.es/proposal-json-parse-with-source/). */
function keepNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value
  return new WrittenNumber(context?.source ?? String(value))
}

/** The same without prototypes, so that `__proto__` is a name like any other, and not too deep. */
function plain(value: unknown, depth: number): Value {
  if (depth > LIMITS.yamlDepth) throw new RangeError('too deep')
  if (Array.isArray(value)) return value.map(item => plain(item, depth + 1))
  if (typeof value !== 'object' || value === null || WrittenNumber.is(value)) return value as Value
  const map: Record<string, Value> = Object.create(null)
  for (const [name, inner] of Object.entries(value)) map[name] = plain(inner, depth + 1)
  return map
}
