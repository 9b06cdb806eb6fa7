import type { YAMLError } from 'yaml'
import type { Problem, Where } from '../../model/problem.ts'
import { type LinedText, placeAt } from './source.ts'

/** A file that is off from its first line on doesn't get better by more of these. */
const MOST_SYNTAX_PROBLEMS = 20

interface Words {
  readonly message: string
  readonly hint?: string
}

/** What the YAML library says, in words that tell what to do; first match wins, otherwise its own words serve. */
const WORDS: readonly (readonly [RegExp, Words])[] = [
  [
    /^Nested mappings are not allowed/,
    {
      message: 'a plain value goes on with ": ", which YAML reads as another key',
      hint: 'quote this value, or write it as a block after `|`',
    },
  ],
  [/^Tabs are not allowed/, { message: 'a tab is used as indentation', hint: 'indent with spaces' }],
  [
    /^Sequence item without/,
    {
      message: 'this line is indented less than the list item it follows',
      hint: 'indent it like the other keys of the item, or start it with "- "',
    },
  ],
  [
    /^Implicit map keys need/,
    { message: 'expected "key: value"', hint: 'is the colon missing, or the space after it?' },
  ],
  [
    /^Implicit keys need to be on a single line/,
    {
      message: 'a key must stand on one line',
      hint: 'is a colon missing, or the indentation of this line wrong?',
    },
  ],
  [
    /^All mapping items must start/,
    { message: 'this line is not indented like the keys before it', hint: 'align keys that belong together' },
  ],
  [
    /^Unexpected block-seq-ind on same line/,
    { message: 'a list cannot start on the line of its key', hint: 'put each "- " on a line of its own' },
  ],
  [
    /^Block scalar header/,
    { message: 'text follows the "|" or ">"', hint: 'the text of a block starts on the next line, indented' },
  ],
  [
    /^Not a YAML token/,
    { message: 'text follows the "|" or ">"', hint: 'the text of a block starts on the next line, indented' },
  ],
  [
    /^Block collections are not allowed within/,
    { message: 'a comma is missing here, or a quote', hint: 'quote this value, or put a comma after it' },
  ],
  [/^Missing , or :/, { message: 'a comma or a colon is missing here' }],
  [
    /^Invalid escape sequence/,
    {
      message: 'unknown escape in a double-quoted value',
      hint: "write \\\\ for a backslash, or use '…' quotes",
    },
  ],
  [
    /^Plain value cannot start with/,
    { message: 'a plain value cannot start with this character', hint: 'quote this value' },
  ],
  [/at node end$/, { message: 'the value has ended, but more text follows', hint: 'quote the whole value' }],
  [
    /^Source contains multiple documents/,
    { message: 'a second YAML document starts here', hint: 'remove it' },
  ],
  [
    /^A block sequence may not be used as an implicit map key/,
    {
      message: 'this list is indented deeper than the list before it',
      hint: 'align items that belong together',
    },
  ],
  [/^Alias cannot be/, { message: 'a plain value cannot start with "*"', hint: 'quote this value' }],
]

/**
 * The library's errors as problems: one a line, without those that only follow from an earlier one.
 * @param unclosed where quotes and brackets open that never close; all that comes after the first means nothing
 */
export function syntaxProblems(
  source: LinedText,
  errors: readonly YAMLError[],
  unclosed: readonly number[],
): Problem[] {
  const foreign = foreignProblem(source)
  if (errors.length > 0 && foreign !== undefined) return [foreign]
  const opening = unclosed.length === 0 ? undefined : Math.min(...unclosed.slice(0, 1000))
  const problems = new Map<number, Problem>()
  for (const error of errors.toSorted((a, b) => a.pos[0] - b.pos[0])) {
    if (problems.size >= MOST_SYNTAX_PROBLEMS) break
    if (opening !== undefined && error.pos[0] > opening) break
    if (problems.size > 0 && /token in YAML stream/.test(error.message)) continue
    const problem = syntaxProblem(source, error)
    const line = problem.where?.line ?? 0
    if (!problems.has(line)) problems.set(line, problem)
  }
  if (opening !== undefined) {
    const problem = unclosedProblem(source, opening)
    problems.set(problem.where?.line ?? 0, problem)
  }
  return [...problems.values()]
}

