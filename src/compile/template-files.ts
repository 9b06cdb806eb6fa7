import { dirname, isAbsolute, join, relative } from 'node:path'
import type { Depends, LocatedReference } from '../expr/check-template.ts'
import { checkTemplateFile } from '../expr/check-template-file.ts'
import { composedSecrets } from '../expr/secret-places.ts'
import type { PlaybookFile } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Template } from '../model/template.ts'
import type { CheckedStep, LeafSource } from './check/checked.ts'
import { dependsOn } from './check/params.ts'
import { writtenAt } from './local-paths.ts'
import type { Draft, Frame, Place } from './lower/block.ts'
import type { LocalFiles } from './program/local-files.ts'
import { expressionsIn } from './program/template-traits.ts'

/** The path of a template as the controller knows it for a draft; undefined: it is not known yet. */
export type TemplatePath = (draft: Draft, source: LeafSource) => string | Problem | undefined

export interface CheckedContent {
  readonly template: Template
  /** The file's name for people. */
  readonly file: string
  readonly references: readonly LocatedReference[]
}

/** Reads and checks the template files that steps put, each once for each step of the playbook and way of use. */
export class TemplateFiles {
  readonly contents = new Map<Draft, CheckedContent>()
  readonly problems: Problem[] = []
  readonly #files: LocalFiles
  readonly #variables: Depends
  readonly #checked = new Map<CheckedStep, Map<string, CheckedContent>>()

  constructor(files: LocalFiles, variables: Depends) {
    this.#files = files
    this.#variables = variables
  }

  add(draft: Draft, pathOf: TemplatePath): void {
    const { spec } = draft.checked
    if (spec.kind !== 'leaf' || spec.action.kind !== 'put' || spec.action.source.kind !== 'template') return
    const { source } = spec.action
    const varying = expressionsIn(source.text).find(({ late, perHost }) => late || perHost)
    if (varying !== undefined) {
      this.problems.push(unfixed(varying.late, varying.where))
      return
    }
    // That one of them makes no sense has been told.
    const { language } = draft.checked
    if (expressionsIn(source.text).some(expr => !language.parses(expr.source))) return
    const path = pathOf(draft, source)
    if (path === undefined) return
    if (typeof path !== 'string') this.problems.push(path)
    else this.#take(draft, path, source)
  }

  #take(draft: Draft, path: string, source: LeafSource): void {
    const file = draft.place.frame.file?.file
    const folder = file?.folder ?? ''
    const read = this.#files.text(folder, path, shownAs(draft.place.frame, path))
    if (read.kind === 'unreadable') {
      this.problems.push(unreadable(read.problem, draft, source))
      return
    }
    const known = this.#checked.get(draft.checked) ?? new Map<string, CheckedContent>()
    this.#checked.set(draft.checked, known)
    const key = `${folder}\0${path}`
    const checked = known.get(key)
    if (checked !== undefined) {
      this.contents.set(draft, checked)
      return
    }
    const depends = dependsOn({
      variables: this.#variables,
      params: new Map([...draft.place.frame.bindings]),
      item: itemTraits(draft.place, draft.checked),
    })
    const { template, references, problems } = checkTemplateFile(read.text, draft.checked.language, depends)
    this.problems.push(...problems, ...composedSecrets(template, references))
    const content = { template, file: read.text.where.file, references }
    known.set(key, content)
    this.contents.set(draft, content)
  }
}

/** A local file as messages name it: from where the user stands, as the playbook, or the file beside it, is named. */
function shownAs({ file, outside }: Frame, path: string): string {
  if (isAbsolute(path) && outside !== undefined) return shownAs(outside.frame, path)
  return file === undefined ? path : shownBeside(file.file, path)
}

function shownBeside({ file, folder }: PlaybookFile, path: string): string {
  const shown = join(dirname(file), isAbsolute(path) ? relative(folder, path) : path)
  return isAbsolute(path) && shown.startsWith('..') ? path : shown
}

function itemTraits(place: Place, { entry }: CheckedStep) {
  for (let at: Place | undefined = place; at !== undefined; at = at.outer)
    if (at.item !== undefined) return { perHost: entry.loops.length > 0, late: false }
  return { perHost: false, late: false }
}

/** Told where the path is written; of an include the place inside, too. */
function unreadable(problem: Problem, { place, checked }: Draft, source: LeafSource): Problem {
  if (problem.where !== undefined) return problem
  const inside = source.where
  const where = writtenAt({ code: source.text, language: checked.language, place, where: inside })
  if (where === inside) return { ...problem, where }
  return { ...problem, where, hint: problem.hint ?? `the template of ${inside.file}:${inside.line}` }
}

function unfixed(late: boolean, where: Problem['where'] & {}): Problem {
  return {
    code: 'expression_value',
    severity: 'error',
    message: late
      ? 'the template must be known before any host is touched, and this only the run can know'
      : 'the template must be the same on all hosts, and this can differ',
    where,
    hint: 'choose inside of the template, with ${{ if … }}, or with steps that have a when:',
  }
}
