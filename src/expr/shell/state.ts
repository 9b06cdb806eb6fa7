import { type Heredoc, HeredocReader } from './heredoc.ts'
import { after, EVALUATING_TYPE, type Reads } from './reads.ts'

export type FrameKind =
  | 'command'
  | 'single'
  | 'double'
  | 'param'
  | 'arithmetic'
  | 'backtick'
  | 'ansi'
  | 'comment'

/** What a scanner of shell text is inside of. The outermost frame is the script itself. */
export interface Frame {
  readonly kind: FrameKind
  /** Open parentheses, in `command` and `arithmetic`. */
  parens: number
  /** Announced on this line, in `command`. */
  heredocs: Heredoc[]
  /** What the words of the simple command have come to, in `command`. */
  reads: Reads
  /** The word being read, in `command`, with a NUL for all that is not plain. */
  lead: string
  /** Where in the whole text the words of `prints` begin. */
  from: number
  /** Inside `[[ … ]]`. */
  brackets: boolean
  /** Quotes met, in `backtick`: an odd number leaves its end in doubt. */
  single: number
  double: number
}

const newFrame = (kind: FrameKind): Frame => ({
  kind,
  parens: 0,
  heredocs: [],
  reads: 'start',
  lead: '',
  from: 0,
  brackets: false,
  single: 0,
  double: 0,
})

/** So much of a command is looked at for the format of printf. */
const FORMAT = 4096
const NUMBERS = /%[-+ #0'*.\d]*[diouxXeEfFgGaA]/

/** Deeper nesting is not followed. */
const FRAME_DEPTH = 64

/** Where a scanner of shell text stands, and the moves that its rules are made of. */
export class ShellState {
  readonly frames: Frame[] = [newFrame('command')]
  /** Reads here-documents, while the text is inside of one. */
  body: HeredocReader | undefined
  /** Why nothing can be told any more. */
  lost: string | undefined
  /** The plain word being read, '' between words; undefined once quoting or a value is part of it. */
  word: string | undefined = ''
  text = ''
  at = 0
  /** The end of what came before `text`, and how much that was. */
  #past = ''
  #passed = 0

  get frame(): Frame {
    return this.frames.at(-1) as Frame
  }

  get char(): string {
    return this.text[this.at] ?? ''
  }

  /** True inside `"…"`, `$( )` in between not counted. */
  get insideDouble(): boolean {
    return this.frames.findLast(({ kind }) => kind === 'double' || kind === 'command')?.kind === 'double'
  }

  looksAt(text: string): boolean {
    return this.text.startsWith(text, this.at)
  }

  lose(where: string): void {
    this.lost = where
  }

  skip(length: number): void {
    this.at += length
  }

  /** Takes a backslash and what it escapes. A line that goes on could complete an operator, as `$\` and `(`. */
  escape(): void {
    const next = this.text[this.at + 1]
    if (next === undefined) this.lose('right after a backslash')
    else if (next !== '\n') this.vary(next)
    else if (/[$<()]/.test(this.text[this.at - 1] ?? ''))
      this.lose('after an operator that a line break divides')
    this.skip(2)
  }

  /** Takes all before `mark`, or the rest; true where `mark` was found. */
  skipTo(mark: string): boolean {
    const end = this.text.indexOf(mark, this.at)
    this.at = end === -1 ? this.text.length : end
    return end !== -1
  }

  /** The word goes on with something that is not plain: all the same it is `text` where that is given. */
  vary(text = '\0'): void {
    this.word = undefined
    this.frame.lead += text
  }

  /** After a piece a value follows. */
  pass(piece: string): void {
    if (this.body === undefined) this.vary()
    this.#past = `${this.#past}${piece}\0`.slice(-FORMAT)
    this.#passed += piece.length + 1
  }

  /** Whether `printf`, its words beginning at `from`, is told to print numbers; where that is long ago it may be. */
  printsNumbers(from: number): boolean {
    const start = from - (this.#passed - this.#past.length)
    const said = this.#past + this.text.slice(0, this.at)
    return start < 0 || said.length - start > FORMAT || NUMBERS.test(said.slice(start).replaceAll('%%', ''))
  }

  push(kind: FrameKind, opener: string): void {
    if (kind !== 'comment') this.frame.lead += '\0'
    this.word = kind === 'command' || kind === 'comment' ? '' : undefined
    this.skip(opener.length)
    if (this.frames.length < FRAME_DEPTH) this.frames.push(newFrame(kind))
    else this.lose('nested this deeply')
  }

  pop(closer: string): void {
    if (this.frames.pop()?.kind !== 'comment') this.word = undefined
    this.skip(closer.length)
  }

  plain(): void {
    if (this.word !== undefined) this.word += this.char
    this.frame.lead += this.char
    this.skip(1)
  }

  /** Ends the word, and takes what ends it. `case` inside `$( )` has closing parentheses of its own. */
  endWord(length: number): void {
    if (this.word === 'case' && this.frames.length > 1) this.lose('after case inside $(…)')
    if (this.word !== '') this.#readWord(this.word ?? nameIn(this.frame))
    this.word = ''
    this.frame.lead = ''
    this.skip(length)
  }

  #readWord(word: string): void {
    const { frame } = this
    if (word === '[[' || word === ']]') frame.brackets = word === '[['
    const evaluates = frame.brackets && /^-(?:eq|ne|l[te]|g[te]|v)$/.test(word)
    if (frame.reads === 'declares' && EVALUATING_TYPE.test(word))
      this.lose('after a variable declared with a type whose values some shells evaluate')
    const reads = evaluates ? 'eval' : after(frame.reads, word)
    if (reads !== frame.reads) frame.from = this.#passed + this.at
    frame.reads = reads
    if (word === 'integer' || word === 'nameref')
      this.lose(`after ${word}, which some shells have for variables whose values they evaluate`)
  }

  /** Ends the word and the simple command that it belongs to. */
  endCommand(length: number): void {
    this.endWord(length)
    this.frame.reads = 'start'
  }

  /** At the end of a line the texts of its here-documents begin. */
  startBody(): void {
    const announcing = this.frames.filter(frame => frame.heredocs.length > 0)
    if (announcing.some(frame => frame !== this.frame))
      this.lose('after a line break between a here-document and its text')
    else if (announcing.length > 0) this.body = new HeredocReader(this.frame.heredocs)
    this.frame.heredocs = []
  }
}

/** Parts of a command's name that are not plain may be empty. */
function nameIn({ reads, lead }: Frame): string {
  return reads === 'start' ? lead.replaceAll('\0', '') : ''
}
