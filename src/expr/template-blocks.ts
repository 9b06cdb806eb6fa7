import { didYouMean } from '../model/did-you-mean.ts'
import type { Text } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import { MOST_EXPRESSIONS, tooMany } from './check-template.ts'
import { type Segment, scanText } from './scan.ts'

/** The inside of one `${{ }}`, or a part of it; `offset` is where it starts in the text, in UTF-16 units. */
export interface Tag {
  readonly source: string
  readonly offset: number
}

export type BlockNode =
  | { readonly kind: 'literal'; readonly text: string }
  | ({ readonly kind: 'expression' } & Tag)
  | { readonly kind: 'for'; readonly name: string; readonly list: Tag; readonly body: readonly BlockNode[] }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly test: Tag; readonly body: readonly BlockNode[] }[]
      readonly otherwise: readonly BlockNode[]
    }

/** A file with more expressions is refused. */
const MOST_IN_FILE = 10 * MOST_EXPRESSIONS
/** Deeper blocks are refused. */
const DEEPEST = 32

const WORDS = ['for', 'if', 'elif', 'else', 'end'] as const
/** A tag of a block: its word, and what follows it. No expression begins like this. */
const TAG = /^(for|if|elif|else|end|endfor|endif|elseif|elsif)(?:\s+([\s\S]*))?$/
/** What no expression is like, and is meant for a loop. */
const LIKE_LOOP = /^\w+(?=\s+[A-Za-z_]\w*\s+in\s+\S)/
const LOOP = /^([A-Za-z_]\w*)\s+in\s+(?=\S)/

interface Open {
  readonly tag: Tag
  readonly into: BlockNode[]
  readonly loop?: { readonly name: string; readonly list: Tag }
  readonly branches: { readonly test: Tag; readonly body: BlockNode[] }[]
  otherwise: BlockNode[] | undefined
}

/** Cuts the text of a template file into its blocks. A line that holds only a tag of a block vanishes. */
export function parseBlocks(text: Text): {
  readonly nodes: readonly BlockNode[]
  readonly problems: Problem[]
} {
  const { segments, problems } = scanText(text)
  if (segments.length > 2 * MOST_IN_FILE) return { nodes: [], problems: [tooMany(text, MOST_IN_FILE)] }
  const parser = new BlockParser(text, problems)
  for (const segment of withoutTagLines(segments)) parser.take(segment)
  return { nodes: parser.finish(), problems }
}

class BlockParser {
  readonly #text: Text
  readonly #problems: Problem[]
  readonly #root: BlockNode[] = []
  readonly #open: Open[] = []
  readonly #isCut: boolean
  #into: BlockNode[] = this.#root

  constructor(text: Text, problems: Problem[]) {
    this.#text = text
    this.#problems = problems
    this.#isCut = problems.length > 0
  }

