import { resolve } from 'node:path'
import type { Checkout } from '../../git/checkout.ts'
import { type LoadedPlaybook, type LoadOptions, loadPlaybook } from '../../load/playbook.ts'
import type { Problem, Where } from '../../model/problem.ts'
import { byFile, filesOf } from '../../model/problem-order.ts'

/**
 * Reads the playbook that a command line names: relative to `cwd`, shown as it was written.
 * @param checkout the revision to read it at, and all files that it uses
 */
export function readPlaybookFile(
  cwd: string,
  file: string,
  options: LoadOptions = {},
  checkout?: Checkout,
): LoadedPlaybook {
  const path = resolve(cwd, file)
  if (checkout === undefined) return loadPlaybook(path, file, options)
  const project = { root: checkout.tree, shown: checkout.root }
  return loadPlaybook(checkout.path(path) ?? path, file, { ...options, project })
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

/**
 * Both in the order of the files. What comes later at a place that has a problem already, or marks a text around it, is
 * only its consequence.
 */
export function mergeProblems(
  first: readonly Problem[],
  later: readonly Problem[],
  files: readonly string[] = [],
): readonly Problem[] {
  const places = new Map<string, number[]>()
  for (const { where } of first)
    if (where !== undefined) places.set(lineOf(where), [...(places.get(lineOf(where)) ?? []), where.col])
  const messages = new Set(first.flatMap(({ where, message }) => (where === undefined ? [message] : [])))
  const isNew = ({ where, message }: Problem) =>
    where === undefined
      ? !messages.has(message)
      : !places.get(lineOf(where))?.some(col => where.col <= col && col < where.col + (where.length ?? 1))
  return byFile([...first, ...later.filter(isNew)], files)
}

const lineOf = ({ file, line }: Where) => `${file}:${line}`
