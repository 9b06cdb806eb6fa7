import type { Codec } from './codec/codec.ts'

/** Distinct values, as many as there is room for; equal ones share an index. */
export class DetailTable<T extends object> {
  readonly values: T[] = []
  readonly #codec: Codec<T>
  readonly #index = new Map<string, number>()
  /** Most nodes share objects, which need not be looked into again. */
  readonly #known = new WeakMap<object, number>()

  constructor(codec: Codec<T>) {
    this.#codec = codec
  }

  /**
   * @param source the object that `value` is made from; the same one makes the same value
   * @returns undefined where `room` does not have it
   */
  add(source: object, value: () => T, room: Room): number | undefined {
    const known = this.#known.get(source)
    if (known !== undefined) return known
    const made = value()
    const key = JSON.stringify(this.#codec.write(made, text => text))
    const same = this.#index.get(key)
    if (same === undefined && !room.take(key.length)) return undefined
    const index = same ?? this.values.push(made) - 1
    this.#index.set(key, index)
    this.#known.set(source, index)
    return index
  }
}

/** How many letters of details there may still be. */
export class Room {
  #left: number

  constructor(size: number) {
    this.#left = size
  }

  get left(): number {
    return this.#left
  }

  take(size: number): boolean {
    if (size > this.#left) return false
    this.#left -= size
    return true
  }
}
