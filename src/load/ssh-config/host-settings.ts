import type { SshSetup } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Problem } from '../../model/problem.ts'
import { type Answer, problem, type Setting } from './evaluate.ts'
import type { Keyword } from './keywords.ts'
import { expandText, type PathSurroundings, pathOf } from './paths.ts'

/** Makes values of what is written; what cannot be one is noted. */
export class SettingsReader {
  readonly problems: Problem[] = []
  readonly #answer: Answer
  readonly #around: PathSurroundings

  constructor(answer: Answer, around: PathSurroundings) {
    this.#answer = answer
    this.#around = around
  }

  /** All but the way to the host. */
  setup(): Omit<SshSetup, 'jumps' | 'proxyCommand'> {
    const alias = this.#answer.settings.get('hostkeyalias')?.words[0]
    const policy = this.#policy()
    const knownHosts = this.#knownHosts()
    const files = this.#files('identityfile')
    const certificates = this.#files('certificatefile')
    const agent = this.#agent()
    return {
      ...(alias === undefined ? {} : { hostKeyAlias: alias.toLowerCase() }),
      ...(policy === undefined ? {} : { hostKeyPolicy: policy }),
      ...(knownHosts === undefined ? {} : { knownHosts }),
      ...(this.flag('hashknownhosts') === true ? { hashKnownHosts: true as const } : {}),
      ...(files === undefined ? {} : { identityFiles: files }),
      ...(certificates === undefined || certificates.length === 0 ? {} : { certificates }),
      ...(agent === undefined ? {} : { agent }),
      ...(this.flag('identitiesonly') === true ? { identitiesOnly: true as const } : {}),
    }
  }

  flag(keyword: Keyword): boolean | undefined {
    const setting = this.#answer.settings.get(keyword)
    const [word = ''] = setting?.words ?? []
    if (setting === undefined) return undefined
    if (/^(?:yes|true)$/i.test(word)) return true
    if (!/^(?:no|false)$/i.test(word)) this.#note(problem(`${word} is neither yes nor no`, setting.where))
    return false
  }

  /** In ms; undefined: as without it. */
  timeout(): number | undefined {
    const setting = this.#answer.settings.get('connecttimeout')
    const [word = 'none'] = setting?.words ?? []
    if (word.toLowerCase() === 'none') return undefined
    const ms = timeOf(word)
    if (ms === undefined) this.#note(problem(`${word} is not a time, such as 10 or 1m`, setting?.where))
    return ms === undefined || ms === 0 ? undefined : Math.min(ms, LIMITS.connectTimeoutMs)
  }

  /**
   * `no` counts as `accept-new`: a key that has changed is taken only where the command line says so. `yes`: nobody is
   * asked either.
   */
  #policy(): SshSetup['hostKeyPolicy'] {
    const setting = this.#answer.settings.get('stricthostkeychecking')
    const word = setting?.words[0]?.toLowerCase()
    if (word === undefined || word === 'ask') return undefined
    if (word === 'yes' || word === 'true') return 'strict'
    if (['no', 'false', 'off', 'accept-new'].includes(word)) return 'accept-new'
    this.#note(problem(`StrictHostKeyChecking has no value "${word}"`, setting?.where))
    return undefined
  }

  #knownHosts(): SshSetup['knownHosts'] {
    const { settings } = this.#answer
    const user = settings.get('userknownhostsfile')
    const global = settings.get('globalknownhostsfile')
    if (user === undefined && global === undefined) return undefined
    const { home } = this.#around
    return {
      user: this.#several(user) ?? [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`],
      global: this.#several(global) ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
    }
  }

  #several(setting: Setting | undefined): readonly string[] | undefined {
    if (setting === undefined) return undefined
    const { words } = setting
    return words.length === 1 && words[0]?.toLowerCase() === 'none'
      ? []
      : words.flatMap(word => this.#path(word, setting))
  }

  #files(keyword: Keyword): readonly string[] | undefined {
    const list = this.#answer.lists.get(keyword)
    return list?.flatMap(setting => {
      const [word = ''] = setting.words
      return word.toLowerCase() === 'none' ? [] : this.#path(word, setting)
    })
  }

  #agent(): SshSetup['agent'] {
    const setting = this.#answer.settings.get('identityagent')
    const [word = ''] = setting?.words ?? []
    if (setting === undefined || word === 'SSH_AUTH_SOCK') return undefined
    if (word.toLowerCase() === 'none') return { kind: 'none' }
    const [, variable] = /^\$([A-Za-z_]\w*)$/.exec(word) ?? []
    const named = variable === undefined ? word : (this.#around.env[variable] ?? '')
    if (named === '') return { kind: 'none' }
    const [path] = variable === undefined ? this.#path(named, setting) : [named]
    return path === undefined ? undefined : { kind: 'socket', path }
  }

  #path(word: string, setting: Setting): readonly string[] {
    const path = pathOf(word, setting, this.#around)
    return this.#orNothing(path)
  }

  /** Of a keyword that takes a text with tokens. */
  text(word: string, setting: Setting): string | undefined {
    return this.#orNothing(expandText(word, setting, { ...this.#around, env: {} }))[0]
  }

  #orNothing(found: string | Problem): readonly string[] {
    if (typeof found === 'string') return [found]
    this.#note(found)
    return []
  }

  #note(found: Problem): void {
    this.problems.push(found)
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** As `10`, `90s` or `1h30m`, in ms (sshd_config(5), "TIME FORMATS"). */
function timeOf(text: string): number | undefined {
  if (!/^(?:\d{1,9}[smhdw]?)+$/i.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+)([smhdw]?)/gi)]
  return 1000 * parts.reduce((sum, [, n, unit = '']) => sum + Number(n) * (UNITS[unit.toLowerCase()] ?? 1), 0)
}
