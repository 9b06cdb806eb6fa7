/** Prints rows with their columns aligned; the first row is the heading. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    console.log(`  ${cells.join('  ')}`.trimEnd())
  }
}

/** A value against its budget, as `1.12 (≤ 1.3, pass)`. */
export function judged(value: number, budget: number, digits = 2): string {
  return `${value.toFixed(digits)} (≤ ${budget}, ${value <= budget ? 'pass' : 'OVER'})`
}

export const seconds = (value: number): string => `${value.toFixed(2)} s`
export const megabytes = (value: number): string => `${Math.round(value / 1e6)} MB`
