import { describe, expect, test } from 'vitest'
import { colorAsked, wantsColor } from '../../../src/cli/options/color.ts'

const NO_COLOR = [undefined, '', '0', '1'] as const
const FORCE_COLOR = [undefined, '', '0', 'false', '1', 'true'] as const
const TERM = [undefined, 'dumb', 'xterm-256color'] as const
const CI = [undefined, 'true'] as const

interface Case {
  readonly env: NodeJS.ProcessEnv
  readonly isTTY: boolean
}

const CASES: readonly Case[] = NO_COLOR.flatMap(no =>
  FORCE_COLOR.flatMap(force =>
    TERM.flatMap(term =>
      CI.flatMap(ci =>
        [true, false].map(isTTY => ({
          env: { NO_COLOR: no, FORCE_COLOR: force, TERM: term, CI: ci },
          isTTY,
        })),
      ),
    ),
  ),
)

/** As docs/output.md says it, the first that applies. */
function documented({ env, isTTY }: Case): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR) return !['0', 'false'].includes(env.FORCE_COLOR)
  if (env.TERM === 'dumb') return false
  return isTTY
}

describe('colours', () => {
  test('--color is above all else', () => {
    for (const { env, isTTY } of CASES) {
      expect(wantsColor({ env }, { isTTY }, 'always')).toBe(true)
      expect(wantsColor({ env }, { isTTY }, 'never')).toBe(false)
    }
  })

  test('without it the environment says, and whether it is a terminal', () => {
    expect(CASES).toHaveLength(288)
    for (const made of CASES) {
      const { env, isTTY } = made
      expect(wantsColor({ env }, { isTTY }, 'auto'), JSON.stringify(made)).toBe(documented(made))
      expect(wantsColor({ env }, { isTTY })).toBe(documented(made))
    }
  })

  test.each([
    [['apply', 'play.yml', '--color', 'never'], 'never'],
    [['--color=always', 'apply', 'play.yml'], 'always'],
    [['apply', '--color', 'always', '--color=never'], 'never'],
    [['run', '-H', 'h1', '--', 'ls', '--color=always'], 'auto'],
    [['apply', '--color', 'sometimes'], 'auto'],
    [['apply', '--color'], 'auto'],
  ] as const)('what is wrong with %j is told so: %s', (argv, color) => {
    expect(colorAsked(argv)).toBe(color)
  })
})
