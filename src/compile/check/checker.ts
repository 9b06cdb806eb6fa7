import type { Depends } from '../../expr/check-template.ts'
import { Language } from '../../expr/environment.ts'
import type { PlaybookFile, VarDecl } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'
import type { CheckedFile } from './checked.ts'
import { checkFile } from './file.ts'
import type { FileBasis, FileChecks } from './file-checks.ts'
import { FileSteps } from './file-steps.ts'
import { checkParams, type ParamTraits, type Traits } from './params.ts'

/**
 * Checks all texts of a playbook and of the files that it includes. A file is checked once for each way in which
 * its parameters depend on hosts and the run, however many steps use it.
 */
export class Checker implements FileChecks {
  readonly problems: Problem[] = []
  /** What a variable of the playbook depends on. */
  readonly variables: Depends
  readonly #vars: readonly VarDecl[]
  readonly #root: PlaybookFile
  readonly #bases = new Map<PlaybookFile, FileBasis>()
  readonly #files = new Map<PlaybookFile, Map<string, CheckedFile>>()

  constructor(root: PlaybookFile, vars: readonly VarDecl[], rootLanguage: Language, variables: Depends) {
    this.#root = root
    this.#vars = vars
    this.variables = variables
    const steps = new FileSteps(root)
    this.#bases.set(root, this.#basis(root, steps, rootLanguage))
  }

  /** The file, with its parameters as `given` and the defaults of the others. */
  file(file: PlaybookFile, given: ReadonlyMap<string, Traits>): CheckedFile {
    const basis = this.basis(file)
    const traits = basis.params.traits(given)
    const variants = this.#files.get(file) ?? new Map<string, CheckedFile>()
    this.#files.set(file, variants)
    const key = keyOf(traits)
    const known = variants.get(key)
    if (known !== undefined) return known
    const checked = checkFile(this, basis, traits)
    variants.set(key, checked)
    return checked
  }

  basis(file: PlaybookFile): FileBasis {
    const known = this.#bases.get(file)
    if (known !== undefined) return known
    const steps = new FileSteps(file)
    const vars = file === this.#root ? this.#vars : undefined
    const language = new Language({ vars, params: file.params, steps: steps.forms([]) })
    const basis = this.#basis(file, steps, language)
    this.#bases.set(file, basis)
    return basis
  }

  #basis(file: PlaybookFile, steps: FileSteps, language: Language): FileBasis {
    return { file, steps, language, params: checkParams(file, language, this.variables, this.problems) }
  }
}

function keyOf(traits: ParamTraits): string {
  return [...traits]
    .map(([name, { perHost, late }]) => `${name}${perHost ? '+' : ''}${late ? '*' : ''}`)
    .join()
}
