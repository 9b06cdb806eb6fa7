import type { Language } from '../../expr/environment.ts'
import type { Shape } from '../../expr/shape.ts'
import type { Step, StepOptions } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'
import type {
  Checked,
  CheckedFile,
  CheckedLoop,
  CheckedOptions,
  CheckedSpec,
  CheckedStep,
} from './checked.ts'
import type { FileBasis, FileChecks } from './file-checks.ts'
import type { StepEntry } from './file-steps.ts'
import { checkLeaf } from './leaf.ts'
import { checkLoop } from './loop.ts'
import { unknownNeeds } from './names.ts'
import { checkedParams, dependsOn, type ParamTraits, type Traits } from './params.ts'
import { Texts } from './texts.ts'
import { checkUse } from './use.ts'

/** Where a step stands, as far as its texts are concerned. */
interface Around {
  readonly language: Language
  readonly item: Traits
  readonly loops: readonly StepEntry[]
}

/** Checks a file whose parameters have these traits. */
export function checkFile(checker: FileChecks, basis: FileBasis, traits: ParamTraits): CheckedFile {
  return new FileChecker(checker, basis, traits).check()
}

class FileChecker {
  readonly #checker: FileChecks
  readonly #basis: FileBasis
  readonly #params: ParamTraits
  readonly #problems: Problem[]
  readonly #loopedLanguages = new Map<string, Language>()

  constructor(checker: FileChecks, basis: FileBasis, params: ParamTraits) {
    this.#checker = checker
    this.#basis = basis
    this.#params = params
    this.#problems = checker.problems
  }

  check(): CheckedFile {
    const { file, steps, language } = this.#basis
    const around: Around = { language, item: { perHost: false, late: false }, loops: [] }
    this.#problems.push(...unknownNeeds(steps))
    return {
      file,
      steps,
      language,
      defaults: this.#options(file.defaults, this.#texts(around)),
      params: checkedParams(file, language, this.#depends(around)),
      members: file.steps.map(step => this.#step(step, around)),
    }
  }

  #depends({ item }: Around) {
    return dependsOn({ variables: this.#checker.variables, params: this.#params, item })
  }

  #texts(around: Around): Texts {
    return new Texts(around.language, this.#depends(around), this.#problems, {
      steps: this.#basis.steps,
      loops: around.loops,
    })
  }

  #step(step: Step, outer: Around): CheckedStep {
    const { steps } = this.#basis
    const entry = steps.of(step)
    const forEach = this.#loop(step, outer)
    const around = forEach === undefined ? outer : this.#inside(entry, forEach)
    const texts = this.#texts(around)
    const { when, delegateTo } = step
    return {
      step,
      entry,
      siblings: steps,
      language: around.language,
      options: this.#options(step, texts),
      ...(when === undefined ? {} : { when: texts.alone(alone => alone.condition(when)) }),
      ...(forEach === undefined ? {} : { forEach }),
      ...(delegateTo === undefined ? {} : { delegateTo: this.#delegate(delegateTo, texts, around) }),
      spec: this.#spec(step, around),
    }
  }

  #loop({ forEach }: Step, outer: Around): (CheckedLoop & { readonly item: Shape }) | undefined {
    if (forEach === undefined) return undefined
    const value = this.#texts(outer).value(forEach)
    return { ...checkLoop(value, this.#depends(outer), this.#problems), language: outer.language }
  }

  #inside(entry: StepEntry, { item, perHost, late }: CheckedLoop & { readonly item: Shape }): Around {
    const { steps, language } = this.#basis
    const isNested = entry.step.spec.kind === 'group' || entry.loops.length > 1
    const within = isNested ? language.within({ item, steps: steps.forms(entry.loops) }) : this.#looped(item)
    return { language: within, item: { perHost, late }, loops: entry.loops }
  }

  /** Of steps that are looped by themselves; a file may have many, and the names of all its steps take time to compare. */
  #looped(item: Shape): Language {
    const key = JSON.stringify(item, (_, value) => (value instanceof Map ? [...value] : value))
    const known = this.#loopedLanguages.get(key)
    if (known !== undefined) return known
    const language = this.#basis.language.within({ item })
    this.#loopedLanguages.set(key, language)
    return language
  }

  #delegate(
    text: NonNullable<Step['delegateTo']>,
    texts: Texts,
    around: Around,
  ): CheckedStep['delegateTo'] & {} {
    const checked = texts.alone(alone => alone.template(text))
    const depends = this.#depends(around)
    const late = checked.references.find(reference => depends(reference).late)
    if (late !== undefined)
      this.#problems.push({
        code: 'expression_value',
        severity: 'error',
        message:
          'the host to delegate to must be known before any host is touched, and this only the run can know',
        where: late.where,
        hint: 'take it from vars, host, groups or item',
      })
    return checked
  }

  #spec(step: Step, around: Around): CheckedSpec {
    const { spec } = step
    switch (spec.kind) {
      case 'group':
        return { kind: 'group', members: spec.steps.map(member => this.#step(member, around)) }
      case 'use':
        return checkUse(this.#checker, spec, this.#texts(around), this.#problems)
      default:
        return checkLeaf(step, spec, this.#texts(around))
    }
  }

  #options(options: StepOptions, texts: Texts): CheckedOptions {
    const { hosts, cwd, env, timeoutMs, throttle, onFailure, tags, become, becomeMethod } = options
    const plain = (text: NonNullable<typeof cwd>): Checked<CheckedTemplateOf> =>
      texts.alone(alone => alone.template(text))
    return {
      ...(hosts === undefined ? {} : { hosts }),
      ...(cwd === undefined ? {} : { cwd: plain(cwd) }),
      env: (env ?? []).map(
        ([name, text]) => [name, texts.alone(alone => alone.secretTemplate(text))] as const,
      ),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(throttle === undefined ? {} : { throttle }),
      ...(onFailure === undefined ? {} : { onFailure }),
      tags: tags ?? [],
      ...(become === undefined ? {} : { become: typeof become === 'boolean' ? become : plain(become) }),
      ...(becomeMethod === undefined ? {} : { becomeMethod }),
    }
  }
}

type CheckedTemplateOf = ReturnType<Texts['template']>
