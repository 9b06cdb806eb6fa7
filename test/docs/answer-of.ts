import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { CliContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'

/** What a verb that touches no host writes to standard output when it is called in a folder. */
export async function answerOf(folder: string, ...words: readonly string[]): Promise<string> {
  const stdout = new PassThrough({ highWaterMark: 1 << 20 })
  const context = {
    ...({
      program: 'drover',
      cwd: folder,
      env: {},
      stdin: process.stdin,
      secrets: new KnownSecrets(),
      stderr: process.stderr,
    } as const),
    stdout: stdout as unknown as CliContext['stdout'],
    exit: () => {},
  }
  await runProgram(context, words)
  stdout.end()
  return text(stdout)
}
