import { ProblemsError } from '../../model/problem.ts'

/**
 * Reads what is known of runs.
 * @throws ProblemsError where a file or folder of theirs cannot be read
 */
export function readingRuns<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw unreadable(error)
  }
}

/** The same, for what takes its time. */
export async function followingRuns<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw unreadable(error)
  }
}

function unreadable(error: unknown): unknown {
  const { code, syscall, path } = error as NodeJS.ErrnoException
  if (syscall === undefined) return error
  return new ProblemsError([
    {
      code: 'file_unreadable',
      severity: 'error',
      message: `${path ?? '.drover/runs'} cannot be read (${code})`,
      hint: 'check .drover in this folder, and its permissions',
    },
  ])
}
