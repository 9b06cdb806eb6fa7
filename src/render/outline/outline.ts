import type { NeedIf, Playbook, PlaybookFile, Step, StepOptions, Text } from '../../model/playbook.ts'
import { expressionsOf, referencesIn } from './texts.ts'

/** A step of a playbook or of a file that it uses, as it stands in the source: loops are one step. */
export interface OutlineStep {
  /** As in a plan, without the keys of loops: `web.install`. */
  readonly id: string
  readonly step: Step
  readonly file: PlaybookFile
  /** The group or the `use` around it. */
  readonly parent: OutlineStep | undefined
  readonly children: readonly OutlineStep[]
  /** What it says itself that it waits for, or what its place in the list says. */
  readonly needs: readonly OutlineNeed[]
}

export interface OutlineNeed {
  readonly of: OutlineStep
  readonly on: 'host' | 'all'
  readonly if: NeedIf
  /** `before`: only because it is the step before. `reference`: its result is used. */
  readonly why: 'named' | 'before' | 'reference'
}

export interface Outline {
  readonly playbook: Playbook
  readonly steps: readonly OutlineStep[]
}

type Open = { -readonly [K in keyof OutlineStep]: OutlineStep[K] } & {
  children: Open[]
  needs: OutlineNeed[]
}

/** The steps of one file at one place of use, by their ids. */
type Names = Map<string, Open>

/** A playbook as a tree of its steps, with what each waits for as far as the source says. */
export function outlineOf(playbook: Playbook): Outline {
  return { playbook, steps: listOf(playbook.steps, playbook, undefined, '', new Map(), true) }
}

function listOf(
  steps: readonly Step[],
  file: PlaybookFile,
  parent: Open | undefined,
  prefix: string,
  names: Names,
  isRoot: boolean,
): Open[] {
  const list = steps.map((step): Open => {
    const made: Open = { id: `${prefix}${step.id}`, step, file, parent, children: [], needs: [] }
    names.set(step.id, made)
    const { spec } = step
    if (spec.kind === 'group') made.children = listOf(spec.steps, file, made, prefix, names, false)
    if (spec.kind === 'use' && spec.file !== undefined)
      made.children = listOf(spec.file.steps, spec.file, made, `${made.id}.`, new Map(), true)
    return made
  })
  // Needs may name any step of the file, also one that comes later.
  if (isRoot) link(list, names)
  return list
}

/** Links the steps of a file; those of files that it uses are linked already. */
function link(list: readonly Open[], names: Names): void {
  for (const [at, entry] of list.entries()) {
    entry.needs = needsOf(entry, list[at - 1], names)
    if (entry.step.spec.kind === 'group') link(entry.children, names)
  }
}

function needsOf(entry: Open, before: Open | undefined, names: Names): OutlineNeed[] {
  const { step } = entry
  const found = new Map<Open, OutlineNeed>()
  if (step.needs === undefined && before !== undefined)
    found.set(before, { of: before, on: 'host', if: 'success', why: 'before' })
  for (const need of step.needs ?? []) {
    const of = names.get(need.step)
    if (of !== undefined) found.set(of, { of, on: need.on, if: need.if, why: 'named' })
  }
  for (const { step: id, elsewhere } of expressionsOf(step).flatMap(referencesIn)) {
    const of = names.get(id)
    if (of === undefined || of === entry || found.has(of) || isInside(entry, of)) continue
    const on = elsewhere || of.step.once ? 'all' : 'host'
    found.set(of, { of, on, if: 'success', why: 'reference' })
  }
  return [...found.values()]
}

function isInside(entry: OutlineStep, group: OutlineStep): boolean {
  for (let at = entry.parent; at !== undefined; at = at.parent) if (at === group) return true
  return false
}

/** All steps, each before those inside it. */
export function* everyStep(steps: readonly OutlineStep[]): Generator<OutlineStep> {
  for (const step of steps) {
    yield step
    yield* everyStep(step.children)
  }
}

/** What a step, the groups around it and the `defaults:` of its file say of an option, the nearest first. */
function* optionsAround(entry: OutlineStep): Generator<StepOptions> {
  let at: OutlineStep | undefined = entry
  while (at !== undefined) {
    yield at.step
    const around: OutlineStep | undefined = at.parent
    if (around?.file !== at.file) yield at.file.defaults
    at = around
  }
}

/** The nearest value of an option. */
export function optionOf<K extends keyof StepOptions>(
  entry: OutlineStep,
  key: K,
): StepOptions[K] | undefined {
  for (const options of optionsAround(entry)) if (options[key] !== undefined) return options[key]
  return undefined
}

/** The pattern of the hosts that a step runs on. */
export function hostsOf(entry: OutlineStep, { playbook }: Outline): Text | undefined {
  return optionOf(entry, 'hosts') ?? playbook.hosts
}
