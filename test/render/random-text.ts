import { StringDecoder } from 'node:string_decoder'

/** A small generator of pseudo-random 32-bit numbers (xorshift), the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

export function randomBytes(seed: number, length: number): Buffer {
  const next = randomNumbers(seed)
  const bytes = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE(next(), at)
  return bytes
}

/** What somebody who wants to get through would print. */
const NASTY = [
  ...[
    '\x1b[2J',
    '\x1b]0;title\x07',
    '\x9b31m',
    '\x90q\x9c',
    '\x1b',
    '\x07',
    '\b',
    '\r',
    '\x7f',
    '\0',
    '\v',
    '\f',
  ],
  ...['\u202e', '\u2066', '\u200b', '\u2028', '\u0085', '\ufeff', '\u{e0041}', '\ud83d', '\udc00', '\ufffe'],
  ...[
    '::error::x',
    '\n::stop-commands::x',
    '\n \u3000::add-mask::x',
    '##[error]x',
    '\r##[group]x',
    '%0A::error::x',
  ],
  ...[
    'section_start:1:x\r\x1b[0K',
    '\x1b[0Ksection_end:1:drover_r1_1\r\x1b[0K',
    ']]>',
    '<!--',
    '&#27;',
    '\n',
    '東',
    'plain',
  ],
]

/**
 * Random output as it comes from a worker: half of it bytes, read as UTF-8 where that is what they are; half of it
 * characters from all of Unicode, among what means something to somebody.
 * @param bytes how many in all, about
 */
export function* randomOutput(seed: number, bytes: number): Generator<string> {
  const decoder = new StringDecoder('utf8')
  const raw = randomBytes(seed, bytes / 2)
  const next = randomNumbers(seed + 1)
  for (let at = 0; at < raw.length; at += PIECE) {
    yield decoder.write(raw.subarray(at, at + PIECE))
    let text = ''
    while (text.length < PIECE / 2) {
      const n = next()
      text += n % 4 === 0 ? NASTY[(n >>> 8) % NASTY.length] : String.fromCodePoint((n >>> 8) % RANGES[n % 3]!)
    }
    yield text
  }
}

const PIECE = 32 << 10
/** The most of what a terminal obeys is among the first. */
const RANGES = [0x100, 0x3000, 0x110000] as const
