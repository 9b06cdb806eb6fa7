/** The words of the command line are off: exit 3, with a pointer to the help. */
export class UsageError extends Error {
  /** Whose `--help` tells more, as `drover apply`; absent inside a verb, which need not know its own name. */
  readonly command: string | undefined

  constructor(message: string, command?: string) {
    super(message)
    this.name = 'UsageError'
    this.command = command
  }
}

/** What commander throws, known by its shape: importing its class would cost every start of the program. */
interface ParserError extends Error {
  readonly code: string
  readonly exitCode: number
}

function isParserError(error: unknown): error is ParserError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')
}

const WRONG_WORD = '$1 is none of $2'

/** `error: unknown option '--limt'\n(Did you mean --limit?)`, in our form. */
function wording(message: string): string {
  return message
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\(Did you mean (.*?)\?\)$/s, (_, name) => `; did you mean ${name}?`)
    .replace(
      /^command-argument value ('.*') is invalid for argument '.*?'\. Allowed choices are (.*)\.$/s,
      WRONG_WORD,
    )
    .replace(
      /^(option '.*?') argument ('.*') is invalid\. Allowed choices are (.*)\.$/s,
      '$1 takes $3, not $2',
    )
}

/**
 * Sorts out what parsing and running a verb threw.
 * @returns normally when only help was asked for and printed
 * @throws UsageError naming `command`; anything else as it came
 */
export function rethrowUsage(error: unknown, command: string): void {
  if (isParserError(error)) {
    if (error.exitCode !== 0) throw new UsageError(wording(error.message), command)
    return
  }
  if (error instanceof UsageError && error.command === undefined) throw new UsageError(error.message, command)
  throw error
}