  take(segment: Segment): void {
    if (segment.kind === 'literal') this.#into.push(segment)
    else {
      const [, word = LIKE_LOOP.exec(segment.source)?.[0], rest = ''] = TAG.exec(segment.source) ?? []
      if (word === undefined) this.#into.push(segment)
      else
        this.#tag(
          word,
          { source: rest, offset: segment.offset + segment.source.length - rest.length },
          segment,
        )
    }
  }

  finish(): readonly BlockNode[] {
    // What is not closed may have been, behind an expression without an end.
    if (this.#isCut) return this.#root
    for (const { tag } of this.#open) this.#wrong(tag, 'this block is not closed', 'close it with ${{ end }}')
    return this.#root
  }

  #tag(word: string, rest: Tag, whole: Tag): void {
    switch (word) {
      case 'for':
        this.#for(rest, whole)
        break
      case 'if':
        this.#if(rest, whole)
        break
      case 'elif':
        this.#elif(rest, whole)
        break
      case 'else':
        this.#else(rest, whole)
        break
      case 'end':
        this.#end(rest, whole)
        break
      default:
        this.#misspelt(word, rest, whole)
    }
  }

  #misspelt(word: string, rest: Tag, whole: Tag): void {
    const meant = word.startsWith('end') ? 'end' : LIKE_LOOP.test(whole.source) ? 'for' : 'elif'
    const hint = didYouMean(word, WORDS) ?? `did you mean "${meant}"?`
    this.#wrong(whole, `there is no block word "${word}"`, hint)
    if (meant === 'end') this.#end({ source: '', offset: whole.offset }, whole)
    else if (
      meant === 'elif' &&
      this.#open.at(-1)?.branches.length &&
      this.#open.at(-1)?.otherwise === undefined
    )
      this.#elif(rest, whole)
    else if (meant === 'for') {
      const source = whole.source.slice(word.length).trimStart()
      this.#for({ source, offset: whole.offset + whole.source.length - source.length }, whole)
    }
  }

  #for(rest: Tag, tag: Tag): void {
    const [head, name = 'x'] = LOOP.exec(rest.source) ?? []
    if (head === undefined) this.#wrong(tag, 'for is written ${{ for x in list }}')
    const cut = head?.length ?? 0
    const list = { source: head === undefined ? '[]' : rest.source.slice(cut), offset: rest.offset + cut }
    this.#begin({ tag, into: this.#into, loop: { name, list }, branches: [], otherwise: [] })
    this.#into = this.#open.at(-1)?.otherwise ?? this.#into
  }

  #if(rest: Tag, tag: Tag): void {
    const body: BlockNode[] = []
    this.#begin({ tag, into: this.#into, branches: [{ test: rest, body }], otherwise: undefined })
    this.#into = body
  }

  #begin(open: Open): void {
    if (this.#open.length === DEEPEST) this.#wrong(open.tag, `blocks are nested deeper than ${DEEPEST}`)
    this.#open.push(open)
  }

  #elif(rest: Tag, tag: Tag): void {
    const open = this.#ofIf(tag, 'elif')
    if (open === undefined) return
    const body: BlockNode[] = []
    open.branches.push({ test: rest, body })
    this.#into = body
  }

  #else(rest: Tag, tag: Tag): void {
    const open = this.#ofIf(tag, 'else')
    if (open === undefined) return
    if (rest.source !== '')
      this.#wrong(tag, 'else takes no condition', rest.source.startsWith('if') ? 'write elif' : undefined)
    open.otherwise = []
    this.#into = open.otherwise
  }

  #ofIf(tag: Tag, word: string): Open | undefined {
    const open = this.#open.at(-1)
    if (open === undefined || open.loop !== undefined) {
      this.#wrong(tag, `${word} stands outside of an if`)
      return undefined
    }
    if (open.otherwise === undefined) return open
    this.#wrong(tag, `${word} comes after the else of its if`)
    return undefined
  }

  #end(rest: Tag, tag: Tag): void {
    if (rest.source !== '') this.#wrong(tag, 'end takes nothing after it: it closes the innermost block')
    const open = this.#open.pop()
    if (open === undefined) {
      this.#wrong(tag, 'this end closes nothing')
      return
    }
    const { into, loop, branches, otherwise = [] } = open
    this.#into = into
    into.push(
      loop === undefined ? { kind: 'if', branches, otherwise } : { kind: 'for', ...loop, body: otherwise },
    )
  }

  #wrong({ offset, source }: Tag, message: string, hint?: string): void {
    this.#problems.push({
      code: 'expression_syntax',
      severity: 'error',
      message,
      where: this.#text.at(offset, Math.max(1, source.length)),
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

/** Takes away the blanks around tags of blocks that stand alone on their lines, and the line breaks after them. */
function withoutTagLines(segments: readonly Segment[]): Segment[] {
  const result = [...segments]
  const literal = (index: number): string | undefined => {
    const segment = result[index]
    if (index < 0 || index >= result.length) return ''
    return segment?.kind === 'literal' ? segment.text : undefined
  }
  /** Literals that begin a line, since the tag before them took its line break along. */
  const cut = new Set<Segment | undefined>()
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'literal' || !TAG.test(segment.source)) continue
    const isFirst = index < 2 || cut.has(result[index - 1])
    const alone = tagLine(literal(index - 1), literal(index + 1), isFirst, index + 2 >= result.length)
    if (alone === undefined) continue
    if (index > 0) result[index - 1] = { kind: 'literal', text: alone.before }
    if (index + 1 === result.length) continue
    result[index + 1] = { kind: 'literal', text: alone.after }
    cut.add(result[index + 1])
  }
  return result
}

/**
 * What is left around a tag that stands alone on its line; undefined where it does not, as between other tags.
 * `isFirst`, `isLast`: the text before begins a line, the one after ends the file.
 */
function tagLine(
  before: string | undefined,
  after: string | undefined,
  isFirst: boolean,
  isLast: boolean,
): { readonly before: string; readonly after: string } | undefined {
  if (before === undefined || after === undefined) return undefined
  const blanks = /(^|\n)[ \t]*$/.exec(before)
  const tail = /^[ \t]*(?:\r?\n|$)/.exec(after)
  if (blanks === null || tail === null) return undefined
  const startsLine = blanks[1] === '\n' || isFirst
  const endsLine = tail[0].endsWith('\n') || isLast
  if (!startsLine || !endsLine) return undefined
  return {
    before: before.slice(0, blanks.index + (blanks[1]?.length ?? 0)),
    after: after.slice(tail[0].length),
  }
}
