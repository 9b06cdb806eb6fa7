import type { Connection, Host, HostBecome } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Problem, Where } from '../../model/problem.ts'
import { Secret } from '../../model/secret.ts'
import type { SshConfig } from '../ssh-config.ts'
import { countsEverywhere, hasAnsibleNames, NAMES, type Part } from './connection-names.ts'
import {
  keyPath,
  readAddress,
  readBoolean,
  readMethod,
  readPlugin,
  readRetries,
  readSeconds,
  readSecret,
  readUser,
} from './connection-values.ts'
import type { Setting, Settings } from './draft.ts'
import { portNumber } from './names.ts'
import { waysInArgs } from './ssh-args.ts'

/** What connections take from their surroundings. */
export interface Surroundings {
  readonly home: string
  /** The local user's name. */
  readonly user: string
  /** The folder that names of inventory files are relative to. */
  readonly cwd: string
  /** What it says counts where the inventory says nothing; absent: there is none. */
  readonly sshConfig?: SshConfig | undefined
}

export interface HostConnection extends Pick<Host, 'connection' | 'unusable'> {
  readonly errors: readonly Problem[]
  readonly warnings: readonly Problem[]
}

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
  #warnings: readonly Problem[] = []

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
    const address = given?.address ?? name
    const port = this.#part('port', portNumber)
    const user = this.#part('user', readUser) ?? given?.user
    const patience = this.#patience()
    const reach = transport === 'ssh' ? this.#reach(address, user, port) : undefined
    if (transport === 'ssh') this.#unusable ??= waysInArgs(this.#settings)
    const connection: Connection = {
      transport,
      address,
      port: port ?? 22,
      user: user ?? this.#around.user,
      keys: key === undefined ? [] : [key],
      ...reach,
      ...(password === undefined ? {} : { password }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...this.#become(),
      ...patience,
    }
    const unusable = this.#unusable
    const told = { errors: this.#errors, warnings: this.#warnings }
    return { connection, ...told, ...(unusable === undefined ? {} : { unusable }) }
  }

  /** How `ssh ADDRESS` would connect, with the inventory's user and port on its command line. */
  #reach(
    name: string,
    user: string | undefined,
    port: number | undefined,
  ): Partial<Connection> & Pick<Connection, 'address'> {
    const { sshConfig } = this.#around
    if (sshConfig === undefined) return { address: name }
    const given = { ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) }
    const { problems, warnings, setup, ...place } = sshConfig.lookUp({ name, ...given })
    this.#unusable ??= problems[0]
    this.#warnings = warnings
    return Object.keys(setup).length === 0 ? place : { ...place, ssh: setup }
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

function problem(message: string, where: Where, hint: string): Problem {
  return { code: 'inventory_value', severity: 'error', message, where, hint }
}
