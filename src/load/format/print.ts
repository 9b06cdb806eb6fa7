import type { Collection, Entry, Outline } from './outline.ts'

/** What is printed: a line; `glued` where a blank line after it would change the value that it ends. */
interface Line {
  readonly text: string
  readonly glued?: true
}

const BLANK: Line = { text: '' }

/** The file's text. Comments above the first key of the file stay at its top. */
export function printOutline(root: Collection): string {
  const [first] = root.entries
  const header = first?.above.splice(0) ?? []
  const lines = [...comments(header, 0), ...printCollection(root, 0)]
  return `${tidy(lines).join('\n')}\n`
}

function comments(texts: readonly string[], indent: number): Line[] {
  return texts.map(text => (text === '' ? BLANK : { text: ' '.repeat(indent) + text }))
}

function printCollection({ entries, end }: Collection, indent: number): Line[] {
  const sorted = entries.toSorted((a, b) => a.rank - b.rank)
  const printed = sorted.map(entry => printEntry(entry, indent))
  // No blank line before the first entry, whichever that is now.
  const [first = [], ...others] = printed
  const start = first.findIndex(({ text }) => text !== '')
  return [...first.slice(Math.max(0, start)), ...others.flat(), ...comments(end, indent)]
}

function printEntry(entry: Entry, indent: number): Line[] {
  const { label, value, above, beside } = entry
  const lead = ' '.repeat(indent) + label
  if (label === '-' && value.kind === 'map' && value.anchor === '') return printMapItem(entry, value, indent)
  const behind = beside.slice(-1).map(text => ` ${text}`)
  const over = comments([...above, ...beside.slice(0, -1)], indent)
  return [...over, ...printValue(lead, value, behind.join(''), indent)]
}

/** The first key stands behind the dash; what stands above that key goes above the dash. */
function printMapItem({ above, beside }: Entry, value: Collection, indent: number): Line[] {
  const body = printCollection(value, indent + 2)
  const first = body.findIndex(({ text }) => !/^\s*(#|$)/.test(text))
  const moved = body.slice(0, first).map(({ text }) => text.trim())
  const line = body[first] as Line
  return [
    ...comments([...above, ...beside, ...moved], indent),
    { ...line, text: `${' '.repeat(indent)}- ${line.text.slice(indent + 2)}` },
    ...body.slice(first + 1),
  ]
}

function printValue(lead: string, value: Outline, behind: string, indent: number): Line[] {
  switch (value.kind) {
    case 'inline':
      return [{ text: `${lead}${value.text === '' ? '' : ` ${value.text}`}${behind}` }]
    case 'long': {
      const isBlock = /(^| )[|>][-+0-9]*$/.test(value.header)
      const first = `${lead} ${value.header}${isBlock ? behind : ''}`
      const rest = value.lines.map((text, index) =>
        index === value.lines.length - 1 && !isBlock ? text + behind : text,
      )
      return [{ text: [first, ...rest].join('\n'), ...(value.keepsBlanks ? { glued: true as const } : {}) }]
    }
    case 'map':
    case 'list': {
      const anchor = value.anchor === '' ? '' : ` ${value.anchor}`
      return [{ text: `${lead}${anchor}${behind}` }, ...printCollection(value, indent + 2)]
    }
  }
}

/** One blank line where there are several, none at the start and the end of the file. */
function tidy(lines: readonly Line[]): string[] {
  const kept = lines.filter((line, index) => {
    const before = lines[index - 1]
    return line.text !== '' || (before !== undefined && before.text !== '' && before.glued !== true)
  })
  while (kept.at(-1)?.text === '') kept.pop()
  return kept.map(({ text }) => text)
}
