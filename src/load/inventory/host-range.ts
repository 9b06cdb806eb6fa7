import { isIPv6 } from 'node:net'
import { LIMITS } from '../../model/limits.ts'
import type { Fault } from './ini-lines.ts'
import { portNumber } from './names.ts'

/** The hosts that the first word of a host line stands for. */
export interface HostPattern {
  /** In Ansible's order: the last range runs fastest. */
  readonly names: readonly string[]
  readonly port?: number
}

/**
 * Reads `name`, `name:port`, `web[01:50].example.com`, `[a:f]-[1:9:2]`, `2001:db8::1`, `[2001:db8::1]:22`. A name
 * has at most `LIMITS.hosts` hosts: more is a fault, found without spelling them out. Names are not checked.
 */
export function hostPattern(text: string): HostPattern | Fault {
  const split = splitPort(text)
  if ('code' in split) return split
  const parts = rangeParts(split.address, split.offset)
  if ('code' in parts) return parts
  const count = parts.reduce((product, part) => product * part.length, 1)
  if (count > LIMITS.hosts) {
    const message = `the range stands for ${count.toLocaleString('en')} hosts, more than drover takes`
    return fault(message, 0, text.length, { code: 'inventory_limit', hint: `at most ${LIMITS.hosts} hosts` })
  }
  const names = parts.reduce<readonly string[]>(
    (heads, part) => heads.flatMap(head => Array.from(part.items(), item => head + item)),
    [''],
  )
  return split.port === undefined ? { names } : { names, port: split.port }
}

interface Split {
  readonly address: string
  readonly offset: number
  readonly port?: number
}

/** A range, also one that is never closed. */
const BRACKETS = /\[[^\]]*(?:\]|$)/g
const LONE_RANGE = /^[0-9a-z]*:[0-9a-z]+(?::\d+)?$/i

function splitPort(text: string): Split | Fault {
  const bracketed = /^\[((?:[^[\]]|\[[^[\]]*\])+)\](?::(\d+))?$/.exec(text)
  const inner = bracketed?.[1] ?? ''
  if (bracketed !== null && !LONE_RANGE.test(inner) && colonsOutsideBrackets(inner) >= 2) {
    return withPort(inner, 1, text, bracketed[2])
  }
  if (colonsOutsideBrackets(text) !== 1) return { address: text, offset: 0 }
  const colon = lastColon(text)
  return withPort(text.slice(0, colon), 0, text, text.slice(colon + 1))
}

function withPort(address: string, offset: number, text: string, port: string | undefined): Split | Fault {
  if (port === undefined) return { address, offset }
  const number = portNumber(port)
  if (number !== undefined) return { address, offset, port: number }
  const message = port === '' ? 'a name ends in ":" but no port follows' : `${port} is not a port`
  const hint = 'a port is a number from 1 to 65535'
  return fault(message, text.length - Math.max(port.length, 1), Math.max(port.length, 1), {
    code: 'inventory_value',
    hint,
  })
}

function colonsOutsideBrackets(text: string): number {
  return text.replace(BRACKETS, '').split(':').length - 1
}

/** The only colon outside brackets: the one after the last bracket, or the only one there is. */
function lastColon(text: string): number {
  const masked = text.replace(BRACKETS, range => '['.repeat(range.length))
  return masked.indexOf(':')
}

interface Part {
  readonly length: number
  readonly items: () => Iterable<string>
}

function rangeParts(address: string, shift: number): readonly Part[] | Fault {
  if (isIPv6(address)) return [literal(address)]
  const parts: Part[] = []
  let at = 0
  while (at < address.length) {
    const open = address.indexOf('[', at)
    const end = open < 0 ? address.length : open
    const stray = address.slice(at, end).indexOf(']')
    if (stray >= 0) return fault('"]" closes no range', shift + at + stray, 1)
    if (end > at) parts.push(literal(address.slice(at, end)))
    if (open < 0) break
    const close = address.indexOf(']', open)
    if (close < 0)
      return fault('a range is never closed', shift + open, address.length - open, { hint: 'add "]"' })
    const range = rangePart(address.slice(open + 1, close))
    if (typeof range === 'string') return fault(range, shift + open, close - open + 1, { hint: RANGE_HINT })
    parts.push(range)
    at = close + 1
  }
  return parts
}

const RANGE_HINT = 'a range is written [01:50], [a:f] or [1:9:2]'
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

function literal(text: string): Part {
  return { length: 1, items: () => [text] }
}

/** `begin:end` or `begin:end:step`, both ends included; or what is wrong with it. */
function rangePart(text: string): Part | string {
  const match = /^(\d*|[a-zA-Z]):(\d+|[a-zA-Z])(?::(\d+))?$/.exec(text)
  if (match === null) return `[${text}] is not a range`
  const [, begin = '', end = '', by = '1'] = match
  const step = Number(by)
  if (step === 0) return 'the step of a range cannot be 0'
  const padded = begin.length > 1 && begin.startsWith('0')
  if (padded && begin.length !== end.length) return 'a zero-padded range has ends of equal length'
  const letters = /[a-z]/i.test(begin)
  if (letters !== /[a-z]/i.test(end)) return `[${text}] goes from a letter to a number`
  const ordinal = (bound: string) => (letters ? LETTERS.indexOf(bound) : Number(bound || '0'))
  const first = ordinal(begin)
  const last = ordinal(end)
  if (first > last) return `the range starts at ${begin} and ends before it, at ${end}`
  if (last > Number.MAX_SAFE_INTEGER) return `${end} is too large a number`
  const write = (n: number) =>
    letters ? (LETTERS[n] ?? '') : String(n).padStart(padded ? begin.length : 0, '0')
  return { length: Math.floor((last - first) / step) + 1, items: () => count(first, last, step, write) }
}

function* count(first: number, last: number, step: number, write: (n: number) => string): Generator<string> {
  for (let n = first; n <= last; n += step) yield write(n)
}

function fault(message: string, offset: number, length: number, more: Partial<Fault> = {}): Fault {
  return { code: 'inventory_syntax', message, offset, length, ...more }
}
