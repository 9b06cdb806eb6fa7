import { isAbsolute, join, resolve } from 'node:path'
import type { Problem } from '../../model/problem.ts'
import type { Setting } from './evaluate.ts'
import { problem } from './problem.ts'
import { expandEnvironment, expandTokens, type TokenValues } from './tokens.ts'

/** What names of files are expanded with. */
export interface PathSurroundings {
  readonly home: string
  readonly cwd: string
  readonly env: Readonly<NodeJS.ProcessEnv>
  readonly tokens: TokenValues
}

/** The absolute path that a configured name of a file means: with `~`, `%x` and `${NAME}`. */
export function pathOf(word: string, { where }: Setting, around: PathSurroundings): string | Problem {
  const { home, cwd } = around
  if (/^~[^/]/.test(word)) return problem(`the home of another user is not looked for: ${word}`, where)
  const rooted = word === '~' || word.startsWith('~/') ? join(home, word.slice(1)) : word
  const text = expandText(rooted, { where }, around)
  if (typeof text !== 'string') return text
  return isAbsolute(text) ? text : resolve(cwd, text)
}

/** With `%x` and `${NAME}`. */
function expandText(
  word: string,
  { where }: Pick<Setting, 'where'>,
  { env, tokens }: Pick<PathSurroundings, 'env' | 'tokens'>,
): string | Problem {
  const outside = expandEnvironment(word, env)
  if (outside.unknown !== undefined) return problem(`the environment has no ${outside.unknown}`, where)
  const { text, unknown } = expandTokens(outside.text, tokens)
  return unknown === undefined ? text : problem(`the token ${unknown} is not known here`, where)
}
