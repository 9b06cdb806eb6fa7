/** Shell text, and how far it is read. Patterns are sticky. */
export class ShellSource {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get previous(): string {
    return this.#text[this.#at - 1] ?? ''
  }

  take(pattern: RegExp): string | undefined {
    const found = this.#match(pattern)
    this.#at += found?.length ?? 0
    return found
  }

  sees(pattern: RegExp): boolean {
    return this.#match(pattern) !== undefined
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    return pattern.exec(this.#text)?.[0]
  }
}
