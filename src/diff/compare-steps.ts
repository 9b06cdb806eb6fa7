import type { Edge, PlanStep } from '../model/plan.ts'
import type { ChangedStep, Field, FieldChange, NeedName, OneSidedStep } from '../model/plan-diff.ts'
import type { Sketch } from '../model/sketch.ts'
import { actionFields } from './action-fields.ts'
import { compareFields } from './compare-fields.ts'
import { addedAndRemoved } from './compare-hosts.ts'
import { groupByChanges } from './group-by-changes.ts'
import { hostName, type Side, targetNames } from './side.ts'
import { stepFields } from './step-fields.ts'

/** A step that only one of the plans has. */
export function oneSided(kind: OneSidedStep['kind'], side: Side, step: PlanStep): OneSidedStep {
  const { plan } = side
  const groups = new Map<string, { readonly hosts: string[]; readonly fields: readonly Field[] }>()
  const keys = new Map<readonly Field[], string>()
  const fieldsOn = nodeFields(side, step)
  for (const host of step.targets) {
    const fields = fieldsOn(host)
    const key = keys.get(fields) ?? JSON.stringify(fields)
    keys.set(fields, key)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { hosts: [hostName(plan, host)], fields })
    else group.hosts.push(hostName(plan, host))
  }
  return {
    kind,
    id: step.id,
    title: step.title,
    hosts: targetNames(plan, step),
    needs: needsOf(side, step),
    settings: stepFields(plan, step),
    actions: [...groups.values()],
  }
}

/** What differs of a step that both plans have; undefined where nothing does. */
export function compareStep(
  before: Side,
  old: PlanStep,
  after: Side,
  now: PlanStep,
): ChangedStep | undefined {
  const hosts = addedAndRemoved(targetNames(before.plan, old), targetNames(after.plan, now))
  const needs = compareNeeds(needsOf(before, old), needsOf(after, now))
  const settings = compareFields(stepFields(before.plan, old), stepFields(after.plan, now))
  const actions = groupByChanges(nodeChanges(before, old, after, now))
  const sizes = [hosts.added, hosts.removed, needs.added, needs.removed, settings, actions]
  if (sizes.every(({ length }) => length === 0)) return undefined
  return { kind: 'changed', id: now.id, title: now.title, hosts, needs, settings, actions }
}

function* nodeChanges(
  before: Side,
  old: PlanStep,
  after: Side,
  now: PlanStep,
): Generator<readonly [host: string, changes: readonly FieldChange[]]> {
  const indexes = new Map(Array.from(old.targets, host => [hostName(before.plan, host), host]))
  const [oldFields, nowFields] = [nodeFields(before, old), nodeFields(after, now)]
  const known = new Map<readonly Field[], Map<readonly Field[], readonly FieldChange[]>>()
  for (const host of now.targets) {
    const name = hostName(after.plan, host)
    const index = indexes.get(name)
    if (index === undefined) continue
    const [was, is] = [oldFields(index), nowFields(host)]
    const against = known.get(was) ?? new Map<readonly Field[], readonly FieldChange[]>()
    known.set(was, against)
    const changes = against.get(is) ?? compareFields(was, is)
    against.set(is, changes)
    yield [name, changes]
  }
}

/** What a step does on a host of its plan; hosts that share a sketch share the fields. */
function nodeFields(
  { plan, sketch, files, shownIn }: Side,
  step: PlanStep,
): (host: number) => readonly Field[] {
  const known = new Map<Sketch, readonly Field[]>()
  return host => {
    // drover's own gathering of facts is the same in all plans.
    if (step.hidden) return NOTHING
    const found = sketch(step.index, host)
    const fields =
      known.get(found) ?? actionFields(found, files).map(({ name, text }) => ({ name, text: shownIn(text) }))
    known.set(found, fields)
    const delegate = step.delegates?.[host] ?? host
    if (delegate === host) return fields
    return [...fields, { name: 'delegate_to', text: hostName(plan, delegate) }]
  }
}

const NOTHING: readonly Field[] = []

/** Who waits for all hosts of a step waits for each of them. */
function needsOf({ plan }: Side, { edges }: PlanStep): readonly NeedName[] {
  const isCovered = (edge: Edge) =>
    edge.on === 'host' &&
    edges.some(({ from, on, if: how }) => on === 'all' && from === edge.from && how === edge.if)
  return edges
    .filter(edge => !isCovered(edge))
    .map(({ from, on, if: how }) => ({ step: plan.steps[from]?.id ?? '', on, if: how }))
}

function compareNeeds(before: readonly NeedName[], after: readonly NeedName[]): ChangedStep['needs'] {
  const key = ({ step, on, if: how }: NeedName) => `${on} ${how} ${step}`
  const [old, now] = [new Set(before.map(key)), new Set(after.map(key))]
  return {
    added: after.filter(need => !old.has(key(need))),
    removed: before.filter(need => !now.has(key(need))),
  }
}
