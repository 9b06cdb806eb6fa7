import {
  TypeError as CelTypeError,
  EvaluationError,
  ParseError,
  type SourceRange,
} from '@marcbachmann/cel-js'
import type { ErrorCode } from '../model/errors.ts'

/** What is wrong with an expression, in drover's words; `range` is in its source. */
export interface CelProblem {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
  readonly range?: SourceRange
  /** It has no value yet: only the run knows it. */
  readonly unknown?: true
}

/** The library's names of tokens that are not spelt as they are written. */
const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  LPAREN: '(',
  RPAREN: ')',
  LBRACKET: '[',
  RBRACKET: ']',
  LBRACE: '{',
  RBRACE: '}',
  DOT: '.',
  COMMA: ',',
  COLON: ':',
  QUESTION: '?',
  IDENTIFIER: 'a name',
  NUMBER: 'a number',
  STRING: 'a string',
  BOOLEAN: 'a truth value',
  PLUS: '+',
  MINUS: '-',
  MULTIPLY: '*',
  DIVIDE: '/',
  MODULO: '%',
  NOT: '!',
}

/** Makes a problem of what the CEL library threw. */
export function celProblem(error: unknown): CelProblem {
  if (error instanceof ParseError) return { ...syntaxProblem(error), ...rangeOf(error) }
  if (error instanceof CelTypeError) return { ...typeProblem(error), ...rangeOf(error) }
  if (error instanceof EvaluationError) return { ...valueProblem(error), ...rangeOf(error) }
  if (!(error instanceof Error) || /call stack/.test(error.message)) return TOO_LARGE
  return { code: 'expression_value', message: `the expression fails: ${lowerFirst(error.message)}` }
}

const TOO_LARGE: CelProblem = {
  code: 'expression_syntax',
  message: 'the expression is too large or too deeply nested',
}

const rangeOf = ({ range }: { readonly range?: SourceRange }) => (range === undefined ? {} : { range })

/** What people write who know other languages of templates. */
const HABITS: readonly (readonly [RegExp, string])[] = [
  [/^Reserved identifier: var$/i, 'did you mean "vars"?'],
  [/^Reserved identifier: if$/i, 'a choice is written condition ? a : b'],
  [/^Unexpected character: \|/i, 'there are no filters; default(x, "…") stands in for what is missing'],
  [/^Unexpected character: \$/i, 'inside ${{ }} names stand without a sign: vars.x'],
]

/** The same by the piece that CEL stumbles over, with what stands before it. */
const FOREIGN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/\bnot\s+\S*$/, 'write "!" for "not"'],
  [/\band$/, 'write "&&" for "and"'],
  [/\bor$/, 'write "||" for "or"'],
  [/\bis$/, 'x == … compares; has(x) asks whether it is there'],
  [/===?$|!==$/, 'write "==" or "!="'],
  [/=$/, 'write "==" to compare'],
  [/~$/, '"+" joins texts'],
]

function syntaxProblem({ code, summary, node, range }: ParseError): CelProblem {
  if (code === 'limit_exceeded') return TOO_LARGE
  const input = node?.input ?? ''
  const word = /^\w+$/.exec(input.slice(range?.start, range?.end))?.[0]
  const told =
    code === 'unexpected_character' && word !== undefined
      ? `unexpected "${word}"`
      : summary.replace(/\b[A-Z]{2,}\b/g, token => TOKENS[token] ?? token)
  const hint =
    HABITS.find(([pattern]) => pattern.test(summary))?.[1] ??
    (code === 'unexpected_character'
      ? FOREIGN_WORDS.find(([pattern]) => pattern.test(input.slice(0, range?.end)))?.[1]
      : undefined)
  return {
    code: 'expression_syntax',
    message: `the expression does not parse: ${lowerFirst(told)}`,
    ...(hint === undefined ? {} : { hint }),
  }
}

