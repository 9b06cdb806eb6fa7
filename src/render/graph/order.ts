/** An order in which each vertex comes after those that it needs, and otherwise as in `starts`: by its index. */
export function topological(
  needs: readonly (readonly number[])[],
  starts: readonly number[] = [...needs.keys()],
): number[] {
  const order: number[] = []
  const entered = new Uint8Array(needs.length)
  /** A vertex again, negated, means that all it needs is in the order. */
  const stack = starts.toReversed()
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at < 0) order.push(~at)
    else if (entered[at] === 0) {
      entered[at] = 1
      stack.push(~at, ...(needs[at] ?? []).toSorted((a, b) => b - a))
    }
  }
  return order
}
