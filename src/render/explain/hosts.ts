import type { Plan, Rolling } from '../../model/plan.ts'
import { foldHosts } from '../fold-hosts.ts'
import { everyStep, hostsOf, type Outline, type OutlineStep } from '../outline/outline.ts'
import { batchSizeWords, rollingWords } from '../rolling-words.ts'
import { waitWords } from '../step-words.ts'
import { hostCountWords } from './value-words.ts'

/** Which hosts the steps of a source run on: names where there is a plan, else patterns. */
export class StepHosts {
  readonly #outline: Outline
  readonly #names: ReadonlyMap<string, readonly string[]> | undefined
  readonly #rollings = new Map<string, Rolling>()

  constructor(outline: Outline, plan: Plan | undefined) {
    this.#outline = outline
    if (plan === undefined) return
    this.#names = namesByStep(plan)
    for (const rolling of plan.rollings)
      for (const index of rolling.steps) this.#rollings.set(withoutKeys(plan.steps[index]?.id ?? ''), rolling)
  }

  /** `on web[1-3]`, `on the hosts of web`, `once, on db1`; empty where only the place of use says it. */
  words(entry: OutlineStep): string {
    const { step } = entry
    const where = this.#where(entry)
    const first = where === undefined ? 'the hosts' : where.replace(/^on /, '')
    const once = this.#names === undefined ? `once, on the first of ${first}` : `once, ${where}`
    return [
      ...(step.once ? [once] : where === undefined ? [] : [where]),
      ...(step.delegateTo === undefined ? [] : [`carried out on ${step.delegateTo.value}`]),
    ].join(', ')
  }

  /** The hosts of steps that name none of their own; undefined where there are no such steps. */
  usual(): string | undefined {
    const entry = [...everyStep(this.#outline.steps)].find(step => this.isUsual(step))
    return entry === undefined || this.#where(entry) === undefined ? undefined : this.words(entry)
  }

  /** Whether a step runs where the playbook as a whole does. */
  isUsual(entry: OutlineStep): boolean {
    const { once, delegateTo } = entry.step
    if (once || delegateTo !== undefined) return false
    return hostsOf(entry, this.#outline)?.value === this.#outline.playbook.hosts?.value
  }

  /** How a rolling group goes over its hosts. */
  rolling(entry: OutlineStep): string | undefined {
    const { rolling } = entry.step
    if (rolling === undefined) return undefined
    const sizes = `batch by batch: ${batchSizeWords(rolling.batches)}`
    const inner = [...everyStep(entry.children)].find(({ id }) => this.#rollings.has(id))
    const planned = inner === undefined ? undefined : this.#rollings.get(inner.id)
    if (planned !== undefined) return `${sizes} (${rollingWords(planned)})`
    const { maxFailures, pauseMs } = rolling
    const stop =
      maxFailures === undefined ? 'a host failed' : `more than ${hostCountWords(maxFailures)} failed`
    const pause = pauseMs === 0 ? '' : `, ${waitWords(pauseMs)} between batches`
    return `${sizes}${pause}, no further batch once ${stop}`
  }

  #where(entry: OutlineStep): string | undefined {
    const names = this.#namesOf(entry)
    if (names === undefined) {
      const pattern = hostsOf(entry, this.#outline)?.value
      if (pattern === undefined) return undefined
      return pattern === 'all' ? 'on all hosts' : `on the hosts of ${pattern}`
    }
    return names.length === 0 ? 'on no host (left out)' : `on ${foldHosts(names)}`
  }

  #namesOf(entry: OutlineStep): readonly string[] | undefined {
    if (this.#names === undefined) return undefined
    if (entry.children.length === 0) return this.#names.get(entry.id) ?? []
    return [...new Set([...everyStep(entry.children)].flatMap(({ id }) => this.#names?.get(id) ?? []))]
  }
}

function namesByStep({ steps, hosts }: Plan): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, Set<number>>()
  for (const step of steps) {
    const id = withoutKeys(step.id)
    const known = targets.get(id) ?? new Set()
    targets.set(id, known)
    for (const host of step.targets) known.add(host)
  }
  return new Map(
    [...targets].map(([id, found]) => [
      id,
      [...found].sort((a, b) => a - b).map(host => hosts[host]?.name ?? ''),
    ]),
  )
}

/** The id of a step of the source: `web[0].users["ann"]` is `web.users`. */
export function withoutKeys(id: string): string {
  return id.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '')
}
