import type { WrittenNumber } from '../model/value.ts'

const INT = /^(?:0|-?[1-9]\d*)$/
const DOUBLE = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)

/**
 * What expressions calculate with for a number as it was written: an int, a double, or its text where the writing
 * is no number for CEL (a date, `007`, `0x1f`, twenty digits).
 */
export function numberValue({ text }: WrittenNumber): bigint | number | string {
  if (INT.test(text)) {
    const int = BigInt(text)
    return int >= INT64_MIN && int <= INT64_MAX ? int : text
  }
  if (!DOUBLE.test(text)) return text
  const double = Number(text)
  return Number.isFinite(double) ? double : text
}
