import { styleText } from 'node:util'

export type Style = Parameters<typeof styleText>[0]

/** Colours a text, or leaves it as it is where colour is not wanted. */
export type Paint = (style: Style, text: string) => string

export function createPaint(color: boolean): Paint {
  if (!color) return (_, text) => text
  return (style, text) => (text === '' ? '' : styleText(style, text, { validateStream: false }))
}
