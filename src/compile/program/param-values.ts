import { resolve } from 'node:path'
import { isMap } from '../../expr/cel-value.ts'
import { evaluateTemplate } from '../../expr/evaluate-value.ts'
import { convertTo } from '../../expr/var-type.ts'
import type { ParamType } from '../../model/playbook.ts'
import { type Value, WrittenNumber } from '../../model/value.ts'
import type { Binding } from '../lower/block.ts'
import type { Evaluated } from './evaluated.ts'
import type { Scopes } from './scopes.ts'

/** The values of includes' parameters, each evaluated where it was given. */
export class ParamValues {
  readonly #scopes: Scopes
  /** Of bindings that are the same on all hosts. */
  readonly #fixed = new Map<Binding, Evaluated>()
  /** The last host's, of the others. */
  readonly #last = new Map<Binding, { readonly host: number; readonly evaluated: Evaluated }>()

  constructor(scopes: Scopes) {
    this.#scopes = scopes
  }

  /** The value of a binding on a host, or why it has none or does not fit. */
  of(binding: Binding, host: number): Evaluated {
    if (binding.late) return this.#evaluate(binding, host)
    const fixed = this.#fixed.get(binding)
    if (fixed !== undefined) return fixed
    const last = this.#last.get(binding)
    if (last?.host === host) return last.evaluated
    const evaluated = this.#evaluate(binding, host)
    if (binding.perHost) this.#last.set(binding, { host, evaluated })
    else this.#fixed.set(binding, evaluated)
    return evaluated
  }

  #evaluate(binding: Binding, host: number): Evaluated {
    const { decl, code, language, place, folder, where } = binding
    const evaluated = evaluateTemplate(code, language, this.#scopes.at(place, host))
    if ('code' in evaluated) return evaluated
    const typed = code.kind === 'fixed' ? evaluated.value : fromText(evaluated.value, decl.type)
    const value = withPaths(typed, decl.type, folder)
    const misfit = decl.misfit(value)
    if (misfit === undefined) return { value }
    return { code: 'expression_value', message: `"${decl.name}" does not fit: ${misfit}`, where }
  }
}

/** What the inventory says as text is taken as the type that is declared. */
function fromText(value: Value, { kind }: ParamType): Value {
  if (typeof value !== 'string') return value
  const model = MODELS[kind]
  return model === undefined ? value : (convertTo(model, value) ?? value)
}

const MODELS: Readonly<Partial<Record<ParamType['kind'], Value>>> = {
  integer: new WrittenNumber('0'),
  number: new WrittenNumber('0.5'),
  boolean: false,
}

/**
 * Relative paths in a value, wherever its type has them, made absolute; and whole numbers, which JSON Schema also takes
 * as `3.0` and `1e3`, written as such.
 */
export function withPaths(value: Value, type: ParamType, folder: string): Value {
  switch (type.kind) {
    case 'path':
      return typeof value === 'string' && value !== '' ? absolute(folder, value) : value
    case 'integer':
      return WrittenNumber.is(value) && Number.isSafeInteger(Number(value.text))
        ? new WrittenNumber(String(BigInt(Number(value.text))))
        : value
    case 'list':
      return Array.isArray(value) ? value.map((item: Value) => withPaths(item, type.items, folder)) : value
    case 'map': {
      if (!isMap(value) || type.properties.size === 0) return value
      const entries = Object.entries(value).map(([key, item]) => {
        const inner = type.properties.get(key)
        return [key, inner === undefined ? item : withPaths(item, inner, folder)]
      })
      return Object.fromEntries(entries)
    }
    default:
      return value
  }
}

function absolute(folder: string, path: string): string {
  return resolve(folder, path) + (path.endsWith('/') && path.length > 1 ? '/' : '')
}
