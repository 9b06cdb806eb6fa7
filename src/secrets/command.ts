import { execFile } from 'node:child_process'
import { type Problem, ProblemsError } from '../model/problem.ts'
import { AS_TEXT, utf8Text } from './utf8.ts'

/** A program that needs longer is ended: it may wait for somebody. */
const LONGEST_MS = 60_000
const LARGEST = 1 << 20

/**
 * What a program prints, without the line end at its end. What it says on stderr goes to the terminal, where it may ask
 * for a touch or a PIN; of what it prints nothing is told.
 * @throws ProblemsError where it fails
 */
export function printedSecret(argv: readonly string[], cwd: string): Promise<string> {
  const [program = '', ...args] = argv
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const options = {
    cwd,
    timeout: LONGEST_MS,
    maxBuffer: LARGEST,
    killSignal: 'SIGKILL',
    encoding: 'buffer',
  } as const
  const child = execFile(program, args, options, (error, stdout) => {
    const value = utf8Text(stdout)?.replace(/\r?\n$/, '')
    if (error !== null) reject(failed(program, how(error)))
    else if (value === undefined) reject(failed(program, 'printed what is no text in UTF-8', AS_TEXT))
    else if (value === '') reject(failed(program, 'printed nothing'))
    else resolve(value)
  })
  child.stderr?.pipe(process.stderr, { end: false })
  child.stdin?.end()
  return promise
}

function how({ code, signal }: { readonly code?: unknown; readonly signal?: unknown }): string {
  if (code === 'ENOENT') return 'is not there'
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `printed more than ${LARGEST} bytes`
  if (typeof code === 'number') return `ended with exit code ${code}`
  return typeof signal === 'string' ? `was ended by ${signal}` : `cannot be run (${String(code)})`
}

function failed(program: string, what: string, hint?: string): ProblemsError {
  const message = `the command of a secret, ${program}, ${what}`
  const problem: Problem = { code: 'secret_missing', severity: 'error', message }
  return new ProblemsError([hint === undefined ? problem : { ...problem, hint }])
}
