import type { Traits } from './expression.ts'

export const FIXED: Traits = { perHost: false, late: false }

/** What names depend on that need no playbook to tell. */
export function traitsOfRoot(root: string): Traits {
  switch (root) {
    case 'host':
      return { perHost: true, late: false }
    case 'facts':
    case 'steps':
    case 'result':
      return { perHost: true, late: true }
    case 'run':
      return { perHost: false, late: true }
    default:
      return FIXED
  }
}
