import { heredocAt } from './heredoc.ts'
import type { FrameKind, ShellState } from './state.ts'

/**
 * What comes next inside each kind of frame (POSIX.1-2024, Shell Command Language, 2.2 "Quoting", 2.3 "Token
 * Recognition"). Each rule takes at least one character. Where shells differ, or only a full parser could tell, a
 * rule loses the thread: a value after that is refused rather than guessed.
 */
export const RULES: Readonly<Record<FrameKind, (state: ShellState) => void>> = {
  command,
  double,
  param,
  arithmetic,
  backtick,
  ansi,
  single: state => {
    if (state.skipTo("'")) state.pop("'")
  },
  comment: state => {
    if (state.skipTo('\n')) state.pop('')
  },
}

function command(state: ShellState): void {
  const { char } = state
  if (char === '\\') state.escape()
  else if (char === "'") state.push('single', char)
  else if (char === '"') state.push('double', char)
  else if (char === '`') state.push('backtick', char)
  else if (char === '$') dollar(state, true)
  else if (char === '#' && state.word === '') state.push('comment', char)
  else if (char === '(') openParen(state)
  else if (char === ')') closeParen(state)
  else if (char === '<') redirect(state)
  else if (/[\n;&|]/.test(char)) {
    state.endCommand(1)
    if (char === '\n') state.startBody()
  } else if (/[\s>]/.test(char)) state.endWord(1)
  else state.plain()
}

function double(state: ShellState): void {
  const { char } = state
  if (char === '\\') state.escape()
  else if (char === '"') state.pop(char)
  else if (char === '`') state.push('backtick', char)
  else if (char === '$') dollar(state, false)
  else state.skip(1)
}

/** Shells disagree on what quotes mean in `"${x:-'…'}"`. */
function param(state: ShellState): void {
  const { char } = state
  if (char === '}') state.pop(char)
  else if (char === '\\') state.escape()
  else if (char === '`') state.push('backtick', char)
  else if (char === '$') dollar(state, !state.insideDouble)
  else if (char !== "'" && char !== '"') state.skip(1)
  else if (state.insideDouble) state.lose('after quotes inside "${…}"')
  else state.push(char === '"' ? 'double' : 'single', char)
}

function arithmetic(state: ShellState): void {
  const { char, frame } = state
  if (char === '\\') state.escape()
  else if (char === '"') state.push('double', char)
  else if (char === '`') state.push('backtick', char)
  else if (char === '$') dollar(state, false)
  else if (char === "'") state.lose('after a quote inside $((…))')
  else if (char === ')' && frame.parens === 0) {
    if (state.looksAt('))')) state.pop('))')
    else state.lose('after $((…), which is no arithmetic: put a space between the parentheses')
  } else {
    if (char === '(') frame.parens++
    if (char === ')') frame.parens--
    state.skip(1)
  }
}

function backtick(state: ShellState): void {
  const { char, frame } = state
  if (char === "'") frame.single++
  if (char === '"') frame.double++
  if (char === '\\') state.escape()
  else if (char !== '`') state.skip(1)
  else if (frame.single % 2 === 0 && frame.double % 2 === 0) state.pop(char)
  else state.lose('after quotes inside `…`')
}

/** A shell that does not know `$'…'` ends it at the first quote, escaped or not. */
function ansi(state: ShellState): void {
  if (state.looksAt("\\'")) state.lose("after an escaped quote inside $'…'")
  else if (state.char === '\\') state.escape()
  else if (state.char === "'") state.pop("'")
  else state.skip(1)
}

/**
 * `quotes`: whether `$'…'` and `$"…"` are quotes here. A `$` at the very end would take the value's own quote for
 * its, and some shells read `$$'…'` as `$` and `$'…'`.
 */
function dollar(state: ShellState, quotes: boolean): void {
  if (state.looksAt('$((')) state.push('arithmetic', '$((')
  else if (state.looksAt('$(')) state.push('command', '$(')
  else if (state.looksAt('${')) state.push('param', '${')
  else if (state.looksAt('$[')) state.lose('after $[, which some shells evaluate')
  else if (quotes && state.looksAt("$'")) state.push('ansi', "$'")
  else if (quotes && state.looksAt('$"')) state.push('double', '$"')
  else if (/^\$(?:$|\$['"]|\$$)/.test(state.text.slice(state.at, state.at + 3))) state.lose('right after a $')
  else {
    state.vary()
    state.skip(/[$#?!@*\d-]/.test(state.text[state.at + 1] ?? '') ? 2 : 1)
  }
}

function openParen(state: ShellState): void {
  if (state.looksAt('((')) state.lose('after ((, which some shells evaluate')
  state.frame.parens++
  state.endCommand(1)
}

/** In the script itself a `)` without a `(` belongs to a `case`. */
function closeParen(state: ShellState): void {
  const { frame } = state
  const closesFrame = frame.parens === 0 && state.frames.length > 1
  frame.parens = Math.max(0, frame.parens - 1)
  state.endCommand(closesFrame ? 0 : 1)
  if (!closesFrame) return
  if (frame.heredocs.length > 0) state.lose('after a here-document that $(…) cuts off')
  state.pop(')')
}

function redirect(state: ShellState): void {
  if (state.looksAt('<<<')) {
    state.endWord(3)
    if (state.frame.reads === 'shell') state.frame.reads = 'eval'
    return
  }
  if (!state.looksAt('<<')) {
    state.endWord(1)
    return
  }
  const found = heredocAt(state.text, state.at)
  if (found === undefined) {
    state.lose('after a here-document with a computed delimiter')
    return
  }
  state.frame.heredocs.push(found.heredoc)
  state.endWord(found.end - state.at)
}
