import { spawnSync } from 'node:child_process'

export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  /** All text of its own. */
  readonly text: string
}

type Draft = { -readonly [K in keyof XmlElement]: XmlElement[K] } & { children: Draft[] }

/** What XML 1.0 takes as a character (section 2.2), all else ends the test. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u

const TOKEN = /<(\/?)([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<]+)/gy

/**
 * A reader of as much XML as reports need, which refuses whatever is not well-formed: bare `&`, `]]>` in text, tags that
 * do not match, an attribute twice, anything that it does not know.
 */
export function parseStrictXml(document: string): XmlElement {
  const found = FORBIDDEN.exec(document)
  if (found !== null) throw new Error(`a forbidden character: ${JSON.stringify(found[0])}`)
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
  if (!document.startsWith(declaration)) throw new Error('no declaration')
  const root: Draft = { name: '', attributes: {}, children: [], text: '' }
  const open: Draft[] = [root]
  TOKEN.lastIndex = declaration.length
  while (TOKEN.lastIndex < document.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(document)
    if (match === null) throw new Error(`not well-formed at ${JSON.stringify(document.slice(at, at + 40))}`)
    take(open, match)
  }
  const [top] = root.children
  if (open.length > 1 || root.children.length !== 1 || top === undefined) throw new Error('not one root')
  if (root.text.trim() !== '') throw new Error('text beside the root')
  return top
}

function take(open: Draft[], [, close, name, attributes = '', empty, text]: RegExpExecArray): void {
  const top = open.at(-1) as Draft
  if (text !== undefined) {
    if (text.includes(']]>')) throw new Error(']]> in text')
    top.text += decode(text)
  } else if (close === '/') {
    if (open.pop()?.name !== name || attributes !== '' || empty !== '') throw new Error(`</${name}> is off`)
  } else {
    const made: Draft = {
      name: name as string,
      attributes: readAttributes(attributes),
      children: [],
      text: '',
    }
    top.children.push(made)
    if (empty === '') open.push(made)
  }
}

function readAttributes(text: string): Record<string, string> {
  const read: Record<string, string> = {}
  for (const [, name = '', value = ''] of text.matchAll(/ ([a-z]+)="([^"]*)"/g)) {
    if (name in read) throw new Error(`${name} is given twice`)
    read[name] = decode(value)
  }
  return read
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#91;': '[',
  '&#58;': ':',
}

function decode(text: string): string {
  return text.replace(/&[^;]*;?/g, entity => {
    const char = ENTITIES[entity]
    if (char === undefined) throw new Error(`an entity that is none: ${entity}`)
    return char
  })
}

/** What expat says of a document; undefined where Python is not installed. */
export function expatSays(document: string): string | undefined {
  const script = `
import sys, xml.etree.ElementTree as e
try: e.fromstring(sys.stdin.buffer.read()); print('well-formed')
except e.ParseError as error: print(error)
`
  const run = spawnSync('python3', ['-c', script], { input: document, encoding: 'utf8' })
  return run.status === 0 ? run.stdout.trim() : undefined
}
