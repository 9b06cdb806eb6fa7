/** A drawing of a DAG beside its list: one row of signs for each step, and rows that connect them. */
export interface LaneRow {
  /** The step whose name stands beside the row; absent for a row that only connects. */
  readonly step?: number
  readonly signs: string
  /** The lanes that pass by right above the row, for a heading to stand there. */
  readonly above: string
}

/** With more branches side by side a drawing tells nothing any more. */
const MOST_LANES = 12

/**
 * Draws steps in their order as lanes, one column for each open branch, as `git log --graph` draws history. A lane
 * is a line to a later step; lines to the same step join.
 * @param order step indexes in a topological order
 * @param needs for each step index, the steps that it needs
 * @returns undefined where too many branches are open at once
 */
export function drawLanes(
  order: readonly number[],
  needs: readonly (readonly number[])[],
): LaneRow[] | undefined {
  const lanes = new Lanes(order, needs)
  const rows: LaneRow[] = []
  for (const step of order) {
    rows.push(...lanes.take(step))
    if (lanes.width > MOST_LANES) return undefined
  }
  return rows
}

class Lanes {
  readonly #neededBy: readonly (readonly number[])[]
  /** For each lane the step that it leads to; undefined for a free one. */
  readonly #goals: (number | undefined)[] = []

  constructor(order: readonly number[], needs: readonly (readonly number[])[]) {
    const neededBy: number[][] = needs.map(() => [])
    for (const step of order) for (const need of new Set(needs[step])) neededBy[need]?.push(step)
    this.#neededBy = neededBy
  }

  get width(): number {
    return this.#goals.length
  }

  /** The row of a step, and the one below it where lanes part or join. */
  take(step: number): LaneRow[] {
    const above = this.#signs(lane => this.#line(lane))
    const own = this.#laneTo(step) ?? this.#freeLane()
    const row = { step, above, signs: this.#signs(lane => (lane === own ? '●' : this.#line(lane))) }
    this.#goals[own] = undefined
    const reached = this.#lead(own, this.#neededBy[step] ?? [])
    if (reached.size === 0) {
      this.#trim()
      return [row]
    }
    const connection = { above: '', signs: this.#connect(own, reached) }
    this.#trim()
    return [row, connection]
  }

  /** Leads lanes from `own` to the steps that come after; returns the other lanes that the line must reach. */
  #lead(own: number, after: readonly number[]): Map<number, 'new' | 'joined'> {
    const reached = new Map<number, 'new' | 'joined'>()
    for (const goal of after) {
      const known = this.#laneTo(goal)
      if (known !== undefined) reached.set(known, 'joined')
      else if (this.#goals[own] === undefined) this.#goals[own] = goal
      else {
        const lane = this.#freeLane()
        this.#goals[lane] = goal
        reached.set(lane, 'new')
      }
    }
    return reached
  }

  #connect(own: number, reached: ReadonlyMap<number, 'new' | 'joined'>): string {
    const ends = [own, ...reached.keys()]
    const left = Math.min(...ends)
    const right = Math.max(...ends)
    const sign = (lane: number): string => {
      if (lane < left || lane > right) return this.#line(lane)
      const up = lane === own || reached.get(lane) === 'joined'
      const down = reached.has(lane) || (lane === own && this.#goals[own] !== undefined)
      if (!up && !down) return this.#goals[lane] === undefined ? '─' : '│'
      return cornerOf({ up, down, left: lane > left, right: lane < right })
    }
    return this.#signs(sign, lane => (lane >= left && lane < right ? '─' : ' '))
  }

  #signs(sign: (lane: number) => string, gap: (lane: number) => string = () => ' '): string {
    return this.#goals
      .map((_, lane) => sign(lane) + gap(lane))
      .join('')
      .trimEnd()
  }

  #line(lane: number): string {
    return this.#goals[lane] === undefined ? ' ' : '│'
  }

  #laneTo(step: number): number | undefined {
    const lane = this.#goals.indexOf(step)
    return lane === -1 ? undefined : lane
  }

  /** A lane that leads nowhere; never one that is still being drawn, for its goal is set by then. */
  #freeLane(): number {
    const free = this.#goals.indexOf(undefined)
    if (free !== -1) return free
    return this.#goals.push(undefined) - 1
  }

  #trim(): void {
    while (this.#goals.length > 0 && this.#goals.at(-1) === undefined) this.#goals.pop()
  }
}

interface Directions {
  readonly up: boolean
  readonly down: boolean
  readonly left: boolean
  readonly right: boolean
}

/** Signs by the directions that they join. */
const CORNERS: Readonly<Record<string, string>> = {
  ul: '╯',
  ur: '╰',
  dl: '╮',
  dr: '╭',
  ulr: '┴',
  dlr: '┬',
  udl: '┤',
  udr: '├',
  udlr: '┼',
}

function cornerOf({ up, down, left, right }: Directions): string {
  const joined = `${up ? 'u' : ''}${down ? 'd' : ''}${left ? 'l' : ''}${right ? 'r' : ''}`
  return CORNERS[joined] ?? '┼'
}
