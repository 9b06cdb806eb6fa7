import type { NodeName } from '../model/foresight.ts'
import type { Plan } from '../model/plan.ts'

/** Who may have changed something; `sure` where that is the verdict. */
export interface Changer extends NodeName {
  readonly sure: boolean
  /** As whom it acts; empty for who logs in. */
  readonly as: string
}

/** Why an answer may no longer be true, as it is said at the host `via`. */
export class ChangerWords {
  readonly #plan: Plan
  readonly #via: number

  constructor(plan: Plan, via: number) {
    this.#plan = plan
    this.#via = via
  }

  before(changer: Changer): string {
    const name = this.#name(changer)
    return changer.sure ? `${name} would change first` : `${name} is unknown and comes first`
  }

  elsewhere({ step, via }: { readonly step: number; readonly via: number }): string {
    return `steps.${this.#plan.steps[step]?.id} may change ${this.#plan.hosts[via]?.name} first`
  }

  beside(node: NodeName): string {
    return `${this.#name(node)} may change something at the same time`
  }

  #name({ step, host }: NodeName): string {
    const id = `steps.${this.#plan.steps[step]?.id}`
    return host === this.#via ? id : `${id} (for ${this.#plan.hosts[host]?.name})`
  }
}
