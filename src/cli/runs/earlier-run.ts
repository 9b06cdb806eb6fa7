import type { RunHistory } from '../../model/run-history.ts'

/**
 * How long the last good run of a playbook took. That nobody can tell is no reason not to run it.
 * @param playbook its file, as the user names it
 */
export async function earlierRun(cwd: string, playbook: string): Promise<RunHistory | undefined> {
  const { lastGoodRun } = await import('../../journal/history/run-index.ts')
  try {
    return lastGoodRun(cwd, playbook)
  } catch {
    return undefined
  }
}
