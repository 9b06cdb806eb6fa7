import type { YamlNode } from '../../yaml/tree.ts'
import type { SchemaNode } from './error.ts'
import { booleanHint, CONDITIONS, jsonType, nullHint, numberHint, textHint } from './scalar-hints.ts'

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

/**
 * What to do about a value of the wrong type or form; undefined where the message says it all.
 * @param key the value's; `param` where it is the schema of a param
 */
export function valueHint(key: string, node: YamlNode, schema: SchemaNode): string | undefined {
  if (node.kind !== 'scalar') return collectionHint(key, node)
  const shape = SHAPES.get(key)
  if (shape !== undefined && node.type !== 'null') return shape(node.text)
  if (expects(schema, 'boolean') && !expects(schema, 'string')) return booleanHint(node)
  switch (node.type) {
    case 'text':
      return textHint(key, node, schema)
    case 'null':
      return nullHint(key, takesText(schema) && Array.isArray(schema.type) && schema.minLength === undefined)
    case 'number':
    case 'boolean':
      return numberHint(key, node, schema, takesText(schema, node.text))
  }
}

function expects(schema: SchemaNode, type: string): boolean {
  return schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type))
}

/** Whether any text will do, or this one where it is given. */
function takesText(schema: SchemaNode, text?: string): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some(one => takesText(one, text))
  if (!expects(schema, 'string') || expects(schema, 'integer')) return false
  return schema.pattern === undefined || (text !== undefined && new RegExp(schema.pattern).test(text))
}

/** How a map is written that somebody has written as one text or number. */
const SHAPES = new Map<string, (text: string) => string>([
  ['put', () => 'write "put: { src: …, dest: … }"'],
  ['get', () => 'write "get: { src: …, dest: … }"'],
  ['retry', text => `write "retry: { attempts: ${/^\d+$/.test(text) ? text : 3} }"`],
  ['rolling', text => `write "rolling: { batch: ${/^\d+%?$/.test(text) ? text : 1} }"`],
  ['with', () => 'write "with: { NAME: VALUE }", with the names that the file declares under "params:"'],
  ['param', text => `write { type: ${jsonType(text) ?? 'string'} }`],
])

function collectionHint(key: string, node: YamlNode): string | undefined {
  if (key === 'steps') return 'start each step with "- "'
  if (key === 'use') return 'write "use: FILE.yml", and what it takes under "with:"'
  if (key === 'timeout' || key === 'pause' || key === 'delay') return `write "${key}: 30s"`
  if (node.kind === 'map') return undefined
  if (key === 'rolling') return 'write "rolling: { batch: … }"'
  if (CONDITIONS.has(key)) return 'write one expression: "A && B", or "A || B"'
  if (key === 'hosts') return 'write one pattern: "web,db"'
  if (key === 'run') return 'write one command a step, or lines of a script after "run: |"'
  if (key === 'env') return 'write "NAME: value" lines without "- "'
  if (['vars', 'with', 'semaphores'].includes(key)) return 'write "name: value" lines without "- "'
  if (key === 'secrets') return 'write "name: { file: secrets.yml }" lines without "- "'
  if (key === 'params') return 'write "name: { type: string }" lines without "- "'
  return undefined
}
