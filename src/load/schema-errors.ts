import type { SchemaError } from './schema.ts'

/**
 * The errors that say something: of alternatives only what the one that was meant lacks, or the alternatives' own
 * error; of "exactly one of" only that.
 */
export function tellingErrors(errors: readonly SchemaError[]): SchemaError[] {
  return [...Map.groupBy(errors, scopeOf).values()].flatMap(collapse)
}

/** Errors of one step, or of one key of the playbook, have nothing to do with those of another. */
function scopeOf({ instancePath }: SchemaError): string {
  return instancePath.split('/', 3).join('/')
}

function collapse(errors: readonly SchemaError[]): SchemaError[] {
  const choices = errors
    .filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')
    .toSorted((a, b) => a.schemaPath.length - b.schemaPath.length)
  let left = [...errors]
  for (const choice of choices) {
    if (!left.includes(choice)) continue
    const below = left.filter(error => isBelow(error, choice))
    const meant = meantAlternative(choice, below)
    const noise = new Set(below)
    if (meant.length > 0) noise.add(choice)
    for (const error of meant) noise.delete(error)
    left = left.filter(error => !noise.has(error))
  }
  return left
}

function isBelow(error: SchemaError, choice: SchemaError): boolean {
  return (
    error.schemaPath.startsWith(`${choice.schemaPath}/`) && error.instancePath.startsWith(choice.instancePath)
  )
}

/** Of a map or list the alternative for maps or lists was meant: what it lacks is what to tell. */
function meantAlternative(choice: SchemaError, below: readonly SchemaError[]): readonly SchemaError[] {
  if (choice.keyword === 'oneOf' || typeof choice.data !== 'object' || choice.data === null) return []
  const alternatives = Map.groupBy(
    below,
    error => error.schemaPath.slice(choice.schemaPath.length).split('/')[1],
  )
  for (const alternative of alternatives.values()) {
    const wrongType = alternative.some(
      ({ keyword, instancePath }) => keyword === 'type' && instancePath === choice.instancePath,
    )
    if (!wrongType) return alternative
  }
  return []
}
