/** Choices that are the same for the same seed. */
export interface Dice {
  /** From 0 to `most`. */
  int(most: number): number
  /** True so many times of a hundred. */
  chance(percent: number): boolean
  pick<T>(list: readonly T[]): T
  /** `value` so many times of a hundred, otherwise nothing. */
  maybe<T extends object>(percent: number, value: () => T): T | Record<string, never>
}

/** Mulberry32. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (most: number) => Math.floor(next() * (most + 1))
  const chance = (percent: number) => next() * 100 < percent
  return {
    int,
    chance,
    pick: list => list[int(list.length - 1)] as (typeof list)[number],
    maybe: (percent, value) => (chance(percent) ? value() : {}),
  }
}
