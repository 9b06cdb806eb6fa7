import { existsSync, readFileSync } from 'node:fs'

/** How often a node has begun and ended, as the hosts themselves have written it down. */
export interface Marks {
  readonly begun: number
  readonly ended: number
}

/** A step's script that marks in `file` that it begins and ends, and takes a moment. */
export function markedScript(file: string, step: string): string {
  return `echo "$h ${step} begun" >> ${file}; sleep 0.0$(( $$ % 9 )); echo "$h ${step} ended" >> ${file}`
}

/** The marks of each node, by `host step`. */
export function readMarks(file: string): ReadonlyMap<string, Marks> {
  const marks = new Map<string, Marks>()
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  for (const line of lines) {
    const [host, step, what] = line.split(' ')
    if (what !== 'begun' && what !== 'ended') continue
    const node = `${host} ${step}`
    const known = marks.get(node) ?? { begun: 0, ended: 0 }
    marks.set(node, { ...known, [what]: known[what] + 1 })
  }
  return marks
}
