import type { CliContext } from './cli/context.ts'
import { runProgram } from './cli/program.ts'
import { reportError } from './cli/report.ts'
import { EXIT, type ExitStatus } from './model/errors.ts'

/** Runs one of the bins to its end and exits the process: the only place that does. */
export async function main(program: CliContext['program'], argv: readonly string[]): Promise<never> {
  let status: ExitStatus = EXIT.ok
  const context: CliContext = {
    program,
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    exit: code => {
      status = code
    },
  }
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  try {
    await runProgram(context, argv)
  } catch (error) {
    status = await reportError(context, error)
  }
  process.exit(status)
}

/** `drover … | head` closes our output; a run goes on regardless. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
}
