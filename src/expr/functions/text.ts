import { createHash } from 'node:crypto'
import { celToValue } from '../cel-value.ts'
import { valueFailure } from '../failure.ts'
import { jsonText } from '../json-value.ts'
import { scalarText } from '../scalar-text.ts'
import { quoteFor } from '../shell/quote.ts'

export const json = (value: unknown): string => jsonText(celToValue(value))

export const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

export function base64Decode(text: string): string {
  const packed = text.replace(/\s/g, '')
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(packed))
    throw valueFailure('base64_decode() is given a text that is no base64')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(packed, 'base64'))
  } catch {
    throw valueFailure('what base64_decode() gives is no UTF-8 text')
  }
}

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/** A shell word, or for a list a word for each of its items. */
export function quote(value: unknown): string {
  return Array.isArray(value) ? value.map(word).join(' ') : word(value)
}

function word(value: unknown): string {
  const text = scalarText(value)
  if (text === undefined || text.includes('\0'))
    throw valueFailure('quote() takes a text, a number, a truth value, or a list of them')
  return quoteFor('bare', text)
}
