import { basename, dirname, resolve } from 'node:path'
import { LIMITS } from '../model/limits.ts'
import type { Playbook, PlaybookFile } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import { inFileOrder } from '../model/problem-order.ts'
import { checkSteps } from './playbook/check/steps.ts'
import { readFile } from './playbook/file.ts'
import { present } from './playbook/present.ts'
import { readHostCount } from './playbook/quantity.ts'
import { readSecrets } from './playbook/secrets.ts'
import { textOf } from './playbook/text.ts'
import { checkedTree, withoutFollowUps } from './playbook/tree.ts'
import { type ParseUsed, UsedFiles, type UseOptions } from './playbook/use/used-files.ts'
import { checkUsedRoot } from './playbook/use/used-root.ts'
import { readVars } from './playbook/vars.ts'
import { readText } from './read-text.ts'
import { type LinedText, linedText } from './yaml/source.ts'
import { child, type YamlNode } from './yaml/tree.ts'

export interface LoadedPlaybook {
  /**
   * There unless the file as a whole is off. With problems it is only good for finding more of them (what was wrong
   * is left out or empty), never for running.
   */
  readonly playbook?: Playbook
  /** The playbook's, then those of the files that it uses; by their places; at most `LIMITS.problemsPerFile`. */
  readonly problems: readonly Problem[]
}

export type LoadOptions = UseOptions

/**
 * Reads a playbook file, and all files that it uses.
 * @param path relative paths are relative to the process's working folder
 * @param shownAs how the user named the file, for messages
 */
export function loadPlaybook(
  path: string,
  shownAs: string = path,
  options: LoadOptions = {},
): LoadedPlaybook {
  const read = readText(path, { shownAs, limit: LIMITS.playbookBytes })
  if (read.kind === 'unreadable')
    return { problems: [{ where: { file: shownAs, line: 1, col: 1 }, ...read.problem }] }
  const folder = resolve(dirname(path))
  return parse({ path: resolve(path), file: shownAs, folder, text: read.text }, options)
}

/** Makes a playbook of its text. `folder` is what local paths in it are relative to. */
export function parsePlaybook(
  file: string,
  folder: string,
  text: string,
  options: LoadOptions = {},
): LoadedPlaybook {
  return parse({ path: resolve(folder, basename(file)), file, folder, text }, options)
}

interface PlaybookText {
  readonly path: string
  readonly file: string
  readonly folder: string
  readonly text: string
}

function parse({ path, file, folder, text }: PlaybookText, options: LoadOptions): LoadedPlaybook {
  const source = linedText(file, text)
  const { root, problems } = checkedTree(source, 'playbook')
  if (root === undefined) return { problems: inFileOrder(problems) }
  const semaphores = namesIn(child(root, 'semaphores'))
  const used = new UsedFiles(path, { shown: file, folder }, options, parserOfUsed(semaphores))
  const playbook = readPlaybook(source, root, readFile(source, folder, root, used.use))
  const all = withoutFollowUps(problems, [
    ...used.problems,
    ...checkSteps(playbook, semaphores),
    ...used.sizeProblems(playbook),
  ])
  return { playbook, problems: inFileOrder(all, [file, ...used.names]) }
}

/** @param semaphores those of the playbook, which steps of used files may name as well */
function parserOfUsed(semaphores: readonly string[]): ParseUsed {
  return ({ shown, folder, text }, use) => {
    const source = linedText(shown, text)
    const { root, problems } = checkedTree(source, 'used')
    if (root === undefined) return { problems }
    const file = readFile(source, folder, root, use)
    const others = [...checkUsedRoot(source, root), ...checkSteps(file, semaphores)]
    return { file, problems: withoutFollowUps(problems, others) }
  }
}

function namesIn(node: YamlNode | undefined): readonly string[] {
  return node?.kind === 'map' ? [...node.entries.keys()] : []
}

function readPlaybook(source: LinedText, root: YamlNode, file: PlaybookFile): Playbook {
  return {
    ...file,
    vars: readVars(source, child(root, 'vars')),
    secrets: readSecrets(source, child(root, 'secrets')),
    ...present({
      hosts: textOf(source, child(root, 'hosts')),
      inventory: textOf(source, child(root, 'inventory')),
      maxFailures: readHostCount(child(root, 'max_failures')),
    }),
  }
}
