import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** A code block of a page in Markdown. */
export interface Block {
  readonly page: string
  /** Of the first line of its text, from 1. */
  readonly line: number
  /** What stands behind the fence: `yaml`, `ini`, or nothing. */
  readonly language: string
  readonly text: string
}

/** Pages that people read, relative to the repository. */
export const PAGES: readonly string[] = [
  ...readdirSync(ROOT).filter(name => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs')).map(name => `docs/${name}`),
]

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = []
  let open: { readonly line: number; readonly language: string; readonly lines: string[] } | undefined
  for (const [index, line] of readPage(page).split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line)
    if (fence === null) open?.lines.push(line)
    else if (open === undefined) open = { line: index + 2, language: fence[1] ?? '', lines: [] }
    else {
      const { lines, ...where } = open
      blocks.push({ page, ...where, text: `${lines.join('\n')}\n` })
      open = undefined
    }
  }
  if (open !== undefined) throw new Error(`${page}: a block is never closed`)
  return blocks
}

export const BLOCKS: readonly Block[] = PAGES.flatMap(blocksOf)

/** `docs/language.md:12`, for the names of tests. */
export function placeOf({ page, line }: Pick<Block, 'page' | 'line'>): string {
  return `${page}:${line}`
}
