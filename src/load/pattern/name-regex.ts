import { createContext, Script } from 'node:vm'
import { LIMITS } from '../../model/limits.ts'

export type RegexMatches =
  | { readonly kind: 'found'; readonly names: ReadonlySet<string> }
  | { readonly kind: 'invalid' | 'slow'; readonly message: string }

/**
 * The names whose start a regular expression matches, as Ansible's `~` does. JavaScript's expressions can take time
 * exponential in the length of a name, so all of it happens under one deadline.
 */
export function namesMatching(source: string, names: readonly string[]): RegexMatches {
  const [, flag = '', body = ''] = /^(\(\?i\))?(.*)$/s.exec(source) ?? []
  let regex: RegExp
  try {
    regex = new RegExp(`^(?:${body.replaceAll('(?P<', '(?<')})`, flag === '' ? '' : 'i')
  } catch (error) {
    const message = error instanceof Error ? error.message.replace(/^.*:\s*/, '') : String(error)
    return { kind: 'invalid', message: `this is not a regular expression: ${message}` }
  }
  try {
    const context = createContext({ regex, names })
    const found: unknown = new Script('names.filter(name => regex.test(name))').runInContext(context, {
      timeout: LIMITS.patternMs,
    })
    return { kind: 'found', names: new Set(found as string[]) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    return { kind: 'slow', message: 'this regular expression takes too long' }
  }
}
