import type { QuotePlace } from '../../model/template.ts'
import { refusedAfter } from './reads.ts'
import { RULES } from './rules.ts'
import { type FrameKind, ShellState } from './state.ts'

/**
 * Where a value stands in shell text: how to quote it there, or why that can't be told. `alone`: it is a word of its
 * own.
 */
export type ShellPlace =
  | { readonly quote: QuotePlace; readonly alone?: boolean }
  | {
      readonly refused: string
      /** Digits mean nothing else here. */
      readonly takesNumbers: boolean
    }

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
    state.pass(piece)
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
  if (state.lost !== undefined) return { refused: state.lost, takesNumbers: false }
  const refused = refusedIn(state, next)
  if (refused !== undefined) return { refused, takesNumbers: !endsOdd(state) }
  const { kind } = state.frame
  if (kind === 'single' || kind === 'double') return { quote: kind }
  return { quote: 'bare', alone: state.word === '' && (next === '' ? isLast : /^[\s;&|)]/.test(next)) }
}

/** Why a value that is no number cannot stand here. */
function refusedIn(state: ShellState, next: string): string | undefined {
  if (state.body !== undefined) return 'in a here-document'
  const inside = state.frames.flatMap(({ kind }) => REFUSED_INSIDE[kind] ?? [])[0]
  if (inside !== undefined) return inside
  if (state.frames.some(({ reads }) => reads === 'script' || reads === 'eval'))
    return 'in a command that reads it again, as another shell, eval or trap do'
  if (state.frames.some(({ reads, from }) => reads === 'prints' && state.printsNumbers(from)))
    return 'as a number of printf, which some shells evaluate'
  if (state.frames.some(({ brackets }) => brackets) && /^["']?\s+-(?:eq|ne|l[te]|g[te])\s/.test(next))
    return 'as a number in [[ … ]], which some shells evaluate; [ … ] does not'
  return state.frames.flatMap(({ lead, reads }) => refusedAfter(lead, reads) ?? [])[0]
}

/** Whether what stands before would take digits for its own: `$1`, `\\1`. */
const endsOdd = ({ text }: ShellState) => /[$\\\w]$/.test(text)
