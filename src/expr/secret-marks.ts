import type { SecretSlot } from '../model/action.ts'

const EDGE = '\u{10fffd}'

/**
 * What stands for secrets while texts are rendered: nobody but the program that made it can write one, so that no value
 * can ask for a secret. Which texts may hold them, the check of expressions says.
 */
export class SecretMarks {
  readonly #nonce: string
  readonly #pattern: RegExp

  /** @param nonce random, of letters, digits and dashes */
  constructor(nonce: string) {
    this.#nonce = nonce
    this.#pattern = new RegExp(`${EDGE}${nonce} (\\w+)${EDGE}`, 'gu')
  }

  mark(name: string): string {
    return `${EDGE}${this.#nonce} ${name}${EDGE}`
  }

  /** The text with references in place of marks, and where they stand. */
  slots(text: string): { readonly text: string; readonly slots: readonly Omit<SecretSlot, 'in'>[] } {
    if (!text.includes(EDGE)) return { text, slots: [] }
    const slots: Omit<SecretSlot, 'in'>[] = []
    let made = ''
    let done = 0
    for (const { 0: mark, 1: secret = '', index } of text.matchAll(this.#pattern)) {
      const reference = referenceTo(secret)
      made += text.slice(done, index)
      slots.push({ secret, start: made.length, end: made.length + reference.length })
      made += reference
      done = index + mark.length
    }
    return { text: made + text.slice(done), slots }
  }
}

/** A secret as it is shown. */
function referenceTo(name: string): string {
  return `\${{ secrets.${name} }}`
}