function syntaxProblem(source: LinedText, error: YAMLError): Problem {
  const where = placeAt(source, Math.max(0, error.pos[0]), error.pos[1])
  const slip = deeperLine(error, where) ?? slipIn(where.source ?? '')
  if (slip !== undefined) return { code: 'yaml_syntax', severity: 'error', ...slip, where }
  const words = WORDS.find(([pattern]) => pattern.test(error.message))?.[1] ?? ownWords(error, source)
  return { code: 'yaml_syntax', severity: 'error', ...words, where, ...expressionHint(where.source) }
}

const CONFLICT = /^<{7} .*$/m
const INI_SECTION = /^(?:\s*(?:[#;].*)?\n)*(\[[\w.: -]+\])[ \t]*\r?$/m

/** What no YAML error of a line would tell: the file as a whole is something else. */
function foreignProblem(source: LinedText): Problem | undefined {
  const problem = (start: number, end: number, words: Words): Problem => {
    return { code: 'yaml_syntax', severity: 'error', ...words, where: placeAt(source, start, end) }
  }
  const conflict = CONFLICT.exec(source.text)
  if (conflict !== null) {
    const words = { message: 'a merge conflict starts here', hint: 'resolve it first' }
    return problem(conflict.index, conflict.index + conflict[0].length, words)
  }
  const section = INI_SECTION.exec(source.text)
  if (section?.index !== 0) return undefined
  const end = section[0].trimEnd().length
  const hint = 'is it the inventory? It is given with -i'
  return problem(end - (section[1] ?? '').length, end, { message: 'this is INI, not YAML', hint })
}

/** The value seems to go on, for the next line is indented deeper than the key of this one. */
function deeperLine({ message }: YAMLError, { source = '', col }: Where): Words | undefined {
  if (!message.startsWith('Nested mappings') || /:(?:\s|$)/.test(source.slice(col - 1))) return undefined
  return {
    message: 'the line after this value is indented deeper than its key',
    hint: 'align keys that belong together, or quote the value',
  }
}

/** What a line looks like that is no YAML for a reason of its own. */
function slipIn(line: string): Words | undefined {
  const [, colon = '', next = ''] = /^\s*(?:- )?[A-Za-z_]\w*([:\uff1a])(.?)/.exec(line) ?? []
  if (colon === '\uff1a') return { message: 'this is a full-width colon', hint: 'write ":" and a space' }
  if (/[\u00a0\u2000-\u200a\u202f\u3000]/.test(next))
    return { message: 'the space after the colon is not a plain one', hint: 'type it anew' }
  if (colon === ':' && /^[^\s:/]$/.test(next) && !/:\s/.test(line))
    return { message: 'no space follows the colon', hint: 'write "key: value"' }
  return undefined
}

function ownWords({ message, pos }: YAMLError, { text }: LinedText): Words {
  if (/^Unexpected .* token/.test(message)) {
    const [found = ''] = text.slice(pos[0], Math.min(pos[1], pos[0] + 20)).split(/\s/, 1)
    return { message: `"${found}" does not belong here`, hint: 'remove it, or quote the value it is part of' }
  }
  const [first = '', ...rest] = message.split(/\n/, 1)[0] ?? ''
  return { message: first.toLowerCase() + rest.join('') }
}

/** Most often it is an expression that YAML has torn apart. */
function expressionHint(line: string | undefined): { hint?: string } {
  if (line?.includes('${{')) return { hint: 'quote this value: YAML takes ": ", " #", { and } for itself' }
  if (line?.includes('{{')) return { hint: 'quote this value; expressions of drover are written ${{ … }}' }
  return {}
}

function unclosedProblem(source: LinedText, offset: number): Problem {
  const where = placeAt(source, offset)
  const opening = source.text[offset]
  const isQuote = opening === '"' || opening === "'"
  return {
    code: 'yaml_syntax',
    severity: 'error',
    message: `this ${opening} is never closed`,
    where,
    hint: isQuote ? 'close it, and quote the whole value' : 'close it, or quote this value if it is text',
    ...expressionHint(where.source),
  }
}
