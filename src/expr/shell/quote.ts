import type { QuotePlace } from '../../model/template.ts'

/**
 * Quotes a value for the place where it stands in shell text, so that a POSIX shell reads back exactly the value
 * (POSIX.1-2024, Shell Command Language, 2.2 "Quoting"). The value must not hold NUL: no shell can take it.
 */
export function quoteFor(place: QuotePlace, value: string): string {
  switch (place) {
    case 'bare':
    case 'words':
      return `'${closeAndReopen(value)}'`
    case 'single':
      return closeAndReopen(value)
    case 'double':
      return value.replace(/[\\$"`]/g, '\\$&')
    case 'number':
    case 'none':
      return value
  }
}

/** Inside '…' nothing can be escaped: a quote ends the string, stands escaped, and starts it again. */
function closeAndReopen(value: string): string {
  return value.replaceAll("'", "'\\''")
}
