import { Language } from '../expr/environment.ts'
import { Variables } from '../expr/variables.ts'
import type { Action } from '../model/action.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import type { Failure } from '../model/errors.ts'
import type { Inventory } from '../model/host.ts'
import type { Edge, Plan, PlanStep } from '../model/plan.ts'
import type { HostCount, Playbook } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import { inFileOrder } from '../model/problem-order.ts'
import type { Value } from '../model/value.ts'
import { type CheckedAction, checkAction } from './action-template.ts'
import { checkHostVars, type HostVarUse } from './check-host-vars.ts'
import { checkNodes } from './check-nodes.ts'
import { findEdges, type StepEdges } from './edges.ts'
import { createRenderer, isRenderProblem, type RenderNode, renderFailure } from './renderer.ts'
import { findTargets, type ResolveHosts, type Targets } from './targets.ts'

export interface CompileOptions {
  readonly resolve: ResolveHosts
  /** `--limit`: a pattern that narrows every step's hosts. */
  readonly limit?: string
  /** What `-e` sets. */
  readonly vars?: Readonly<Record<string, Value>>
}

export type Compiled =
  | {
      readonly kind: 'compiled'
      readonly plan: Plan
      /** The engine's `RenderAction`. */
      readonly render: (step: number, host: number) => Action | Failure
    }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }

/** Compiles a playbook for an inventory into a plan and its renderer, or finds all that is wrong with it. */
export function compile(playbook: Playbook, inventory: Inventory, options: CompileOptions): Compiled {
  const given = options.vars ?? {}
  const language = new Language(playbook.vars)
  const targets = findTargets(playbook, inventory, options.resolve, options.limit)
  const variables = new Variables(language, targets.hosts, given)
  const edges = findEdges(playbook.steps)
  const actions = playbook.steps.map(step => checkAction(step, playbook, language, variables.varies))
  const problems = [
    ...unknownVars(given, language),
    ...targets.problems,
    ...variables.problems,
    ...edges.problems,
    ...actions.flatMap(action => action.problems),
    ...checkHostVars(hostVarUses(actions, targets), targets.hosts),
  ]
  if (problems.length > 0) return { kind: 'refused', problems: inFileOrder(problems) }
  const plan = assemble(playbook, targets, edges, actions)
  const scope = (host: number) => variables.scope(host)
  const renderNode = createRenderer({ plan, language, scope, folder: playbook.folder })
  const wrongNodes = checkNodes(plan, renderNode)
  if (wrongNodes.length > 0) return { kind: 'refused', problems: inFileOrder(wrongNodes) }
  return { kind: 'compiled', plan, render: asRenderAction(renderNode) }
}

function hostVarUses(actions: readonly CheckedAction[], { ofStep }: Targets): HostVarUse[] {
  return actions.flatMap(({ references }, index) => {
    const targets = ofStep[index] ?? new Uint32Array()
    return references.map(reference => ({ reference, targets }))
  })
}

function assemble(
  { name, file, steps, defaults, maxFailures }: Playbook,
  { hosts, ofStep }: Targets,
  { edges, order }: StepEdges,
  actions: readonly CheckedAction[],
): Plan {
  return {
    name,
    file,
    hosts,
    steps: steps.map((step, index): PlanStep => {
      const targets = ofStep[index] as Uint32Array
      const throttle = step.throttle ?? defaults.throttle
      return {
        index,
        id: step.id,
        title: step.title,
        targets,
        edges: edges[index] as readonly Edge[],
        ...(throttle === undefined ? {} : { throttle }),
        onFailure: step.onFailure ?? defaults.onFailure ?? 'block',
        tolerated: step.maxFailures === undefined ? 0 : countOf(step.maxFailures, targets.length),
        once: step.once,
        semaphores: [],
        when: [],
        tags: [],
        hidden: false,
        action: (actions[index] as CheckedAction).action,
        where: step.where,
      }
    }),
    order,
    groups: [],
    rollings: [],
    semaphores: [],
    ...(maxFailures === undefined ? {} : { maxFailures: countOf(maxFailures, hosts.length) }),
  }
}

function asRenderAction(render: RenderNode): (step: number, host: number) => Action | Failure {
  return (step, host) => {
    const rendered = render(step, host)
    return isRenderProblem(rendered) ? renderFailure(rendered) : rendered
  }
}

/** A number of hosts, a share rounded down. */
function countOf({ kind, n }: HostCount, all: number): number {
  return kind === 'count' ? n : Math.floor((n * all) / 100)
}

function unknownVars(given: Readonly<Record<string, Value>>, language: Language): Problem[] {
  return Object.keys(given)
    .filter(name => !language.vars.has(name))
    .map(name => ({
      code: 'expression_name',
      severity: 'error',
      message: `-e sets "${name}", and the playbook declares no such variable`,
      hint: didYouMean(name, language.vars.keys()) ?? 'declare it under vars:',
    }))
}
