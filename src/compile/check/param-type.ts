import type { ParamDecl, ParamType } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'
import type { TypedValue } from './texts.ts'

/** What the type of a computed value says against its parameter; fixed values are held against the whole schema. */
export function mistyped(decl: ParamDecl, value: TypedValue, what: string): Problem[] {
  const { code, type, where } = value
  if (code.kind === 'fixed' || fits(type, decl.type)) return []
  return [
    {
      code: 'use_param',
      severity: 'error',
      message: `${what} is of the type ${type}, and the parameter takes ${wordOf(decl.type)}`,
      where,
      ...(type === 'string' ? { hint: 'int(x), double(x) and bool(x) convert' } : {}),
    },
  ]
}

function fits(cel: string, wanted: ParamType): boolean {
  if (cel === 'dyn' || wanted.kind === 'any') return true
  switch (wanted.kind) {
    case 'string':
    case 'path':
      return cel === 'string'
    case 'integer':
      return cel === 'int'
    case 'number':
      return cel === 'int' || cel === 'double'
    case 'boolean':
      return cel === 'bool'
    case 'list':
      return cel.startsWith('list')
    case 'map':
      return !['string', 'int', 'double', 'bool', 'null'].includes(cel) && !cel.startsWith('list')
  }
}

function wordOf(type: ParamType): string {
  switch (type.kind) {
    case 'integer':
      return 'an integer'
    case 'path':
      return 'a path'
    case 'any':
      return 'anything'
    default:
      return `a ${type.kind}`
  }
}
