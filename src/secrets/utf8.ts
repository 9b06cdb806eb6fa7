/** The text that bytes are, with its byte order mark where it has one; undefined where they are no UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** What to do about a secret that is no text. */
export const AS_TEXT = 'a secret is text: keep bytes in base64, and let the step decode them'
