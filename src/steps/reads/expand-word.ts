import { stripped } from './shell-pattern.ts'
import type { Segment, Text } from './shell-text.ts'
import type { Operator, Part, Script, Word } from './shell-tree.ts'

export interface Surroundings {
  readonly variable: (name: string) => Text
  /** Told of each command whose output is put in. */
  readonly output: (script: Script) => void
}

export function expandWord(word: Word, surroundings: Surroundings): readonly Segment[] {
  return word.flatMap(part => expandPart(part, surroundings))
}

function expandPart(part: Part, surroundings: Surroundings): readonly Segment[] {
  switch (part.kind) {
    case 'text':
      return [{ text: part.text, kind: part.quoted ? 'quoted' : 'plain' }]
    case 'home':
      return [{ text: surroundings.variable('HOME'), kind: 'quoted' }]
    case 'number':
      return [{ text: undefined, kind: 'quoted' }]
    case 'output':
      surroundings.output(part.script)
      return [{ text: undefined, kind: kindOf(part) }]
    case 'variable': {
      const value = surroundings.variable(part.name)
      if (part.change === undefined) return [{ text: value, kind: kindOf(part) }]
      const word = expandWord(part.change.word, surroundings)
      const changed = change(value, part.change.operator, word)
      return part.quoted ? [{ text: textOf(changed), kind: 'quoted' }] : changed
    }
  }
}

const kindOf = ({ quoted }: { readonly quoted: boolean }) => (quoted ? 'quoted' : 'split')

const UNKNOWN: readonly Segment[] = [{ text: undefined, kind: 'split' }]

function change(value: Text, operator: Operator, word: readonly Segment[]): readonly Segment[] {
  // Whether a variable is set at all is known only of one whose value is.
  if (value === undefined) return UNKNOWN
  const own: readonly Segment[] = [{ text: value, kind: 'split' }]
  // What stands in the braces is divided like a value, unlike what stands outside.
  const given = word.map(({ text, kind }): Segment => ({ text, kind: kind === 'quoted' ? kind : 'split' }))
  switch (operator) {
    case '-':
      return own
    case ':-':
      return value === '' ? given : own
    case '+':
      return given
    case ':+':
      return value === '' ? [] : given
    default:
      return [{ text: stripped(value, operator, word), kind: 'split' }]
  }
}

/** A longer text is not looked at. */
const LONGEST = 64 << 10

/** What an assignment takes, or one field that is not divided. */
export function textOf(segments: readonly Segment[]): Text {
  if (lengthOf(segments) > LONGEST) return undefined
  return segments.some(({ text }) => text === undefined)
    ? undefined
    : segments.map(({ text }) => text).join('')
}

/** The fields that a command gets; undefined where their number is not known, or files could be looked for. */
export function fieldsOf(segments: readonly Segment[]): readonly Text[] | undefined {
  const isOpen = segments.some(
    ({ text, kind }) => kind === 'split' && (text === undefined || /[*?[\\\0]/.test(text)),
  )
  if (isOpen || lengthOf(segments) > LONGEST) return undefined
  const fields: Segment[][] = []
  let isDone = true
  for (const piece of segments.flatMap(divided)) {
    if (piece !== 'blank' && isDone) fields.push([piece])
    else if (piece !== 'blank') fields.at(-1)?.push(piece)
    isDone = piece === 'blank'
  }
  return fields.some(isPattern) ? undefined : fields.map(textOf)
}

function divided(segment: Segment): readonly (Segment | 'blank')[] {
  if (segment.kind !== 'split') return [segment]
  const pieces = (segment.text ?? '').split(/([ \t\n]+)/).filter(piece => piece !== '')
  return pieces.map(text => (/^[ \t\n]/.test(text) ? 'blank' : { text, kind: 'split' }))
}

function lengthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { text }) => sum + (text?.length ?? 0), 0)
}

function isPattern(field: readonly Segment[]): boolean {
  const open = field.some(({ text, kind }) => kind === 'plain' && /[*?[]/.test(text ?? ''))
  return open && textOf(field) !== '['
}
