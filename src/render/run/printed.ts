/** Text for each of the two streams; empty where there is nothing to say. */
export type Printed = Readonly<Record<'stdout' | 'stderr', string>>

export const NOTHING: Printed = { stdout: '', stderr: '' }

export function joined(parts: readonly Printed[]): Printed {
  return { stdout: parts.map(part => part.stdout).join(''), stderr: parts.map(part => part.stderr).join('') }
}
