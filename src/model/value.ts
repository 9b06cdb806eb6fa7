import type { Secret } from './secret.ts'

/** What a variable can hold. A number keeps the text it was written as, so that `1.10` stays `1.10`. */
export type Value =
  | string
  | boolean
  | null
  | WrittenNumber
  | readonly Value[]
  | { readonly [key: string]: Value }

/**
 * A YAML number or date: its text is what interpolates, its value is what expressions calculate with. A class, so that
 * no map that a file or a host gives can pass for one.
 */
export class WrittenNumber {
  readonly kind = 'number'
  readonly text: string
  readonly #isOurs = true

  constructor(text: string) {
    this.text = text
  }

  static is(value: unknown): value is WrittenNumber {
    return typeof value === 'object' && value !== null && #isOurs in value
  }
}

/** Variables by name; prototype-free, so that `__proto__` is a name like any other. */
export type Vars = Readonly<Record<string, Value | Secret>>
