import { resolve } from 'node:path'
import { type LoadedPlaybook, type LoadOptions, loadPlaybook } from '../load/playbook.ts'
import type { Problem } from '../model/problem.ts'
import { byFile, filesOf } from '../model/problem-order.ts'

/** Reads the playbook that a command line names: relative to `cwd`, shown as it was written. */
export function readPlaybookFile(cwd: string, file: string, options: LoadOptions = {}): LoadedPlaybook {
  return loadPlaybook(resolve(cwd, file), file, options)
}

/** The playbook with every problem that can be told without an inventory. */
export async function checkPlaybookFile(
  cwd: string,
  file: string,
  options: LoadOptions = {},
): Promise<LoadedPlaybook> {
  const { playbook, problems } = readPlaybookFile(cwd, file, options)
  if (playbook === undefined) return { problems }
  const { checkWithoutHosts } = await import('./check-playbook.ts')
  return { playbook, problems: mergeProblems(problems, checkWithoutHosts(playbook), filesOf(playbook)) }
}

/** Both in the order of the files. What comes later at a place that has a problem already is only its consequence. */
export function mergeProblems(
  first: readonly Problem[],
  later: readonly Problem[],
  files: readonly string[] = [],
): readonly Problem[] {
  const told = new Set(first.map(placeOf))
  return byFile([...first, ...later.filter(problem => !told.has(placeOf(problem)))], files)
}

function placeOf({ where, message }: Problem): string {
  return where === undefined ? message : `${where.file}:${where.line}:${where.col}`
}
