import { describe } from 'vitest'
import { canMakeNamespaces } from '../fault/namespace.ts'
import { findProgram } from './programs.ts'

/** What a test may need of the machine: a program by its name, to run as root, or to make network namespaces. */
export type Requirement = 'root' | 'netns' | 'sshd' | 'dropbear' | (string & {})

/** Why the requirements are not met, as `no sshd, no fish`; undefined when they are. */
export function unmet(requirements: readonly Requirement[]): string | undefined {
  const missing = requirements.filter(requirement => !isMet(requirement))
  if (missing.length === 0) return undefined
  return missing.map(name => UNMET[name] ?? `no ${name}`).join(', ')
}

const UNMET: Readonly<Record<string, string>> = { root: 'not root', netns: 'no network namespaces' }

function isMet(requirement: Requirement): boolean {
  switch (requirement) {
    case 'root':
      return process.getuid?.() === 0
    case 'netns':
      return canMakeNamespaces()
    default:
      return findProgram(requirement) !== undefined
  }
}

/**
 * `describe` for tests that need something of the machine. Where it is missing, the tests are skipped and standard
 * error says so; with CI set nothing is skipped: a machine without it is a failure there. Only network namespaces may be
 * missing there too: containers often may not make any, whatever is installed.
 */
export function describeWith(requirements: readonly Requirement[], title: string, body: () => void): void {
  const reason = unmet(requirements)
  if (reason === undefined) {
    describe(title, body)
    return
  }
  if (isCi() && unmet(requirements.filter(name => name !== 'netns')) !== undefined)
    throw new Error(`"${title}" cannot be tested (${reason}), and CI skips nothing`)
  process.stderr.write(`SKIPPED: ${title} (${reason} on this machine)\n`)
  describe.skip(`${title} (${reason})`, body)
}

function isCi(): boolean {
  const value = process.env.CI ?? ''
  return value !== '' && value !== 'false' && value !== '0'
}
