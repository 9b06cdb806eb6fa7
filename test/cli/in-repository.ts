import type { CliContext } from '../../src/cli/context.ts'
import { runProgram } from '../../src/cli/program.ts'
import { reportError } from '../../src/cli/report.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import { capture } from '../render/capture.ts'

export interface Told {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** `drover …` in this process, in a folder; what goes wrong is told as it is on a terminal. */
export async function droverIn(cwd: string, ...args: readonly string[]): Promise<Told> {
  const [stdout, stderr] = [capture(), capture()]
  let status = 0
  const exit = (code: number) => {
    status = code
  }
  const around = { program: 'drover', cwd, env: {}, stdin: process.stdin, secrets: new KnownSecrets(), exit }
  const context = { ...around, stdout, stderr } as unknown as CliContext
  try {
    await runProgram(context, args)
  } catch (error) {
    status = await reportError(context, error)
  }
  return { status, stdout: stdout.text(), stderr: stderr.text() }
}
