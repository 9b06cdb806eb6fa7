import type { ParamDecl, ParamType, PlaybookFile } from '../../model/playbook.ts'
import { escapeText } from '../escape.ts'
import type { Paint } from '../paint.ts'
import { listed } from '../step-words.ts'
import { textWidth } from '../width.ts'
import { wrapText } from '../wrap.ts'
import { valueText } from './value-words.ts'

/** What a file takes from those that use it: name, type, default and description of each param. */
export function paramLines({ params }: PlaybookFile, paint: Paint, width: number): string[] {
  const name = params.reduce((most, param) => Math.max(most, textWidth(param.name)), 0)
  return params.flatMap(param => {
    const facts = `${typeWords(param)}${param.fallback === undefined ? ', required' : `, default ${fallbackText(param)}`}`
    const texts = [facts, ...(param.description === undefined ? [] : [param.description.trim()])]
    const lines = texts.flatMap((text, at) =>
      wrapText(escapeText(text.replace(/\s+/g, ' ')), Math.max(20, width - name - 4)).map(line =>
        at === 0 ? line : paint('dim', line),
      ),
    )
    return lines.map((line, at) => {
      const lead = at === 0 ? escapeText(param.name) : ''
      return `  ${paint('bold', lead)}${' '.repeat(name - textWidth(lead))}  ${line}`
    })
  })
}

/** How a playbook uses the file, with its required params. */
export function usageLines({ params }: PlaybookFile, use: string): string[] {
  const required = params.filter(({ fallback }) => fallback === undefined)
  const shown = required.length > 0 ? required : params.slice(0, 1)
  const given = shown.map(param => `      ${escapeText(param.name)}: ${exampleOf(param)}`)
  return [`  - use: ${escapeText(use)}`, ...(given.length === 0 ? [] : ['    with:', ...given])]
}

function exampleOf({ fallback, choices, examples, type }: ParamDecl): string {
  const [choice] = [...(examples ?? []), ...(choices ?? [])]
  if (choice !== undefined) return escapeText(valueText(choice))
  return fallback === undefined ? `… (${typeName(type)})` : escapeText(valueText(fallback.value))
}

function fallbackText({ fallback }: ParamDecl): string {
  return fallback === undefined ? '' : valueText(fallback.value)
}

function typeWords({ type, choices }: ParamDecl): string {
  return choices === undefined ? typeName(type) : listed(choices.map(valueText), 'or')
}

function typeName(type: ParamType): string {
  switch (type.kind) {
    case 'string':
      return 'text'
    case 'path':
      return 'a local path'
    case 'integer':
      return 'a whole number'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    case 'any':
      return 'any value'
    case 'list':
      return type.items.kind === 'any' ? 'a list' : `a list, each ${typeName(type.items)}`
    case 'map':
      return type.properties.size === 0 ? 'a map' : `a map of ${listed([...type.properties.keys()])}`
  }
}
