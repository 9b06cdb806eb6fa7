/**
 * Base64 spells three bytes together: what it makes of a text depends on how many stand before it. The letters at the
 * ends that neighbours share are left out, and the last one is there where nothing follows. In both of its alphabets.
 */
export function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap(before => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const [first, last] = ownLetters(before, whole, 6)
    return (['base64', 'base64url'] as const)
      .map(form => whole.toString(form))
      .flatMap(letters => [letters.slice(first, last), letters.slice(first)])
  })
}

/** The same of base32, which spells five bytes together (RFC 4648). */
export function base32Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2, 3, 4].map(before => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    return base32(whole).slice(...ownLetters(before, whole, 5))
  })
}

/** From where to where letters are made of nothing but the bytes from `before` on. */
function ownLetters(before: number, whole: Buffer, bits: number): [first: number, end: number] {
  return [Math.ceil((before * 8) / bits), Math.floor((whole.length * 8) / bits)]
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Without what a last, incomplete letter would be. */
function base32(bytes: Buffer): string {
  let made = ''
  let [held, bits] = [0, 0]
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    bits += 8
    for (; bits >= 5; bits -= 5) made += BASE32[(held >> (bits - 5)) & 31]
  }
  return made
}
