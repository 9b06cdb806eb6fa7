import type { Problem } from '../../model/problem.ts'
import { isAlgorithmList } from './algorithm-names.ts'
import { criteriaOf } from './criteria.ts'
import { readJumps } from './jump.ts'
import { syntaxOf } from './keywords.ts'
import { portOf } from './ports.ts'
import { problem } from './problem.ts'
import { type Directive, restOf } from './words.ts'

/** A line, and what is wrong with it whether it counts or not: ssh reads no file that has such a one. */
export interface CheckedLine extends Directive {
  readonly words: readonly string[]
  readonly problem?: Problem
  /** ssh has no such keyword; `IgnoreUnknown` may say that it does not matter. */
  readonly isUnknown: boolean
}

export function checked(line: Directive): CheckedLine {
  const { keyword, where } = line
  const words = line.words ?? []
  const isUnknown = syntaxOf(keyword) === undefined
  const message = messageFor(line, words)
  return { ...line, words, isUnknown, ...(message === undefined ? {} : { problem: problem(message, where) }) }
}

function messageFor(line: Directive, words: readonly string[]): string | undefined {
  if (line.rest === '') return 'here is no value'
  if (line.words === undefined) return 'a quote is not closed'
  const syntax = syntaxOf(line.keyword)
  if (syntax === undefined) return undefined
  const { takes, check } = syntax
  if (takes !== 'rest' && words.includes('')) return 'here is an empty value'
  if (takes === 'one' && words.length === 0) return 'here is no value'
  if (takes === 'one' && words.length > 1) return `here is more than one value: ${words.join(' ')}`
  const wrong = check && words.find(word => !check(word))
  if (wrong !== undefined) return `"${wrong}" is no value of ${line.keyword}`
  return CHECKS[line.keyword]?.(words, line)
}

type Check = (words: readonly string[], line: Directive) => string | undefined

const noneAlone: Check = words =>
  words.length > 1 && words.some(word => word.toLowerCase() === 'none')
    ? 'none stands for no file, and not beside another'
    : undefined

const algorithms =
  (patterns: boolean): Check =>
  ([list = '']) =>
    isAlgorithmList(list, { patterns }) ? undefined : `${list} is no list of algorithms that ssh has`

const nothingEmpty: Check = words => (words.includes('') ? 'here is an empty value' : undefined)

/** What is more than a pattern can say. */
const CHECKS: Readonly<Record<string, Check>> = {
  host: nothingEmpty,
  match: (_, { rest }) => {
    const criteria = criteriaOf(rest)
    return typeof criteria === 'string' ? criteria : undefined
  },
  include: nothingEmpty,
  port: ([word = '']) => (portOf(word) === undefined ? `${word} is no port` : undefined),
  proxyjump: (_, line) =>
    readJumps(restOf(line)) === undefined ? `ProxyJump ${restOf(line)} is no list of hosts` : undefined,
  identityagent: ([word = '']) =>
    /^\$(?!\{)/.test(word) && !/^\$[A-Za-z_]\w*$/.test(word) ? `${word} is no variable` : undefined,
  userknownhostsfile: noneAlone,
  globalknownhostsfile: noneAlone,
  setenv: words => {
    const wrong = words.find(word => !word.includes('='))
    return wrong === undefined ? undefined : `${wrong} is no NAME=VALUE`
  },
  sendenv: words => (words.some(word => word.includes('=')) ? 'a name has no =' : undefined),
  ciphers: algorithms(false),
  macs: algorithms(false),
  kexalgorithms: algorithms(false),
  hostkeyalgorithms: algorithms(true),
  pubkeyacceptedalgorithms: algorithms(true),
  pubkeyacceptedkeytypes: algorithms(true),
  hostbasedacceptedalgorithms: algorithms(true),
  casignaturealgorithms: algorithms(true),
}
