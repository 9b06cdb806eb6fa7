import type { YamlNode, YamlScalar } from '../yaml/tree.ts'
import type { SchemaNode } from './schema-error.ts'

/** So much of a wrong value is repeated in a message. */
const MOST_SHOWN = 40

/** What stands there instead of what should, to follow "…, ": `not the number 5`. */
export function foundInstead(node: YamlNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'not a map' : 'not a list'
  switch (node.type) {
    case 'null':
      return 'but there is no value'
    case 'boolean':
      return `not the boolean ${node.text}`
    case 'number':
      return `not the number ${shortened(node.text)}`
    case 'text':
      return node.text === '' ? 'not an empty text' : `not "${shortened(node.text)}"`
  }
}

function shortened(text: string): string {
  const [line = '', ...more] = text.split('\n')
  return line.length > MOST_SHOWN || more.some(other => other !== '') ? `${line.slice(0, MOST_SHOWN)}…` : line
}

/** What to do about a value of the wrong type or form; undefined where the message says it all. */
export function valueHint(key: string, node: YamlNode, schema: SchemaNode): string | undefined {
  if (node.kind !== 'scalar') return collectionHint(key, node)
  if (key === 'put' || key === 'get') return `write "${key}: { src: …, dest: … }"`
  if (key === 'mode' && node.type === 'number') return modeHint(node.text)
  if (expects(schema, 'boolean')) return booleanHint(node)
  if (node.type === 'text') return textHint(key, node, schema)
  if (node.type === 'null') return nullHint(key, schema)
  return takesAnyText(schema) ? `quote it: "${node.text}"` : undefined
}

function expects(schema: SchemaNode, type: string): boolean {
  return schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type))
}

function takesAnyText(schema: SchemaNode): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some(takesAnyText)
  return expects(schema, 'string') && !expects(schema, 'integer') && schema.pattern === undefined
}

/** `mode: 0644` would be the number 644 to YAML 1.2 and 420 to YAML 1.1. */
function modeHint(written: string): string {
  const digits = written.replace(/^0o/, '')
  const example = /^[0-7]{3,4}$/.test(digits) ? digits.padStart(4, '0') : '0644'
  return `without quotes YAML makes a number of it, and not the one that permissions mean; write "${example}"`
}

function collectionHint(key: string, node: YamlNode): string | undefined {
  if (key === 'hosts' && node.kind === 'list') return 'write one pattern: "web,db"'
  if (key === 'run' && node.kind === 'list')
    return 'write one command a step, or lines of a script after "run: |"'
  if (key === 'env' && node.kind === 'list') return 'write "NAME: value" lines without "- "'
  if (key === 'vars' && node.kind === 'list') return 'write "name: value" lines without "- "'
  if (key === 'steps') return 'start each step with "- "'
  return undefined
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  y: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  n: false,
  '0': false,
}

function booleanHint(node: YamlScalar): string | undefined {
  if (node.text.includes('${{')) return 'an expression is not possible here'
  const word = node.text.toLowerCase()
  return Object.hasOwn(BOOLEANS, word) ? `write ${BOOLEANS[word]}, without quotes` : undefined
}

function textHint(key: string, node: YamlScalar, schema: SchemaNode): string | undefined {
  if (node.text.includes('${{')) return 'an expression is not possible here'
  if (key === 'timeout') return durationHint(node.text)
  if (key === 'needs' && /^\w+(?:[\s,]+\w+)+$/.test(node.text))
    return `write [${node.text.split(/[\s,]+/).join(', ')}]`
  if (/^\d+$/.test(key) && /^(?:run|put|get):\S/.test(node.text)) return 'put a space after the colon'
  const isNumber = /^[0-9]+$/.test(node.text)
  return isNumber && node.style !== 'plain' && expects(schema, 'integer') ? 'remove the quotes' : undefined
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** How a time that is written in another way is written here: `5 minutes`, `1h30m`, `1.5h`, `5M`. */
function durationHint(written: string): string | undefined {
  const parts = [...written.toLowerCase().matchAll(/(\d+(?:\.\d+)?)\s*([smhd])[a-z]*[\s,]*/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== written.toLowerCase()) return undefined
  const total = parts.reduce((sum, [, n, unit = 's']) => sum + Number(n) * (SECONDS[unit] ?? 1), 0)
  const unit = ['d', 'h', 'm'].find(name => total % (SECONDS[name] ?? 1) === 0) ?? 's'
  return total >= 1 ? `write ${Math.round(total / (SECONDS[unit] ?? 1))}${unit}` : undefined
}

function nullHint(key: string, schema: SchemaNode): string | undefined {
  if (key === 'steps') return 'add steps below it, each starting with "- "'
  if (/^\d+$/.test(key)) return 'remove the "-", or write something after it'
  if (takesAnyText(schema) && Array.isArray(schema.type)) return 'write "" for an empty text'
  return 'give it a value, or remove the key'
}
