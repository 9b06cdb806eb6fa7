import type { SshSetup } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Problem } from '../../model/problem.ts'
import { usualKnownHosts } from '../../model/usual-known-hosts.ts'
import { isHostName, isUserName } from '../inventory/names.ts'
import type { Answer, Setting } from './evaluate.ts'
import type { Keyword } from './keywords.ts'
import { algorithmsOf, loginMethodsOf } from './login-settings.ts'
import { type PathSurroundings, pathOf } from './paths.ts'
import { problem } from './problem.ts'
import { secondsOf } from './times.ts'
import { expandTokens } from './tokens.ts'

/** Tokens of ways to a host, with nothing behind them. */
const EMPTY = { h: '', k: '', n: '', p: '', r: '' }

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
      ...this.#login(),
      ...this.#socket(),
    }
  }

  #login(): Pick<SshSetup, 'loginMethods' | 'algorithms'> {
    const methods = loginMethodsOf(this.#answer)
    const { algorithms, problems } = algorithmsOf(this.#answer)
    this.problems.push(...problems)
    return {
      ...(methods === undefined ? {} : { loginMethods: methods }),
      ...(algorithms === undefined ? {} : { algorithms }),
    }
  }

  #socket(): Pick<SshSetup, 'addressFamily' | 'bindAddress' | 'bindInterface' | 'connectRetries'> {
    const word = (keyword: Keyword) => this.#answer.settings.get(keyword)?.words[0]
    const family = word('addressfamily')?.toLowerCase()
    const bindAddress = word('bindaddress')
    const bindInterface = word('bindinterface')
    const retries = this.#retries()
    return {
      ...(retries === undefined ? {} : { connectRetries: retries }),
      ...(family === 'inet' || family === 'inet6' ? { addressFamily: family === 'inet' ? 4 : 6 } : {}),
      // ssh looks at the interface only where no address is named.
      ...(bindAddress !== undefined ? { bindAddress } : bindInterface !== undefined ? { bindInterface } : {}),
    }
  }

  /** Further attempts to connect; undefined: as without it. */
  #retries(): number | undefined {
    const setting = this.#answer.settings.get('connectionattempts')
    const attempts = Number(setting?.words[0] ?? 1)
    if (attempts === 0) this.#note(problem('at least one attempt is needed', setting?.where))
    return attempts <= 1 ? undefined : Math.min(attempts - 1, LIMITS.connectRetries)
  }

  flag(keyword: Keyword): boolean | undefined {
    const [word] = this.#answer.settings.get(keyword)?.words ?? []
    return word === undefined ? undefined : !/^(?:no|false)$/i.test(word)
  }

  /** In ms; undefined: as without it. */
  timeout(): number | undefined {
    const [word = 'none'] = this.#answer.settings.get('connecttimeout')?.words ?? []
    const ms = 1000 * (secondsOf(word) ?? 0)
    return ms === 0 ? undefined : Math.min(ms, LIMITS.connectTimeoutMs)
  }

  /**
   * `no` counts as `accept-new`: a key that has changed is taken only where the command line says so. `yes`: nobody is
   * asked either.
   */
  #policy(): SshSetup['hostKeyPolicy'] {
    const word = this.#answer.settings.get('stricthostkeychecking')?.words[0]?.toLowerCase() ?? 'ask'
    if (word === 'ask') return this.flag('batchmode') === true ? 'strict' : undefined
    return word === 'yes' || word === 'true' ? 'strict' : 'accept-new'
  }

  #knownHosts(): SshSetup['knownHosts'] {
    const { settings } = this.#answer
    const user = settings.get('userknownhostsfile')
    const global = settings.get('globalknownhostsfile')
    if (user === undefined && global === undefined) return undefined
    const usual = usualKnownHosts(this.#around.home)
    return { user: this.#several(user) ?? usual.user, global: this.#several(global) ?? usual.global }
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

  /** Of a way to the host: with few tokens, and variables are for the shell. */
  text(word: string, setting: Setting): string | undefined {
    const { h = '', k = '', n = '', p = '', r = '' } = this.#around.tokens
    const { text, unknown } = expandTokens(word, { h, k, n, p, r })
    const uses = (letter: string) =>
      expandTokens(word, { ...EMPTY, [letter]: 'x' }).text !== expandTokens(word, EMPTY).text
    if (unknown !== undefined) this.#note(problem(`the token ${unknown} is not known here`, setting.where))
    else if ((uses('r') && !isUserName(r)) || (uses('k') && !isHostName(k)))
      this.#note(problem('a name for it has characters that a shell reads', setting.where))
    else return text
    return undefined
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
