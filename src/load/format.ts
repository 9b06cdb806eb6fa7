import { Composer, isMap, Parser, type Scalar, visit, type YAMLMap } from 'yaml'
import type { Problem } from '../model/problem.ts'
import { attachComments, commentsIn } from './format/comments.ts'
import { printOutline } from './format/print.ts'
import { readOutline } from './format/read-outline.ts'
import { isSame } from './format/same.ts'
import { parseYaml } from './yaml/parse.ts'
import { linedText } from './yaml/source.ts'
import type { YamlNode } from './yaml/tree.ts'

export interface Formatted {
  /** The file in canonical form; absent where it is not sound YAML. */
  readonly text?: string
  readonly problems: readonly Problem[]
}

/** A second pass may still move a comment; more than a few would be a bug. */
const MOST_PASSES = 5

/**
 * A playbook in its one canonical form: two spaces a level, one order of a step's keys, quotes where they are needed,
 * at most one blank line, LF. Comments and block scalars stay, and the result means exactly what `text` did.
 * @param file the file as the user named it, for problems
 * @throws if the result would mean something else: that is a bug
 */
export function formatPlaybook(file: string, text: string): Formatted {
  const { root, problems } = parseYaml(linedText(file, text))
  if (root === undefined || problems.length > 0) return { problems }
  let last = text.replaceAll('\r\n', '\n')
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const next = onePass(last)
    if (next === last) return { text: checked(file, root, text, next), problems: [] }
    last = next
  }
  throw new Error(`the canonical form of ${file} is not stable`)
}

function onePass(text: string): string {
  const tokens = [...new Parser().parse(text)]
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, keepSourceTokens: true })
  const [document] = composer.compose(tokens, true, text.length)
  const contents = document?.contents
  if (document === undefined || !isMap(contents) || contents.items.length === 0) {
    return text.trimEnd() === '' ? '' : `${text.trimEnd()}\n`
  }
  const comments = commentsIn(tokens)
  let hasAnchors = false
  visit(document, {
    Node: (_key, node) => {
      hasAnchors ||= 'anchor' in node && node.anchor !== undefined
    },
  })
  const source = { text, comments: comments.map(({ offset }) => offset), mayReorder: !hasAnchors }
  const outline = readOutline(source, contents as YAMLMap<Scalar, never>)
  attachComments(outline, comments, text)
  return printOutline(outline)
}

/** Nothing is lost: neither a value nor a comment. */
function checked(file: string, root: YamlNode, before: string, after: string): string {
  const again = parseYaml(linedText(file, after)).root
  if (again === undefined || !isSame(root, again))
    throw new Error(`the canonical form of ${file} means something else`)
  if (commentTexts(before) !== commentTexts(after))
    throw new Error(`the canonical form of ${file} lacks a comment`)
  return after
}

function commentTexts(text: string): string {
  const found = commentsIn([...new Parser().parse(text)]).map(({ text: comment }) => comment)
  return found.sort().join('\n')
}
