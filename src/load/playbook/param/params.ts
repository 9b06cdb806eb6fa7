import type { ParamDecl, ParamType } from '../../../model/playbook.ts'
import { type LinedText, placeAt } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { present } from '../present.ts'
import { nodeValue, settingOf } from '../setting.ts'
import { textOf } from '../text.ts'
import { paramCheck } from './check.ts'

/** The `params:` of a file, in their order. What is wrong with a schema, `checkParams` tells. */
export function readParams(source: LinedText, node: YamlNode | undefined): readonly ParamDecl[] {
  if (node?.kind !== 'map') return []
  return [...node.entries.values()].map(({ key, value }) => {
    const fallback = child(value, 'default')
    const [choices, examples] = [child(value, 'enum'), child(value, 'examples')]
    const check = paramCheck(key.text, value)
    return {
      name: key.text,
      type: paramType(value),
      misfit: check.kind === 'check' ? check.misfit : () => undefined,
      where: placeAt(source, key.start, key.end),
      ...present({
        description: textOf(source, child(value, 'description'))?.value,
        choices: choices?.kind === 'list' ? choices.items.map(nodeValue) : undefined,
        examples: examples?.kind === 'list' ? examples.items.map(nodeValue) : undefined,
        fallback: fallback === undefined ? undefined : settingOf(source, fallback),
      }),
    }
  })
}

/** What expressions know about a value of this schema. */
function paramType(schema: YamlNode): ParamType {
  const type = child(schema, 'type')
  switch (type?.kind === 'scalar' ? type.text : undefined) {
    case 'string': {
      const format = child(schema, 'format')
      return { kind: format?.kind === 'scalar' && format.text === 'path' ? 'path' : 'string' }
    }
    case 'integer':
      return { kind: 'integer' }
    case 'number':
      return { kind: 'number' }
    case 'boolean':
      return { kind: 'boolean' }
    case 'array': {
      const items = child(schema, 'items')
      return { kind: 'list', items: items === undefined ? { kind: 'any' } : paramType(items) }
    }
    case 'object':
      return { kind: 'map', properties: propertyTypes(child(schema, 'properties')) }
    default:
      return { kind: 'any' }
  }
}

function propertyTypes(node: YamlNode | undefined): ReadonlyMap<string, ParamType> {
  if (node?.kind !== 'map') return new Map()
  return new Map([...node.entries].map(([name, { value }]) => [name, paramType(value)]))
}
