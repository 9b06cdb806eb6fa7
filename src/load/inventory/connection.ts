import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Connection, Host, HostBecome } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import type { BecomeMethod } from '../../model/playbook.ts'
import type { Problem, Where } from '../../model/problem.ts'
import { Secret } from '../../model/secret.ts'
import { countsEverywhere, hasAnsibleNames, NAMES, type Part } from './connection-names.ts'
import type { Setting, Settings } from './draft.ts'
import { isHostName, isUserName, portNumber } from './names.ts'

/** What connections take from their surroundings. */
export interface Surroundings {
  readonly home: string
  /** The local user's name. */
  readonly user: string
  /** The folder that names of inventory files are relative to. */
  readonly cwd: string
}

export interface HostConnection extends Pick<Host, 'connection' | 'unusable'> {
  readonly errors: readonly Problem[]
}

const SSH: ReadonlySet<string> = new Set(['ssh', 'smart', 'paramiko', 'paramiko_ssh'])

/**
 * How to reach a host, from its merged variables. What cannot be right is an error at the place where it was set;
 * what only Ansible could use makes the host unusable.
 */
export function connectionOf(name: string, settings: Settings, around: Surroundings): HostConnection {
  return new ConnectionReader(settings, around).read(name)
}

class ConnectionReader {
  readonly #settings: Settings
  readonly #around: Surroundings
  readonly #ansible: boolean
  readonly #errors: Problem[] = []
  #unusable: Problem | undefined

  constructor(settings: Settings, around: Surroundings) {
    this.#settings = settings
    this.#around = around
    this.#ansible = hasAnsibleNames(settings)
  }

  read(name: string): HostConnection {
    const given = this.#part('address', readAddress) ?? readAddress(name)
    const transport = this.#part('plugin', readPlugin) ?? 'ssh'
    const password = this.#part('password', readSecret)
    const passphrase = this.#part('passphrase', readSecret)
    const key = this.#part('key', (text, where) => keyPath(text, where, this.#around))
    const connection: Connection = {
      transport,
      address: given?.address ?? name,
      port: this.#part('port', portNumber) ?? 22,
      user: this.#part('user', readUser) ?? given?.user ?? this.#around.user,
      keys: key === undefined ? [] : [key],
      ...(password === undefined ? {} : { password }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...this.#become(),
      ...this.#patience(),
    }
    const unusable = this.#unusable
    return { connection, errors: this.#errors, ...(unusable === undefined ? {} : { unusable }) }
  }

  #patience(): Pick<Connection, 'connectRetries' | 'connectTimeoutMs'> {
    const connectRetries = this.#part('connectRetries', readRetries)
    const connectTimeoutMs = this.#part('connectTimeout', readSeconds)
    return {
      ...(connectRetries === undefined ? {} : { connectRetries }),
      ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    }
  }

  #become(): { readonly become?: HostBecome } {
    const always = this.#part('become', readBoolean)
    const user = this.#part('becomeUser', readUser)
    const method = this.#part('becomeMethod', readMethod)
    const password = this.#part('becomePassword', readSecret)
    if ([always, user, method, password].every(part => part === undefined)) return {}
    const become: HostBecome = {
      always: always ?? false,
      ...(user === undefined ? {} : { user }),
      ...(method === undefined ? {} : { method }),
      ...(password === undefined ? {} : { password }),
    }
    return { become }
  }

  /** What the strongest setting of a part says; undefined where none is set or it is no good. */
  #part<T>(part: Part, read: (text: string, where: Where) => T | undefined): T | undefined {
    const [name, setting] = this.#strongest(part)
    if (setting === undefined) return undefined
    const text = textOf(setting)
    if (text === '') return undefined
    if (text?.includes('{{') || text?.includes('{%')) {
      return this.#cannotUse(
        setting,
        `${name} is an expression that only Ansible evaluates`,
        'write the value itself',
      )
    }
    const value = text === undefined ? undefined : read(text, setting.where)
    if (value !== undefined) return value
    if (part === 'plugin' || part === 'becomeMethod') {
      const { what, hint } = PLUGINS[part]
      return this.#cannotUse(setting, `the ${what} "${text}" is not one that drover has`, hint)
    }
    const { what, hint } = RULES[part]
    const shown = text === undefined || setting.value instanceof Secret ? '' : ` "${text}"`
    this.#errors.push(problem(`${name}${shown} is not ${what}`, setting.where, slipIn(text) ?? hint))
    return undefined
  }

  #strongest(part: Part): readonly [string, Setting | undefined] {
    for (const name of NAMES[part]) {
      const setting = this.#settings.get(name)
      if (setting !== undefined && (countsEverywhere(part, name) || this.#isConnection(setting)))
        return [name, setting]
    }
    return [part, undefined]
  }

  #isConnection({ dialect }: Setting): boolean {
    return dialect === 'drover' || (dialect === 'open' && !this.#ansible)
  }

  #cannotUse(setting: Setting, message: string, hint: string): undefined {
    this.#unusable ??= problem(message, setting.where, hint)
  }
}