function typeProblem({ code, summary }: CelTypeError): CelProblem {
  const overload = /^no such overload: (.*)$/.exec(summary)?.[1]
  if (overload !== undefined) return { code: 'expression_type', ...overloadWords(overload) }
  const call = /^found no matching overload for '(.*)'$/.exec(summary)?.[1]?.replace('re2_matches', 'matches')
  if (call !== undefined) return { code: 'expression_type', ...callWords(call) }
  if (/^Logical operator requires bool operands/i.test(summary)) {
    const hint = 'for a fallback write default(x, "…"); a text compares with x == "…"'
    return { code: 'expression_type', message: lowerFirst(summary), hint }
  }
  if (/^Ternary branches/.test(summary)) {
    const hint = 'string(x), int(x) and double(x) convert; dyn(x) leaves the type open'
    return { code: 'expression_type', message: lowerFirst(summary), hint }
  }
  return {
    code: code === 'unknown_variable' ? 'expression_name' : 'expression_type',
    message: lowerFirst(summary),
  }
}

/** `int + double` in words, and what to do about it. */
function overloadWords(overload: string): { readonly message: string; readonly hint?: string } {
  const message = `these types do not go together: ${overload}`
  const [, left = '', operator = '', right = ''] =
    /^(.+?) (==|!=|<=|>=|[-+*/%<>]|in) (.+)$/.exec(overload) ?? []
  const types = [left, right].map(type => type.replace(/^dyn<(.*)>$/, '$1'))
  const has = (type: string) => types.includes(type)
  if (has('int') && has('double'))
    return { message, hint: 'make both the same: double(x) of the int, or write 1.0 for 1' }
  if (has('string') && (has('int') || has('double'))) {
    if (operator === '+')
      return { message, hint: 'string(x) makes a text of the number; int(x) makes a number of the text' }
    const number = has('int') ? 'int' : 'double'
    return { message, hint: `${number}(x) makes a number of the text; a text is written in quotes` }
  }
  if (has('string') && has('bool')) return { message, hint: 'true and false are written without quotes' }
  if (left === 'bool' && /^[<>]/.test(operator))
    return { message, hint: 'several comparisons are joined by &&: a < b && b < c' }
  if (/^!/.test(overload))
    return { message, hint: 'only true and false have an opposite: compare, as x == 0' }
  if (has('null')) return { message, hint: 'it always has a value; has(x) asks whether there is one' }
  if (operator === 'in') return { message, hint: 'x in list, or key in map; for texts: text.contains(x)' }
  if (has('string')) return { message, hint: 'string(x), int(x) and double(x) convert' }
  return { message }
}

function callWords(call: string): { readonly message: string; readonly hint?: string } {
  const message = `no function takes these types: ${call}`
  if (/^list(?:<.*>)?\.join\(/.test(call))
    return { message, hint: 'join takes texts: x.map(i, string(i)).join(" ")' }
  return { message }
}

function valueProblem({ summary }: EvaluationError): CelProblem {
  const overload = /^no such overload: (.*)$/.exec(summary)?.[1]
  if (overload !== undefined) return { code: 'expression_value', ...overloadWords(overload) }
  const call = /^found no matching overload for '(.*)'$/.exec(summary)?.[1]?.replace('re2_matches', 'matches')
  if (call !== undefined) return { code: 'expression_value', ...callWords(call) }
  const conversion = /^(int|double|uint|bool)\(\) (?:type|conversion) error: (?!.*overflow)/.exec(
    summary,
  )?.[1]
  if (conversion !== undefined) return { code: 'expression_value', ...conversionWords(conversion) }
  return { code: 'expression_value', message: lowerFirst(summary) }
}

const CONVERTED: Readonly<Record<string, string>> = {
  int: 'whole number',
  uint: 'whole number above 0',
  double: 'number',
  bool: 'truth value',
}

function conversionWords(name: string): { readonly message: string } {
  return { message: `the value that ${name}(…) is to convert is no ${CONVERTED[name]}` }
}

/** The name that an evaluation asked for in vain, where that is why it failed. */
export function missingKey(error: unknown): string | undefined {
  if (!(error instanceof EvaluationError)) return undefined
  if (error.code !== 'no_such_key' && error.code !== 'index_out_of_bounds') return undefined
  const { node } = error
  const source = node?.input?.slice(node.start, node.end)
  return source ?? /^No such key: (.*)$/s.exec(error.summary)?.[1] ?? 'a name'
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
