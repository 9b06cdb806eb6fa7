import { Malformed } from './codec/codec.ts'

/** Ascending numbers as `[first, last, first, last, …]`. */
export type Ranges = readonly number[]

export function rangesOf(numbers: Iterable<number>): Ranges {
  const ranges: number[] = []
  for (const n of numbers) {
    if (ranges.length > 0 && ranges.at(-1) === n - 1) ranges[ranges.length - 1] = n
    else ranges.push(n, n)
  }
  return ranges
}

/** How many numbers there are. */
export function rangeSize(ranges: Ranges): number {
  return ranges.reduce((sum, n, at) => (at % 2 === 0 ? sum - n : sum + n + 1), 0)
}

/**
 * @param below what the numbers must be less than
 * @throws Malformed unless they ascend, none twice
 */
export function numbersOf(ranges: Ranges, below: number): number[] {
  const numbers: number[] = []
  let next = 0
  if (ranges.length % 2 !== 0) throw new Malformed('has a range without an end')
  for (let at = 0; at < ranges.length; at += 2) {
    const [first, last] = [ranges[at] as number, ranges[at + 1] as number]
    if (first < next || last < first || last >= below) throw new Malformed('has a range out of place')
    for (let n = first; n <= last; n++) numbers.push(n)
    next = last + 1
  }
  return numbers
}

/** Numbers with many repetitions as `[number, times, number, times, …]`. */
export type Repeats = readonly number[]

export function repeatsOf(numbers: Iterable<number>): Repeats {
  const repeats: number[] = []
  for (const n of numbers) {
    if (repeats.length > 0 && repeats.at(-2) === n) (repeats[repeats.length - 1] as number) += 1
    else repeats.push(n, 1)
  }
  return repeats
}

/** @throws Malformed unless there are `length` numbers, each below 2³² */
export function repeatedNumbers(repeats: Repeats, length: number): Uint32Array {
  const numbers = new Uint32Array(length)
  let end = 0
  for (let at = 0; at + 1 < repeats.length; at += 2) {
    const [n, times] = [repeats[at] as number, repeats[at + 1] as number]
    if (n > 0xffff_ffff || end + times > length) throw new Malformed('has too many or too large numbers')
    numbers.fill(n, end, end + times)
    end += times
  }
  if (end !== length || repeats.length % 2 !== 0) throw new Malformed(`is not ${length} numbers`)
  return numbers
}
