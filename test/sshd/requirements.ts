import { describe } from 'vitest'
import { findProgram } from './programs.ts'

/** What a test may need of the machine: a program by its name, or to run as root. */
export type Requirement = 'root' | 'sshd' | 'dropbear' | (string & {})

/** Why the requirements are not met, as `no sshd, no fish`; undefined when they are. */
export function unmet(requirements: readonly Requirement[]): string | undefined {
  const missing = requirements.filter(requirement =>
    requirement === 'root' ? process.getuid?.() !== 0 : findProgram(requirement) === undefined,
  )
  if (missing.length === 0) return undefined
  return missing.map(name => (name === 'root' ? 'not root' : `no ${name}`)).join(', ')
}

/**
 * `describe` for tests that need something of the machine. Where it is missing, the tests are skipped and standard
 * error says so; with CI set nothing is skipped: a machine without it is a failure there.
 */
export function describeWith(requirements: readonly Requirement[], title: string, body: () => void): void {
  const reason = unmet(requirements)
  if (reason === undefined) {
    describe(title, body)
    return
  }
  if (isCi()) throw new Error(`"${title}" cannot be tested (${reason}), and CI skips nothing`)
  process.stderr.write(`SKIPPED: ${title} (${reason} on this machine)\n`)
  describe.skip(`${title} (${reason})`, body)
}

function isCi(): boolean {
  const value = process.env.CI ?? ''
  return value !== '' && value !== 'false' && value !== '0'
}
