import { PassThrough } from 'node:stream'
import { textWidth } from '../../src/render/width.ts'

/**
 * As much of a terminal as drover's output needs: it shows what a person would see. Anything that it does not know
 * ends the test, so that nothing unexpected passes unseen.
 */
export class VirtualTerminal extends PassThrough {
  readonly isTTY = true
  columns: number
  rows: number
  cursorShown = true
  readonly #lines: string[][] = [[]]
  #row = 0
  #col = 0

  constructor(columns: number, rows: number) {
    super({ decodeStrings: false })
    this.columns = columns
    this.rows = rows
    this.on('data', (chunk: Buffer | string) => this.#feed(String(chunk)))
  }

  /** What stands on the screen now, without the empty lines below. */
  screen(): string {
    return this.#text(this.#lines.slice(this.#top()))
  }

  /** The screen and what has scrolled out of it. */
  everything(): string {
    return this.#text(this.#lines)
  }

  #text(lines: readonly string[][]): string {
    return lines
      .map(cells =>
        Array.from(cells, cell => cell ?? ' ')
          .join('')
          .trimEnd(),
      )
      .join('\n')
      .trimEnd()
  }

  #top(): number {
    return Math.max(0, this.#lines.length - this.rows)
  }

  #feed(text: string): void {
    const token = /\x1b\[([?\d;]*)([A-Za-z])|([\x00-\x1f\x7f-\x9f])|([^\x00-\x1f\x7f-\x9f]+)/gu
    for (const [all, args = '', verb, control, plain] of text.matchAll(token)) {
      if (plain !== undefined) this.#print(plain)
      else if (control === '\n') this.#newLine()
      else if (control === '\r') this.#col = 0
      else if (control === '\t') this.#col = (Math.floor(this.#col / 8) + 1) * 8
      else if (verb !== undefined) this.#obey(args, verb)
      else throw new Error(`an unexpected control: ${JSON.stringify(all)}`)
    }
  }

  #obey(args: string, verb: string): void {
    const n = Number(args || 1)
    switch (verb) {
      case 'A':
        this.#row = Math.max(this.#top(), this.#row - n)
        return
      case 'B':
        this.#row = Math.min(this.#lines.length - 1, this.#row + n)
        return
      case 'G':
        this.#col = n - 1
        return
      case 'J':
        this.#line().length = this.#col
        for (let row = this.#row + 1; row < this.#lines.length; row++) this.#lines[row] = []
        return
      case 'K':
        if (args === '2') this.#lines[this.#row] = []
        else this.#line().length = Math.min(this.#col, this.#line().length)
        return
      case 'm':
        return
      case 'h':
      case 'l':
        if (args === '?25') this.cursorShown = verb === 'h'
        else if (args !== '?2026') throw new Error(`an unexpected mode: ${args}`)
        return
      default:
        throw new Error(`an unexpected sequence: ${args}${verb}`)
    }
  }

  #print(text: string): void {
    for (const { segment } of new Intl.Segmenter().segment(text)) {
      const width = textWidth(segment)
      if (this.#col + width > this.columns) this.#newLine()
      this.#line()[this.#col] = segment
      for (let at = 1; at < width; at++) this.#line()[this.#col + at] = ''
      this.#col += width
    }
  }

  #newLine(): void {
    this.#row += 1
    this.#col = 0
    if (this.#row === this.#lines.length) this.#lines.push([])
  }

  #line(): string[] {
    const line = this.#lines[this.#row] ?? []
    this.#lines[this.#row] = line
    return line
  }
}
