import { type Heredoc, HeredocReader } from './heredoc.ts'

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
  /**
   * What the words of the simple command have come to, in `command`: `start`, none that matters yet; `shell`, one was
   * the name of a shell; `script`, after `sh -c`; `names`, one takes names of variables after `-v`; `declares`, one
   * takes numbers after `-i`; `eval`. What comes next in `script` and `eval` is read as code once more.
   */
  reads: 'start' | 'plain' | 'shell' | 'script' | 'names' | 'declares' | 'eval'
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
  brackets: false,
  single: 0,
  double: 0,
})

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
    else if (next !== '\n') this.word = undefined
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

  push(kind: FrameKind, opener: string): void {
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
    this.skip(1)
  }

  /** Ends the word, and takes what ends it. `case` inside `$( )` has closing parentheses of its own. */
  endWord(length: number): void {
    if (this.word === 'case' && this.frames.length > 1) this.lose('after case inside $(…)')
    if (this.word !== '') this.#readWord(this.word ?? '')
    this.word = ''
    this.skip(length)
  }

  #readWord(word: string): void {
    const { frame } = this
    if (word === '[[' || word === ']]') frame.brackets = word === '[['
    const evaluates = frame.brackets && /^-(?:eq|ne|l[te]|g[te]|v)$/.test(word)
    frame.reads = evaluates ? 'eval' : after(frame.reads, word)
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

/** They run what follows `-c`. */
const SHELL = /^(?:.*\/)?(?:(?:ba|da|z|k|mk|a|c|tc|fi)?sh|su|runuser|flock|script)$/
/** Commands that read an argument as code, or evaluate a subscript in it; `eval` counts wherever it stands. */
const EVALUATES = /^(?:trap|alias|let|unset|read|mapfile|readarray|complete)$/
/** What may stand before the name of a command: reserved words, assignments. */
const LEADS =
  /^(?:!|\{|if|then|else|elif|while|until|do|time|command|builtin|exec|[A-Za-z_]\w*(?:\[.*\])?\+?=.*)$/

/** `word`: the next finished word of the command, '' for one that is not plain. */
function after(reads: Frame['reads'], word: string): Frame['reads'] {
  if (word === 'eval') return 'eval'
  switch (reads) {
    case 'eval':
      return 'eval'
    case 'start':
      return word === '' || LEADS.test(word) ? 'start' : commandNamed(word)
    case 'plain':
      return SHELL.test(word) ? 'shell' : 'plain'
    case 'names':
      return word.startsWith('-v') ? 'eval' : 'names'
    case 'declares':
      return /^[-+]\w*i/.test(word) ? 'eval' : 'declares'
    case 'shell':
    case 'script':
      if (/^-[a-zA-Z]*c[a-zA-Z]*$/.test(word)) return 'script'
      return reads === 'script' && word.startsWith('-') ? 'script' : 'shell'
  }
}

function commandNamed(name: string): Frame['reads'] {
  if (EVALUATES.test(name)) return 'eval'
  if (/^(?:test|\[|printf)$/.test(name)) return 'names'
  if (/^(?:declare|typeset|local)$/.test(name)) return 'declares'
  return SHELL.test(name) ? 'shell' : 'plain'
}
