import { type CelValue, toCel } from './cel-value.ts'
import { MissingValue, notYetKnown, valueFailure } from './failure.ts'
import { resultField, sumField } from './result-fields.ts'
import type { ResultView, Scope, StepView } from './scope.ts'
import { View, type Viewed } from './views.ts'

// What CEL sees of steps and their results.

export class StepsView extends View {
  readonly #scope: Scope

  constructor(scope: Scope) {
    super()
    this.#scope = scope
  }

  protected find(id: string): View {
    const step = stepOf(this.#scope, id)
    switch (step.kind) {
      case 'step':
        return new HostStepView(step, `steps.${id}`)
      case 'loop':
        return new LoopView(step.items, `steps.${id}`)
      case 'group':
        return new GroupView(step.members, `steps.${id}`)
    }
  }
}

/** @throws ExpressionFailure before the run */
export function stepOf(scope: Scope, id: string): StepView {
  const step = scope.step(id)
  if (step === undefined) throw notYetKnown(`steps.${id}`)
  return step
}

export class OneResultView extends View {
  readonly #view: ResultView
  readonly #name: string

  constructor(view: ResultView, name: string) {
    super()
    this.#view = view
    this.#name = name
  }

  protected find(field: string): CelValue | undefined {
    const value = resultField(this.#view, field, this.#name)
    return value === undefined ? undefined : toCel(value)
  }
}

/** A step's result on the host itself, with the way to the others. */
export class HostStepView extends View {
  readonly #step: StepView & { readonly kind: 'step' }
  readonly #name: string

  constructor(step: StepView & { readonly kind: 'step' }, name: string) {
    super()
    this.#step = step
    this.#name = name
  }

  protected find(field: string): Viewed | undefined {
    if (field === 'on') return new HostsView(this.#step, this.#name)
    const value = resultField(resultHere(this.#step, this.#name), field, this.#name)
    return value === undefined ? undefined : toCel(value)
  }
}

/** @throws MissingValue where the step does not run on the host */
export function resultHere({ here }: StepView & { readonly kind: 'step' }, name: string): ResultView {
  if (here === undefined) throw new MissingValue(name, 'the step has no result on this host')
  return here
}

/** @throws MissingValue where the step does not run there */
export function resultOn(
  { on }: StepView & { readonly kind: 'step' },
  host: string,
  name: string,
): ResultView {
  const view = on(host)
  if (view === undefined)
    throw new MissingValue(`${name}.on[${JSON.stringify(host)}]`, 'the step has no result on that host')
  return view
}

/** `steps.x.on`: to CEL a plain map. */
class HostsView extends View {
  readonly #step: StepView & { readonly kind: 'step' }
  readonly #name: string

  constructor(step: StepView & { readonly kind: 'step' }, name: string) {
    super()
    this.#step = step
    this.#name = name
  }

  protected find(host: string): View {
    const view = resultOn(this.#step, host, this.#name)
    return new OneResultView(view, `${this.#name}.on[${JSON.stringify(host)}]`)
  }
}
Object.defineProperty(HostsView.prototype, 'constructor', { value: Map })

export class LoopView extends View {
  readonly #items: readonly ResultView[]
  readonly #name: string

  constructor(items: readonly ResultView[], name: string) {
    super()
    this.#items = items
    this.#name = name
  }

  protected find(field: string): Viewed | undefined {
    if (field === 'items')
      return this.#items.map((item, index) => new OneResultView(item, `${this.#name}.items[${index}]`))
    const value = sumField(this.#items, field, this.#name)
    return value === undefined ? undefined : toCel(value)
  }
}

export class GroupView extends View {
  readonly #members: readonly ResultView[]
  readonly #name: string

  constructor(members: readonly ResultView[], name: string) {
    super()
    this.#members = members
    this.#name = name
  }

  protected find(field: string): CelValue | undefined {
    const value = sumField(this.#members, field, this.#name)
    return value === undefined ? undefined : toCel(value)
  }
}

/** The step's own result, in `until` and its like. */
export function ownResult({ result }: Scope): ResultView {
  if (result === undefined) throw valueFailure('result has no value here')
  return result
}
