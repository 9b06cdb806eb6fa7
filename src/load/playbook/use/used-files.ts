import { dirname } from 'node:path'
import { LIMITS } from '../../../model/limits.ts'
import type { PlaybookFile, Step, Text } from '../../../model/playbook.ts'
import type { Problem } from '../../../model/problem.ts'
import { readText } from '../../read-text.ts'
import { type From, locate } from './locate.ts'
import { type Project, projectOf, realPath } from './project.ts'

/** Makes a file's contents of its text; `use` reads what it uses in turn. */
export type ParseUsed = (
  source: { readonly shown: string; readonly folder: string; readonly text: string },
  use: (path: Text) => PlaybookFile | undefined,
) => { readonly file?: PlaybookFile; readonly problems: readonly Problem[] }

export interface UseOptions {
  /** Files may lie outside of the project. */
  readonly allowOutside?: boolean
  /** What the files must lie in, where it is not to be found by looking for it; real, and as messages name it. */
  readonly project?: Project
}

interface Opened extends From {
  readonly real: string
}

/** The files that a playbook uses, each read once; problems and names in the order of use. */
export class UsedFiles {
  readonly problems: Problem[] = []
  /** As messages name them. */
  readonly names: string[] = []
  readonly #parse: ParseUsed
  readonly #project: Project | undefined
  readonly #files = new Map<string, PlaybookFile | undefined>()
  readonly #sizes = new Map<PlaybookFile, number>()
  readonly #open: Opened[]

  /** @param path of the playbook itself, that no file may use again */
  constructor(path: string, playbook: From, options: UseOptions, parse: ParseUsed) {
    this.#parse = parse
    this.#project =
      options.allowOutside === true ? undefined : (options.project ?? projectOf(playbook.folder))
    this.#open = [{ ...playbook, real: realPath(path) }]
  }

  /** The file that a `use:` in the file being read names; undefined where it is not to be had: that is told. */
  readonly use = (path: Text): PlaybookFile | undefined => {
    const from = this.#open.at(-1)
    if (from === undefined || path.value.includes('${{') || path.value.includes('\0')) return undefined
    const located = locate(path.value, from, this.#project)
    if (located.kind === 'nowhere') return this.#tell(path, located)
    const { real, shown } = located
    if (this.#open.some(file => file.real === real)) return this.#tellCycle(path, real)
    if (!this.#files.has(real)) {
      const excess = this.#excess()
      if (excess !== undefined) return this.#tell(path, { message: excess }, 'yaml_limit')
      this.#files.set(real, this.#read(path, { real, shown, folder: dirname(real) }))
    }
    return this.#files.get(real)
  }

  #read(path: Text, file: Opened): PlaybookFile | undefined {
    this.names.push(file.shown)
    const read = readText(file.real, { shownAs: file.shown, limit: LIMITS.playbookBytes })
    if (read.kind === 'unreadable') {
      this.problems.push({ where: path.where, ...read.problem })
      return undefined
    }
    this.#open.push(file)
    const at = this.problems.length
    const parsed = this.#parse({ shown: file.shown, folder: file.folder, text: read.text }, this.use)
    this.problems.splice(at, 0, ...parsed.problems)
    this.#open.pop()
    return parsed.file
  }

  #excess(): string | undefined {
    if (this.#open.length > LIMITS.useDepth) return `files use each other more than ${LIMITS.useDepth} deep`
    if (this.#files.size >= LIMITS.usedFiles) return `the playbook uses more than ${LIMITS.usedFiles} files`
    return undefined
  }

  #tellCycle(path: Text, real: string): undefined {
    const first = this.#open.findIndex(file => file.real === real)
    const names = this.#open.slice(first).map(({ shown }) => shown)
    const message = `the file uses itself: ${[...names, names[0]].join(' → ')}`
    return this.#tell(path, { message }, 'use_cycle')
  }

  #tell(
    path: Text,
    words: { readonly message: string; readonly hint?: string },
    code: Problem['code'] = 'use_file',
  ) {
    const { message, hint } = words
    const problem: Problem = { code, severity: 'error', message, where: path.where }
    this.problems.push(hint === undefined ? problem : { ...problem, hint })
    return undefined
  }

  /** Of a playbook that uses files so often, and those others, that it gets too large. */
  sizeProblems(playbook: PlaybookFile): readonly Problem[] {
    if (this.#sizeOf(playbook.steps) <= LIMITS.stepsPerPlaybook) return []
    const largest = playbook.steps.toSorted((a, b) => this.#stepSize(b) - this.#stepSize(a))[0]
    return [
      {
        code: 'yaml_limit',
        severity: 'error',
        message: `with the steps of the files that it uses, the playbook has more than ${LIMITS.stepsPerPlaybook} steps`,
        ...(largest === undefined ? {} : { where: largest.where }),
      },
    ]
  }

  #sizeOf(steps: readonly Step[]): number {
    return steps.reduce((sum, step) => sum + this.#stepSize(step), 0)
  }

  #stepSize({ spec }: Step): number {
    if (spec.kind === 'group') return this.#sizeOf(spec.steps)
    if (spec.kind !== 'use' || spec.file === undefined) return 1
    const known = this.#sizes.get(spec.file)
    if (known !== undefined) return known
    const size = this.#sizeOf(spec.file.steps)
    this.#sizes.set(spec.file, size)
    return size
  }
}
