import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import type { SketchNode } from '../model/sketch.ts'
import { type ChangeWords, OF_PLAN } from './change-words.ts'
import type { Mask } from './codec/codec.ts'
import { digestAt } from './digest.ts'
import type { PlanDocument } from './document.ts'
import type { Bases } from './local-paths.ts'
import { differingDigests, sketchDigests } from './sketch-digests.ts'
import { storePlan } from './store-plan.ts'
import { type StoredPlan, storedPlan } from './stored-plan.ts'

/**
 * In what a plan that was compiled now is not the saved one, though no file has changed: an inventory script or a
 * variable of the environment may give another one.
 * @param mask the one that the plan was saved with
 */
export function planDrift(
  { plan: saved }: Pick<PlanDocument, 'plan'>,
  plan: Plan,
  mask: Mask,
  words: ChangeWords = OF_PLAN,
): readonly Problem[] {
  const present = storedPlan.read(storedPlan.write(storePlan(plan), mask))
  const hosts = hostDrift(saved, present, words)
  // Other hosts make other steps; they would only be told twice.
  const found = hosts.length > 0 ? hosts : stepDrift(saved, present, words)
  if (found.length === 0 && spelled(saved) !== spelled(present))
    found.push('the plan of this playbook is another one now')
  return found.map(message => ({ code: words.driftCode, severity: 'error', message, hint: words.hint }))
}

/**
 * In what the steps of the same plan now do something else, as far as no host need be asked for it.
 * @param bases the folders that local paths count from
 */
export function sketchDrift(
  { sketches }: Pick<PlanDocument, 'sketches'>,
  plan: Plan,
  sketch: SketchNode,
  bases: Bases,
  words: ChangeWords = OF_PLAN,
): readonly Problem[] {
  const steps = differingDigests(sketches, sketchDigests(plan, sketch, bases))
  if (steps.length === 0) return []
  const ids = steps.flatMap(step => plan.steps[step]?.id ?? [])
  const message = `steps would do something else ${words.than}: ${listed(ids)}`
  const hint = `a variable of the environment, or what an inventory program prints, may be another: ${words.hint}`
  return [{ code: words.driftCode, severity: 'error', message, hint }]
}

function hostDrift(saved: StoredPlan, present: StoredPlan, { made, than }: ChangeWords): string[] {
  const [known, found] = [placesOf(saved), placesOf(present)]
  const gone = saved.hosts.filter(host => !found.has(host))
  const added = present.hosts.filter(host => !known.has(host))
  const moved = present.hosts.filter(host => known.has(host) && known.get(host) !== found.get(host))
  return [
    ...(gone.length === 0 ? [] : [`hosts of ${made} are gone: ${listed(gone)}`]),
    ...(added.length === 0 ? [] : [`there are hosts that ${made} does not have: ${listed(added)}`]),
    ...(moved.length === 0
      ? []
      : [`hosts are reached at another address, or as another user, ${than}: ${listed(moved)}`]),
  ]
}

function placesOf({ hosts, connections }: StoredPlan): ReadonlyMap<string, string> {
  return new Map(hosts.map((host, at) => [host, digestAt(connections, at)]))
}

function stepDrift(saved: StoredPlan, present: StoredPlan, { made }: ChangeWords): string[] {
  const known = new Map(saved.steps.map(step => [step.id, spelled(step)]))
  const found = new Map(present.steps.map(step => [step.id, spelled(step)]))
  const gone = saved.steps.flatMap(({ id }) => (found.has(id) ? [] : [id]))
  const added = present.steps.flatMap(({ id }) => (known.has(id) ? [] : [id]))
  // Edges name steps by their place, which others have taken where steps are gone or added.
  const other =
    gone.length + added.length > 0
      ? []
      : present.steps.flatMap(({ id }) => (known.get(id) === found.get(id) ? [] : [id]))
  return [
    ...(gone.length === 0 ? [] : [`steps of ${made} are gone: ${listed(gone)}`]),
    ...(added.length === 0 ? [] : [`there are steps that ${made} does not have: ${listed(added)}`]),
    ...(other.length === 0 ? [] : [`steps run on other hosts, or in another order or way: ${listed(other)}`]),
  ]
}

const spelled = (value: object) => JSON.stringify(value)

const MOST = 10

function listed(names: readonly string[]): string {
  const more = names.length - MOST
  return more > 1 ? `${names.slice(0, MOST).join(', ')} and ${more} more` : names.join(', ')
}
