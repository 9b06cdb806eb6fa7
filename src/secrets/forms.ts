import { SHORTEST } from './matcher.ts'

/**
 * A secret as it may stand in files and in what hosts say: as it is, line by line, and as base64, hexadecimal digits,
 * URLs, shells and JSON spell it. Shorter ones than `SHORTEST` have no form: they would take ordinary words out of texts.
 */
export function secretForms(secret: string): readonly string[] {
  const lines = secret.split('\n').filter(line => line.length >= SHORTEST)
  const plain = new Set(secret.length >= SHORTEST ? [secret, ...lines] : lines)
  return [...new Set([...plain].flatMap(text => [text, ...spelled(text)]))].filter(
    form => form.length >= SHORTEST,
  )
}

function spelled(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  const hex = bytes.toString('hex')
  const json = JSON.stringify(text).slice(1, -1)
  return [
    ...base64Forms(bytes),
    hex,
    hex.toUpperCase(),
    ...percentForms(text),
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/[\\"$`]/g, '\\$&'),
    text.replaceAll(/[^\w@%+=:,./-]/g, '\\$&'),
    text.replaceAll(/[^\w@%+=:,./\x80-\uffff-]/g, '\\$&'),
    json,
    json.replaceAll('/', '\\/'),
    json.replaceAll(/[^\x20-\x7e]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ]
}

/** In URLs and forms, which do not agree about some characters, blanks, and the case of digits. */
function percentForms(text: string): readonly string[] {
  const percent = encodeURIComponent(text.toWellFormed())
  const more = (chars: RegExp) =>
    percent.replaceAll(chars, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  const path = (form: string) => form.replaceAll('%2F', '/')
  return [percent, more(/[!'()*]/g), more(/[!'()*~]/g), more(/[!'()~]/g)]
    .flatMap(form => [form, path(form)])
    .concat(encodeURI(text.toWellFormed()))
    .flatMap(form => [form, form.replaceAll(/%[0-9A-F]{2}/g, code => code.toLowerCase())])
    .flatMap(form => [form, form.replaceAll('%20', '+')])
}

/**
 * Base64 spells three bytes together: what it makes of a text depends on how many stand before it. The letters at the
 * ends that neighbours share are left out.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  if (bytes.length < 6) return []
  return [0, 1, 2].flatMap(before => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const [first, last] = [Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6)]
    return (['base64', 'base64url'] as const).map(form => whole.toString(form).slice(first, last))
  })
}
