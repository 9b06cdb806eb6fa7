import type { SchemaError } from './error.ts'

/**
 * The errors that say something: of alternatives only what the one that was meant lacks, or the alternatives' own
 * error; of "exactly one of" only that. ajv tells the errors of all alternatives right before the choice's own.
 */
export function tellingErrors(errors: readonly SchemaError[]): SchemaError[] {
  const telling: SchemaError[] = []
  for (const error of errors) {
    // It only says that its "then" does not fit, which that has told itself.
    if (error.keyword === 'if') continue
    if (error.keyword !== 'anyOf' && error.keyword !== 'oneOf') {
      telling.push(error)
      continue
    }
    let first = telling.length
    while (first > 0 && isBelow(telling[first - 1], error)) first--
    const meant = meantAlternative(error, telling.splice(first))
    for (const one of meant.length > 0 ? meant : [error]) telling.push(one)
  }
  return telling
}

function isBelow(error: SchemaError | undefined, choice: SchemaError): boolean {
  return (
    error?.schemaPath.startsWith(`${choice.schemaPath}/`) === true &&
    error.instancePath.startsWith(choice.instancePath)
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
