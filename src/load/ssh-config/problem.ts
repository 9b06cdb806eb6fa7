import type { Problem, Where } from '../../model/problem.ts'

/** Something that an OpenSSH configuration says and that stands in the way. */
export function problem(message: string, where: Where | undefined, hint?: string): Problem {
  return {
    code: 'ssh_config',
    severity: 'error',
    message,
    ...(where === undefined ? {} : { where }),
    ...(hint === undefined ? {} : { hint }),
  }
}
