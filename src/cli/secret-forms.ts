/** Shorter texts would take ordinary words out of others. In UTF-16 units. */
const SHORTEST = 4

/**
 * A secret as it may stand in files and in what hosts say: as it is, line by line, and as base64, URLs, shells and JSON
 * spell it.
 */
export function secretForms(secret: string): readonly string[] {
  const lines = secret.split('\n').filter(line => line.length >= SHORTEST)
  const plain = new Set(secret.length >= SHORTEST ? [secret, ...lines] : lines)
  return [...new Set([...plain].flatMap(text => [text, ...spelled(text)]))]
}

function spelled(text: string): readonly string[] {
  const percent = encodeURIComponent(text.toWellFormed())
  return [
    ...base64Forms(Buffer.from(text)),
    percent,
    percent.replaceAll('%20', '+'),
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/[\\"$`]/g, '\\$&'),
    text.replaceAll(/[^\w@%+=:,./-]/g, '\\$&'),
    JSON.stringify(text).slice(1, -1),
  ]
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
