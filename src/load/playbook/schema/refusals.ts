import type { SchemaError, SchemaNode } from './error.ts'

/** What the schema says of kinds: for each the keys that mean nothing there, with the reason. */
export type Refusals = ReadonlyMap<string, Readonly<Record<string, SchemaNode>>>

/** The part of the published schema that says it: `if` a step has a kind, `then` no such key. */
export interface RefusalRule {
  readonly if: { readonly required: readonly string[] }
  readonly then: { readonly properties: Readonly<Record<string, SchemaNode>> }
}

export function refusalsOf(rules: readonly RefusalRule[]): Refusals {
  return new Map(rules.flatMap(rule => rule.if.required.map(kind => [kind, rule.then.properties])))
}

/**
 * The keys of steps that say nothing about their kind, as ajv would report them; compiling these rules would double
 * the time until drover starts. A step of two kinds has enough to be told.
 */
export function refusalErrors(refusals: Refusals, playbook: unknown): readonly SchemaError[] {
  return stepsIn(playbook, '').flatMap(({ step, path }) => {
    const kinds = [...refusals.keys()].filter(kind => Object.hasOwn(step, kind))
    const refused = kinds.length === 1 ? refusals.get(kinds[0] ?? '') : undefined
    if (refused === undefined) return []
    return Object.keys(step).flatMap(key => {
      const schema = Object.hasOwn(refused, key) ? refused[key] : undefined
      if (schema === undefined) return []
      const error = {
        instancePath: path,
        schemaPath: '',
        keyword: 'refused',
        params: { key },
        schema,
        data: step,
      }
      return [error]
    })
  })
}

interface StepData {
  readonly step: object
  readonly path: string
}

function stepsIn(map: unknown, path: string): readonly StepData[] {
  if (typeof map !== 'object' || map === null || !('steps' in map) || !Array.isArray(map.steps)) return []
  return map.steps.flatMap((step: unknown, index) => {
    const own = `${path}/steps/${index}`
    return typeof step === 'object' && step !== null ? [{ step, path: own }, ...stepsIn(step, own)] : []
  })
}
