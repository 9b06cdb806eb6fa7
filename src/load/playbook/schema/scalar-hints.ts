import type { YamlScalar } from '../../yaml/tree.ts'
import type { SchemaNode } from './error.ts'

const BOOLEANS: Readonly<Record<string, boolean>> = {
  ...{ true: true, yes: true, on: true, y: true, '1': true },
  ...{ false: false, no: false, off: false, n: false, '0': false },
}

const NO_EXPRESSION = 'an expression is not possible here'

/** For a key that only takes true and false. */
export function booleanHint(node: YamlScalar): string | undefined {
  if (node.text.includes('${{')) return NO_EXPRESSION
  const word = node.text.toLowerCase()
  return Object.hasOwn(BOOLEANS, word) ? `write ${BOOLEANS[word]}, without quotes` : undefined
}

export const CONDITIONS: ReadonlySet<string> = new Set([
  ...['when', 'until', 'changed_when', 'failed_when', 'assert', 'that'],
])

/** For a number or a boolean where text is wanted. */
export function numberHint(
  key: string,
  node: YamlScalar,
  schema: SchemaNode,
  takesText: boolean,
): string | undefined {
  if (DURATIONS.has(key) && /^\d*\.\d+$/.test(node.text))
    return `write ${durationOf(Math.ceil(Number(node.text) * 1000))}`
  if (key === 'mode' && node.type === 'number') return modeHint(node.text)
  if (key === 'for_each') return 'write a list: [a, b]'
  if (key === 'become') return 'write the name of the user'
  if (key === 'shell') return 'name the shell, as "bash"'
  if (key === 'required' && node.type === 'boolean') return 'a param without a "default" must be given'
  if (CONDITIONS.has(key) || String(schema.type) === 'string,boolean')
    return 'write true or false, or a comparison'
  return takesText ? `quote it: "${node.text}"` : undefined
}

/** `mode: 0644` would be the number 644 to YAML 1.2 and 420 to YAML 1.1. */
function modeHint(written: string): string {
  const digits = written.replace(/^0o/, '')
  const example = /^[0-7]{3,4}$/.test(digits) ? digits.padStart(4, '0') : '0644'
  return `without quotes YAML makes a number of it, and not the one that permissions mean; write "${example}"`
}

const DURATIONS: ReadonlySet<string> = new Set(['timeout', 'pause', 'delay'])
const LISTS: ReadonlySet<string> = new Set(['needs', 'tags', 'semaphores', 'batch'])

/** For a text that is not of the right form. */
export function textHint(key: string, node: YamlScalar, schema: SchemaNode): string | undefined {
  const { text } = node
  if (key === 'become') return booleanHint(node) ?? 'a user has letters, digits, "_", "-" and "."'
  if (key === 'for_each') return loopHint(text)
  if (text.includes('${{')) return NO_EXPRESSION
  if (DURATIONS.has(key)) return durationHint(text)
  const share = /^(\d{1,3})\s+%$|^(\d{1,3}) percent$/.exec(text)
  if (share !== null) return `write ${share[1] ?? share[2]}%`
  if (LISTS.has(key) && /^[\w.%-]+(?:[\s,]+[\w.%-]+)+$/.test(text))
    return `write [${text.split(/[\s,]+/).join(', ')}]`
  if (key === 'shell') return shellHint(text)
  if (key === 'type') return typeHint(text)
  if (/^\d+$/.test(key) && /^(?:run|put|get|use):\S/.test(text)) return 'put a space after the colon'
  const isNumber = /^[0-9]+$/.test(text) && node.style !== 'plain'
  return isNumber && String(schema.type).includes('integer') ? 'remove the quotes' : undefined
}

const TYPES: readonly (readonly [type: string, ...elsewhere: string[]])[] = [
  ['string', 'str', 'text', 'path', 'file'],
  ['integer', 'int', 'long'],
  ['number', 'float', 'double'],
  ['boolean', 'bool'],
  ['array', 'list'],
  ['object', 'map', 'dict', 'hash'],
]

/** The word that JSON Schema has for a type that may be called otherwise elsewhere. */
export function jsonType(written: string): string | undefined {
  return TYPES.find(words => words.includes(written.toLowerCase()))?.[0]
}

function shellHint(text: string): string {
  if (/^\S*sh\s+-/.test(text))
    return 'drover calls it with -e and -c; more options go into the script, as "set -x"'
  return 'write the command as "run:"; "shell:" only names another shell, as "bash"'
}

function typeHint(written: string): string | undefined {
  const type = jsonType(written)
  return type === undefined ? undefined : `write ${type}`
}

function loopHint(text: string): string | undefined {
  const jinja = /^\{\{\s*(.*?)\s*\}\}$/.exec(text)?.[1]
  if (jinja !== undefined) return `write "\${{ ${jinja} }}"`
  if (/^[A-Za-z_][\w.]*(?:\(.*\))?$/.test(text)) return `write "\${{ ${text} }}"`
  return text.includes('${{') ? 'one expression alone must stand there' : 'write a list: [a, b]'
}

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** How a time that is written in another way is written here: `5 minutes`, `1h30m`, `1.5h`, `5M`. */
function durationHint(written: string): string | undefined {
  const text = written.toLowerCase()
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(?:(ms)|(m)illi[a-z]*|([smhd])[a-z]*)[\s,]*/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined
  const total = parts.reduce((sum, [, n, ms, milli, unit]) => {
    return sum + Number(n) * (MS[ms ?? (milli === undefined ? (unit ?? 's') : 'ms')] ?? 1)
  }, 0)
  return `write ${durationOf(Math.ceil(total))}`
}

function durationOf(ms: number): string {
  const unit = ['d', 'h', 'm', 's'].find(name => ms % (MS[name] ?? 1) === 0) ?? 'ms'
  return ms === 0 ? '0' : `${ms / (MS[unit] ?? 1)}${unit}`
}

/** For a key without a value. */
export function nullHint(key: string, takesEmptyText: boolean): string {
  if (key === 'steps') return 'add steps below it, each starting with "- "'
  if (/^\d+$/.test(key)) return 'remove the "-", or write something after it'
  if (key === 'param') return 'write { type: string }'
  return takesEmptyText ? 'write "" for an empty text' : 'give it a value, or remove the key'
}
