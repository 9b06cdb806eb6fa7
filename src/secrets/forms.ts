import { base32Forms, base64Forms } from './letter-codes.ts'
import { readLoosely } from './loose-reading.ts'
import { SHORTEST } from './matcher.ts'
import type { Reading } from './reading.ts'

/** As what a secret is looked for. */
export interface SecretForms {
  /** In texts as they are, and where bytes or long lines are written with something between them. */
  readonly exact: readonly string[]
  /** In what is left of texts without quotes and escapes: see `readLoosely`. */
  readonly loose: readonly string[]
  /** No fewer bytes are looked for: the length of the secret, or of its shortest line. */
  readonly bytes: number
}

/**
 * A secret as it may stand in files and in what hosts say: as it is, line by line, and as base64, base32, hexadecimal
 * digits, URLs, shells, JSON and their like spell it. Shorter ones than `SHORTEST` have no form: they would take ordinary
 * words out of texts.
 */
export function secretForms(secret: string): SecretForms {
  const lines = secret.split(/\r?\n/).filter(line => line.length >= SHORTEST)
  const plain = [...new Set(secret.length >= SHORTEST ? [secret, ...lines] : lines)]
  const coded = plain.map(codedForms)
  return {
    exact: [
      ...new Set(plain.flatMap((text, at) => [text, ...(coded[at] ?? []), ...quotedForms(text)])),
    ].filter(isLongEnough),
    loose: [...new Set([...plain.flatMap(looseForms), ...coded.flatMap(looseCodes)])].filter(isLongEnough),
    bytes: plain.reduce((least, text) => Math.min(least, Buffer.byteLength(text)), Number.POSITIVE_INFINITY),
  }
}

function isLongEnough(form: string): boolean {
  return form.length >= SHORTEST
}

function codedForms(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  const hex = bytes.toString('hex')
  return [
    ...base64Forms(bytes),
    ...base64Forms(Buffer.from(text, 'utf16le')),
    ...base32Forms(bytes),
    hex,
    hex.toUpperCase(),
    text.split('').reverse().join(''),
  ]
}

/** In the ways that are usual, to the letter: what stands around them has no influence. */
function quotedForms(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1)
  return [
    ...percentForms(text),
    misread(text),
    text.replaceAll("'", "'\\''"),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll("'", "''"),
    text.replaceAll('"', '""'),
    text.replaceAll(/[\\"$`]/g, '\\$&'),
    text.replaceAll(/[\\']/g, '\\$&'),
    text.replaceAll(/[^\w@%+=:,./-]/g, '\\$&'),
    text.replaceAll(/[^\w@%+=:,./\x80-\uffff-]/g, '\\$&'),
    json,
    json.replaceAll('/', '\\/'),
    json.replaceAll(/[^\x20-\x7e]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ]
}

/** By a program that takes UTF-8 for Latin-1. */
function misread(text: string): string {
  return Buffer.from(text).toString('latin1')
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

/** Control characters that one or the other spells by a letter behind a backslash: C and shells, JSON, Python. */
const LETTERED = ['\n\r\t\b\f\v\x07\x1b', '\n\r\t\b\f', '\n\r\t'] as const
const LETTERS: Readonly<Record<string, string>> = {
  ...{ '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f', '\v': 'v' },
  ...{ '\x07': 'a', '\x1b': 'E' },
}

function looseForms(text: string): readonly string[] {
  if (/^\w*$/.test(text)) return [text]
  const control = /[\0-\x1f]/g
  const lettered = LETTERED.map(chars =>
    text.replaceAll(control, char => (chars.includes(char) ? (LETTERS[char] ?? char) : char)),
  )
  const latin1 = text.replaceAll(/[\x80-\xff]/g, char => `\\x${char.charCodeAt(0).toString(16)}`)
  const crlf = text.replaceAll(/\r?\n/g, 'rn')
  const texts = new Set([text, ...lettered, crlf, latin1, misread(text)])
  return [...Array.from(texts, one => readLoosely(one)), readLoosely(text, { sign: '=' })].map(trimmed)
}

/** Codes whose letters URLs and JSON escape. */
function looseCodes(forms: readonly string[]): readonly string[] {
  return forms.filter(form => /^[\w+/]*[+/][\w+/]*$/.test(form)).map(form => trimmed(readLoosely(form)))
}

/** Blanks around it may be anything, or nothing. */
function trimmed({ text }: Reading): string {
  return text.replaceAll(/^\++|\++$/g, '')
}
