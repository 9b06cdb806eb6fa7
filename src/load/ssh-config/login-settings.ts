import { type AlgorithmChoice, OWN_ALGORITHMS } from '../../model/algorithms.ts'
import type { SshSetup } from '../../model/host.ts'
import type { Problem } from '../../model/problem.ts'
import { chosenFrom } from './algorithm-names.ts'
import type { Answer } from './evaluate.ts'
import type { Keyword } from './keywords.ts'
import { problem } from './problem.ts'

type Method = NonNullable<SshSetup['loginMethods']>[number]

/** As ssh tries them by default. */
const METHODS: readonly Method[] = ['publickey', 'keyboard-interactive', 'password']

const SWITCHES: Readonly<Record<Method, Keyword>> = {
  publickey: 'pubkeyauthentication',
  'keyboard-interactive': 'kbdinteractiveauthentication',
  password: 'passwordauthentication',
}

/** The ways to log in that a configuration leaves, in its order; undefined: it says nothing of them. */
export function loginMethodsOf({ settings }: Answer): readonly Method[] | undefined {
  const word = (keyword: Keyword) => settings.get(keyword)?.words[0]
  const noPrompts = /^\+?0+$/.test(word('numberofpasswordprompts') ?? '')
  const isOff = (method: Method) =>
    /^(?:no|false)$/i.test(word(SWITCHES[method]) ?? '') || (noPrompts && method !== 'publickey')
  const preferred = word('preferredauthentications')?.split(',')
  if (preferred === undefined && !METHODS.some(isOff)) return undefined
  const ordered =
    preferred === undefined ? METHODS : preferred.flatMap(name => METHODS.filter(method => method === name))
  return [...new Set(ordered)].filter(method => !isOff(method))
}

const PARTS = {
  ciphers: 'cipher',
  macs: 'hmac',
  kexalgorithms: 'kex',
  hostkeyalgorithms: 'hostKey',
  pubkeyacceptedalgorithms: 'userKey',
} as const satisfies Partial<Record<Keyword, keyof AlgorithmChoice>>

/** What a configuration leaves of the algorithms; a problem where that is nothing. */
export function algorithmsOf({ settings }: Answer): {
  readonly algorithms?: AlgorithmChoice
  readonly problems: readonly Problem[]
} {
  const algorithms: Partial<Record<keyof AlgorithmChoice, readonly string[]>> = {}
  const problems: Problem[] = []
  for (const [keyword, part] of Object.entries(PARTS) as [keyof typeof PARTS, keyof AlgorithmChoice][]) {
    const setting = settings.get(keyword)
    const [list] = setting?.words ?? []
    if (list === undefined || list.startsWith('+')) continue
    const left = chosenFrom<string>(OWN_ALGORITHMS[part], list)
    algorithms[part] = left
    if (left.length > 0 || part === 'userKey') continue
    const message = `drover has none of the algorithms that are left by ${list}`
    problems.push(problem(message, setting?.where, `it has ${OWN_ALGORITHMS[part].join(', ')}`))
  }
  const isEmpty = Object.keys(algorithms).length === 0
  return isEmpty ? { problems } : { algorithms: algorithms as AlgorithmChoice, problems }
}
