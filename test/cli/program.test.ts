import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { expect, test } from 'vitest'
import type { CliContext } from '../../src/cli/context.ts'
import { VALUED_OPTIONS, VERBS } from '../../src/cli/program.ts'

const CONTEXT = {
  program: 'drover',
  env: {},
  stdout: process.stdout,
  stderr: process.stderr,
} as unknown as CliContext

function valuedOf(command: CommandUnknownOpts): readonly string[] {
  const own = command.options.flatMap(({ required, optional, short, long }) =>
    required || optional ? [short, long] : [],
  )
  return [...own.filter(name => name != null), ...command.commands.flatMap(valuedOf)]
}

test('every option of a verb that takes a value may stand before the verb', async () => {
  const commands = await Promise.all(VERBS.map(async ({ load }) => (await load()).command(CONTEXT)))
  expect([...new Set(commands.flatMap(valuedOf))].sort()).toEqual([...VALUED_OPTIONS].sort())
})
