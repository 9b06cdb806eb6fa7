import type { PlaybookFile, Step } from '../../model/playbook.ts'

/** A step as it stands in its file. */
export interface StepEntry {
  readonly step: Step
  /** The group around it in the same file. */
  readonly parent: StepEntry | undefined
  /** The looped steps around it, outermost first; itself the last where it is looped. */
  readonly loops: readonly StepEntry[]
  /** Positions in source order: everything inside the step has its `first` in `first … last`. */
  readonly first: number
  readonly last: number
}

/** What a step is to expressions that stand somewhere in the same file. */
export type StepForm = 'step' | 'loop' | 'group'

/** All steps of a file, those inside inline groups too. Ids are unique among them. */
export class FileSteps {
  readonly byId: ReadonlyMap<string, StepEntry>
  readonly #byStep = new Map<Step, StepEntry>()

  constructor(file: PlaybookFile) {
    const byId = new Map<string, StepEntry>()
    let position = 0
    const visit = (
      steps: readonly Step[],
      parent: StepEntry | undefined,
      around: readonly StepEntry[],
    ): void => {
      for (const step of steps) {
        const entry = { step, parent, loops: around, first: position++, last: 0 }
        if (step.forEach !== undefined) entry.loops = [...around, entry]
        if (!byId.has(step.id)) byId.set(step.id, entry)
        this.#byStep.set(step, entry)
        if (step.spec.kind === 'group') visit(step.spec.steps, entry, entry.loops)
        entry.last = position - 1
      }
    }
    visit(file.steps, undefined, [])
    this.byId = byId
  }

  of(step: Step): StepEntry {
    return this.#byStep.get(step) as StepEntry
  }

  /** The forms of all steps for expressions inside these loops. */
  forms(inside: readonly StepEntry[]): ReadonlyMap<string, StepForm> {
    return new Map([...this.byId].map(([id, entry]) => [id, formOf(entry, inside)]))
  }
}

/** The loops around a step that expressions inside the loops `inside` do not share with it. */
export function loopsBetween(entry: StepEntry, inside: readonly StepEntry[]): readonly StepEntry[] {
  return entry.loops.filter(loop => !inside.includes(loop))
}

export function isInside(inner: StepEntry, outer: StepEntry): boolean {
  return outer.first <= inner.first && inner.last <= outer.last
}

export function holdsSteps({ spec }: Step): boolean {
  return spec.kind === 'group' || spec.kind === 'use'
}

function formOf(entry: StepEntry, inside: readonly StepEntry[]): StepForm {
  if (holdsSteps(entry.step)) return 'group'
  return loopsBetween(entry, inside).length === 0 ? 'step' : 'loop'
}
