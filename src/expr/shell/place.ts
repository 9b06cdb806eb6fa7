import type { QuotePlace } from '../../model/template.ts'
import { RULES } from './rules.ts'
import { type FrameKind, ShellState } from './state.ts'

/**
 * Where a value stands in shell text: how to quote it there, or why that can't be told. `alone`: it is a word of its
 * own.
 */
export type ShellPlace =
  | { readonly quote: QuotePlace; readonly alone?: boolean }
  | { readonly refused: string }

const REFUSED_INSIDE: Readonly<Partial<Record<FrameKind, string>>> = {
  param: 'inside ${…}',
  arithmetic: 'inside $((…)), which the shell evaluates',
  backtick: 'inside `…`',
  ansi: "inside $'…'",
  comment: 'in a comment, which a line break in the value would end',
}

/** The places between consecutive pieces of shell text, each of which a value is to fill. Linear in the text. */
export function shellPlaces(pieces: readonly string[]): ShellPlace[] {
  const state = new ShellState()
  return pieces.slice(0, -1).map((piece, index) => {
    read(state, piece)
    const place = placeIn(state, pieces[index + 1] ?? '', index + 2 === pieces.length)
    state.word = undefined
    state.body?.value()
    return place
  })
}

function read(state: ShellState, piece: string): void {
  state.text = piece
  state.at = 0
  while (state.at < piece.length && state.lost === undefined) {
    if (state.body === undefined) RULES[state.frame.kind](state)
    else readBody(state)
  }
}

function readBody(state: ShellState): void {
  const next = state.body?.read(state.text, state.at)
  if (next === undefined) state.lose('after a here-document whose end shells read differently')
  else state.at = next
  if (state.body?.done) state.body = undefined
}

/** `next`: what comes after the value, up to the next one; `isLast`: there is none. */
function placeIn(state: ShellState, next: string, isLast: boolean): ShellPlace {
  if (state.lost !== undefined) return { refused: state.lost }
  if (state.body !== undefined) return { refused: 'in a here-document' }
  for (const { kind } of state.frames) {
    const refused = REFUSED_INSIDE[kind]
    if (refused !== undefined) return { refused }
  }
  if (state.frames.some(({ reads }) => reads === 'script' || reads === 'eval'))
    return { refused: 'in a command that another shell, eval or trap reads again' }
  if (state.frames.some(({ brackets }) => brackets) && /^["']?\s+-(?:eq|ne|l[te]|g[te])\s/.test(next))
    return { refused: 'as a number in [[ … ]], which some shells evaluate; [ … ] does not' }
  if (state.frame.kind === 'command' && /^[A-Za-z_]\w*\[[^\]]*$/.test(state.word ?? ''))
    return { refused: 'inside NAME[…], which some shells evaluate' }
  const { kind } = state.frame
  if (kind === 'single' || kind === 'double') return { quote: kind }
  return { quote: 'bare', alone: state.word === '' && (next === '' ? isLast : /^[\s;&|)]/.test(next)) }
}
