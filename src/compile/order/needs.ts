import type { Edge } from '../../model/plan.ts'
import type { Need } from '../../model/playbook.ts'
import type { Where } from '../../model/problem.ts'
import { isInside } from '../check/file-steps.ts'
import type { Block, Draft, LoopBlock } from '../lower/block.ts'
import { resolveId } from '../lower/resolve.ts'

/** What a step waits for, and where that is written: nowhere, where it is only the order of the file. */
export interface Source {
  readonly from: Draft
  readonly on: Edge['on']
  readonly if: Edge['if']
  readonly where: Where | undefined
}

/** Finds what blocks wait for (SEMANTICS: "Order"): what is named, else the step before; inside groups the group's needs too. */
export class Needs {
  readonly #needs = new Map<Block, readonly Source[]>()
  readonly #exits = new Map<Block, readonly Source[]>()
  readonly #leaves = new Map<Block, readonly Draft[]>()

  /** All that must have ended before something in the block starts. */
  of(block: Block): readonly Source[] {
    const known = this.#needs.get(block)
    if (known !== undefined) return known
    // Loops without items that need each other: the file's own check tells of them.
    this.#needs.set(block, [])
    const needs = this.#find(block)
    this.#needs.set(block, needs)
    return needs
  }

  /** All steps of the plan that the block holds. */
  leaves(block: Block): readonly Draft[] {
    if (block.kind === 'leaf') return [block.draft]
    const known = this.#leaves.get(block)
    if (known !== undefined) return known
    const inner = block.kind === 'loop' ? block.iterations : block.members.blocks
    const leaves = inner.flatMap(member => this.leaves(member))
    this.#leaves.set(block, leaves)
    return leaves
  }

  /** What the end of the block is: its last steps, or, where it holds none, what it needs itself. */
  exits(block: Block): readonly Source[] {
    const known = this.#exits.get(block)
    if (known !== undefined) return known
    const exits = this.#findExits(block)
    this.#exits.set(block, exits)
    return exits
  }

  /** The sources that a need stands for, seen from a step in `block`. */
  named(need: Need, block: Block): readonly Source[] {
    return resolveId(need.step, block.list.place).flatMap(target => {
      const leaves = need.if === 'success' ? [] : this.leaves(target)
      if (leaves.length > 0)
        return leaves.map(from => ({ from, on: need.on, if: need.if, where: need.where }))
      return this.exits(target).map(source => ({
        ...source,
        on: need.on === 'all' ? 'all' : source.on,
        if: source.if === 'success' ? need.if : source.if,
        where: need.where,
      }))
    })
  }

  #find(block: Block): readonly Source[] {
    if (block.kind !== 'loop' && block.iteration !== undefined) {
      const { loop, index } = block.iteration
      const before = loop.iterations[index - loop.checked.step.parallel]
      return before === undefined ? this.of(loop) : underConditions(this.exits(before), this.of(loop))
    }
    const { container, blocks } = block.list
    const around = () => (container === undefined ? [] : this.of(container))
    const { needs } = block.checked.step
    if (needs === undefined) {
      const before = blocks[block.at - 1]
      return before === undefined ? around() : underConditions(this.exits(before), around())
    }
    const own = needs.flatMap(need => this.named(need, block))
    return needs.some(need => isMemberNeed(need, block))
      ? underConditions(own, around())
      : [...own, ...around()]
  }

  #findExits(block: Block): readonly Source[] {
    switch (block.kind) {
      case 'leaf':
        return [{ from: block.draft, on: 'host', if: 'success', where: undefined }]
      case 'loop':
        return this.#loopExits(block)
      case 'group':
        return exitMembers(block.members.blocks).flatMap(member => this.exits(member))
    }
  }

  /** The last item of each lane. In order, for an iteration without steps asks for the one before. */
  #loopExits(loop: LoopBlock): readonly Source[] {
    if (loop.iterations.length === 0) return this.of(loop).map(passedOn)
    for (const iteration of loop.iterations) this.exits(iteration)
    const lanes = loop.iterations.slice(-loop.checked.step.parallel)
    return lanes.flatMap(iteration => this.exits(iteration))
  }
}

/**
 * What a member needs, with what the group around it needs as far as the other members do not stand for that. Conditional
 * needs are about each member, or the second step of a group that runs only `if: failed` would run after the first was
 * skipped; a member that asks for a failure itself has its answer from the members, which are under the condition. And
 * where a group is blocked, so is its cleanup, and what tolerates failures: it has never begun.
 */
function underConditions(own: readonly Source[], around: readonly Source[]): readonly Source[] {
  const asks = own.some(source => source.if === 'failed')
  const tolerates = own.some(({ from, if: condition }) => condition !== 'success' || toleratesFailures(from))
  return [...own, ...around.filter(source => (source.if === 'success' ? tolerates : !asks))]
}

function toleratesFailures({ inherited }: Draft): boolean {
  return inherited.maxFailures !== undefined
}

/** What needs a loop without items waits for what that needs, however it is to end. */
function passedOn(source: Source): Source {
  return source.if === 'success' ? source : { ...source, if: 'always' }
}

/** Whether a need names another member of the group that the block is in. */
function isMemberNeed(need: Need, block: Block): boolean {
  const { container } = block.list
  if (container === undefined) return false
  const named = block.checked.siblings.byId.get(need.step)
  if (named === undefined) return false
  return container.checked.step.spec.kind === 'use' || isInside(named, container.checked.entry)
}

/**
 * The members that no other member needs to succeed: the last ones, and those that only cleanup comes after, or a
 * group would end well whose work has failed. One of which only a part is needed is still among them.
 */
function exitMembers(members: readonly Block[]): readonly Block[] {
  const byId = new Map(members.map(member => [member.checked.step.id, member]))
  const needed = new Set<Block>()
  for (const member of members) {
    const { needs } = member.checked.step
    const before = members[member.at - 1]
    const successes = needs?.filter(need => need.if === 'success')
    const found = successes === undefined ? [before] : successes.map(({ step }) => byId.get(step))
    for (const other of found) if (other !== undefined && other !== member) needed.add(other)
  }
  return members.filter(member => !needed.has(member))
}
