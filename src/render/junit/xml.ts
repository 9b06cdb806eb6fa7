import { escapeText, type Keep } from '../escape.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/**
 * Text for XML 1.0: what it forbids (section 2.2: controls, lone surrogates, U+FFFE and U+FFFF), and what a terminal would
 * obey, becomes visible; what means something to it becomes an entity, so that `]]>` cannot occur either.
 */
export function xmlText(text: string, keep: Keep = 'lines'): string {
  const shown = escapeText(text, keep)
    .replace(/[\ufffe\uffff]/g, char => `\\u${char.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"]/g, char => ENTITIES[char] as string)
  // Where the file is shown in a log of GitHub's, these would be commands.
  return shown.replaceAll('##[', '##&#91;').replace(/^([^\S\n]*):(?=:)/gm, '$1&#58;')
}

/** `name="value"` for each that has a value, each after a space. Line ends and tabs in a value become visible. */
export function xmlAttributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [` ${name}="${xmlText(String(value), 'nothing')}"`],
    )
    .join('')
}

/** An element on lines of its own, or `<name/>` where it has no content. `content` is XML. */
export function xmlElement(
  indent: string,
  name: string,
  values: Readonly<Record<string, string | number | undefined>>,
  content = '',
): string {
  const start = `${indent}<${name}${xmlAttributes(values)}`
  return content === '' ? `${start}/>\n` : `${start}>${content}</${name}>\n`
}