/** A scalar's text; `null` counts as not set, and what has no text is undefined. */
function textOf({ value }: Setting): string | undefined {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (value instanceof Secret) return value.reveal()
  return 'kind' in value && value.kind === 'number' && typeof value.text === 'string' ? value.text : undefined
}

/** What is often written where a value goes raw to the end of its line. */
function slipIn(text = ''): string | undefined {
  if (/\s[#;]/.test(text)) return 'here a comment is part of the value: give it a line of its own'
  if (/^(["']).*\1$/.test(text)) return 'the quotes are part of the value: leave them out'
  return /<.*>/.test(text) ? 'put the real value in place of the <placeholder>' : undefined
}

/** What only Ansible may have. */
const PLUGINS = {
  plugin: {
    what: 'connection',
    hint: 'drover connects with ssh, or runs on this machine with ansible_connection=local',
  },
  becomeMethod: { what: 'become method', hint: 'drover becomes another user with sudo, doas or su' },
} as const satisfies Partial<Record<Part, { readonly what: string; readonly hint: string }>>

const RULES: Readonly<
  Record<Exclude<Part, keyof typeof PLUGINS>, { readonly what: string; readonly hint: string }>
> = {
  address: {
    what: 'a host name or an IP address',
    hint: 'one address; the port and the user are variables of their own',
  },
  port: { what: 'a port', hint: 'a port is a number from 1 to 65535' },
  user: {
    what: 'a user name',
    hint: 'letters, digits and . _ + - only',
  },
  password: { what: 'a text', hint: 'quote it' },
  key: { what: 'the name of a file', hint: 'give the path of a private key' },
  passphrase: { what: 'a text', hint: 'quote it' },
  connectRetries: {
    what: 'a number of attempts',
    hint: `a whole number from 0 to ${LIMITS.connectRetries}`,
  },
  connectTimeout: {
    what: 'a time',
    hint: `seconds, more than 0 and at most ${LIMITS.connectTimeoutMs / 1000}`,
  },
  become: { what: 'true or false', hint: 'write true or false; whom to become is become_user' },
  becomeUser: { what: 'a user name', hint: 'letters, digits and . _ + - only' },
  becomePassword: { what: 'a text', hint: 'quote it' },
}

function readAddress(text: string): { readonly address: string; readonly user?: string } | undefined {
  const [, user, bare = text] = /^([^@]+)@(.*)$/.exec(text) ?? []
  const address = /^\[.*\]$/.test(bare) ? bare.slice(1, -1) : bare
  if (!isHostName(address) || (user !== undefined && !isUserName(user))) return undefined
  return user === undefined ? { address } : { address, user }
}

function readUser(text: string): string | undefined {
  return isUserName(text) ? text : undefined
}

/** As Ansible reads booleans in an INI file. */
function readBoolean(text: string): boolean | undefined {
  if (/^(?:true|yes|on|y|t|1)$/i.test(text)) return true
  return /^(?:false|no|off|n|f|0)$/i.test(text) ? false : undefined
}

function readRetries(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) && Number(text) <= LIMITS.connectRetries ? Number(text) : undefined
}

/** As milliseconds. */
function readSeconds(text: string): number | undefined {
  const ms = /^\d{1,9}(?:\.\d{1,3})?$/.test(text) ? Number(text) * 1000 : 0
  return ms > 0 && ms <= LIMITS.connectTimeoutMs ? ms : undefined
}

function readMethod(text: string): BecomeMethod | undefined {
  const name = text.replace(/^(?:ansible\.builtin|community\.general)\./, '')
  return name === 'sudo' || name === 'doas' || name === 'su' ? name : undefined
}

function readSecret(text: string): Secret {
  return new Secret(text)
}

function readPlugin(text: string): Connection['transport'] | undefined {
  const name = text.replace(/^ansible\.(?:builtin|legacy)\./, '')
  if (name === 'local') return 'local'
  return SSH.has(name) ? 'ssh' : undefined
}

/**
 * The absolute path of a key file. A relative one is looked for beside the inventory that names it, then in the
 * working folder, where Ansible looks.
 */
function keyPath(text: string, where: Where, { home, cwd }: Surroundings): string | undefined {
  if (text.includes('\0')) return undefined
  if (text === '~' || text.startsWith('~/')) return join(home, text.slice(1))
  if (isAbsolute(text)) return text
  const folder = dirname(resolve(cwd, where.file))
  const inVars = folder.search(/\/(?:group|host)_vars(?:\/|$)/)
  const beside = resolve(inVars < 0 ? folder : folder.slice(0, inVars), text)
  return existsSync(beside) ? beside : resolve(cwd, text)
}

function problem(message: string, where: Where, hint: string): Problem {
  return { code: 'inventory_value', severity: 'error', message, where, hint }
}
