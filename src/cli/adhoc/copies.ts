import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { ProblemsError } from '../../model/problem.ts'
import { UsageError } from '../usage.ts'
import type { AdhocStep } from './playbook.ts'
import { literalText } from './words.ts'

export interface PutOptions {
  readonly mode?: string | undefined
  readonly owner?: string | undefined
  readonly group?: string | undefined
  readonly parents?: true | undefined
}

/**
 * One step for each local path. The remote path may hold `${{ }}`, local ones are taken as they are.
 * @throws ProblemsError naming every local path that is not there; UsageError for a bad mode or remote path
 */
export function putSteps(
  cwd: string,
  locals: readonly string[],
  remote: string,
  options: PutOptions,
): readonly AdhocStep[] {
  const { mode, owner, group, parents = false } = options
  if (remote === '') throw new UsageError('the remote path is empty')
  if (mode !== undefined && !/^[0-7]{3,4}$/.test(mode))
    throw new UsageError(`--mode "${mode}" is not three or four octal digits, as 0644`)
  const missing = locals.filter(local => !isThere(cwd, local))
  if (missing.length > 0)
    throw new ProblemsError(
      missing.map(local => ({
        code: 'file_unreadable',
        severity: 'error',
        message: `there is no file or folder "${local}" here`,
        ...(isThere(cwd, remote) ? { hint: 'are the local and the remote path the wrong way round?' } : {}),
      })),
    )
  const dest = locals.length > 1 && !remote.endsWith('/') ? `${remote}/` : remote
  const details = { mode: mode?.padStart(4, '0'), owner, group, parents }
  return locals.map(local => ({ kind: 'put', src: literalText(local), dest, ...details }))
}

/** One step for each remote path, all into the same local folder. @throws UsageError */
export function getSteps(remotes: readonly string[], local: string): readonly AdhocStep[] {
  if (local === '' || remotes.includes('')) throw new UsageError('a path is empty')
  return remotes.map(remote => ({ kind: 'get', src: remote, dest: literalText(local) }))
}

/** A glob is looked at later: what it matches may still come. */
function isThere(cwd: string, local: string): boolean {
  if (local === '') return false
  if (/[*?[{]/.test(local)) return true
  return lstatSync(resolve(cwd, local), { throwIfNoEntry: false }) !== undefined
}
