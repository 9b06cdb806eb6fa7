import { LIMITS } from '../../model/limits.ts'
import type { PlanGroup } from '../../model/plan.ts'
import type { Text } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'
import type { CheckedFile, CheckedGroup, CheckedLoop, CheckedStep, CheckedUse } from '../check/checked.ts'
import type {
  Block,
  BlockList,
  Draft,
  GroupBlock,
  Hosts,
  Inherited,
  Iteration,
  LeafBlock,
  LoopBlock,
  Place,
} from './block.ts'
import { frameOf, rootFrame } from './frame.ts'
import { HostSets, NO_HOSTS } from './host-sets.ts'
import { rootInheritance, withOptions, withRolling, withStep } from './inherit.ts'
import type { Items } from './items.ts'
import { leavesWithin } from './leaves-within.ts'

/** What only the hosts tell. */
export interface HostAnswers {
  /** The hosts of a pattern, `--limit` applied. */
  readonly hostsOf: (pattern: Text | undefined) => Hosts
  /** The items of a loop at a place, for these hosts. */
  readonly itemsOf: (loop: CheckedLoop, place: Place, hosts: Hosts) => Items
}

export interface Lowered {
  /** In source order. */
  readonly drafts: readonly Draft[]
  readonly groups: readonly PlanGroup[]
  /** All blocks, each after those around it. */
  readonly blocks: readonly Block[]
  readonly sets: HostSets
  readonly problems: readonly Problem[]
}

/** Unfolds groups, includes and loops into the steps of the plan. */
export function lower(root: CheckedFile, hosts: Text | undefined, answers: HostAnswers): Lowered {
  return new Lowering(answers).run(root, hosts)
}

/** What is around the steps of a list. */
interface Context {
  readonly inherited: Inherited
  readonly group: number | undefined
  /** The hosts that have the items of all loops around; undefined: all. */
  readonly alive: Hosts | undefined
}

class Lowering {
  readonly #answers: HostAnswers
  readonly #drafts: Draft[] = []
  readonly #groups: PlanGroup[] = []
  readonly #blocks: Block[] = []
  readonly #sets = new HostSets()
  readonly #problems: Problem[] = []

  constructor(answers: HostAnswers) {
    this.#answers = answers
  }

  run(root: CheckedFile, hosts: Text | undefined): Lowered {
    const place: Place = { frame: rootFrame(root), outer: undefined, prefix: '', blocks: new Map() }
    const inherited = withOptions(rootInheritance(hosts), root.defaults, root.language, place)
    const list: BlockList = { place, container: undefined, blocks: [] }
    this.#list(root.members, list, { inherited, group: undefined, alive: undefined })
    return {
      drafts: this.#drafts,
      groups: this.#groups,
      blocks: this.#blocks,
      sets: this.#sets,
      problems: this.#problems,
    }
  }

  #list(members: readonly CheckedStep[], list: BlockList, context: Context): void {
    for (const checked of members) {
      if (this.#tooMany(checked)) break
      list.blocks.push(this.#block(checked, list, context))
    }
  }

  #block(checked: CheckedStep, list: BlockList, context: Context): Block {
    const { forEach } = checked
    const { place } = list
    const block =
      forEach === undefined
        ? this.#single(checked, list, undefined, place, `${place.prefix}${checked.step.id}`, context)
        : this.#loop(checked, forEach, list, context)
    place.blocks.set(checked.step.id, block)
    return block
  }

  #loop(checked: CheckedStep, forEach: CheckedLoop, list: BlockList, context: Context): LoopBlock {
    const { place } = list
    const { step } = checked
    const id = `${place.prefix}${step.id}`
    const loop: LoopBlock = { kind: 'loop', checked, list, at: list.blocks.length, iterations: [] }
    this.#blocks.push(loop)
    place.blocks.set(step.id, loop)
    const group = this.#group('loop', id, checked, context.group)
    const hosts = forEach.perHost ? this.#loopHosts(checked, context) : NO_HOSTS
    const items = this.#answers.itemsOf(forEach, place, hosts)
    for (const [index, label] of items.labels.entries()) {
      if (this.#tooMany(checked)) break
      const itemId = `${id}[${label}]`
      const inner: Place = {
        frame: place.frame,
        outer: place,
        prefix: `${itemId}.`,
        blocks: new Map(),
        item: host => items.value(host, index),
      }
      const alive = items.hosts(index) ?? context.alive
      const iteration = { loop, index }
      loop.iterations.push(
        this.#single(checked, list, iteration, inner, itemId, { ...context, group, alive }) as
          | LeafBlock
          | GroupBlock,
      )
    }
    return loop
  }

  /** A step without its loop. `place` is where its own texts are evaluated. */
  #single(
    checked: CheckedStep,
    list: BlockList,
    iteration: Iteration | undefined,
    place: Place,
    id: string,
    context: Context,
  ): Block {
    const inherited = withStep(context.inherited, checked, place)
    const { spec } = checked
    const base = { checked, list, at: list.blocks.length, iteration }
    if (spec.kind === 'leaf') {
      const block: LeafBlock = {
        ...base,
        kind: 'leaf',
        draft: this.#draft(checked, place, id, { ...context, inherited }),
      }
      this.#blocks.push(block)
      return block
    }
    const group = this.#group(spec.kind, id, checked, context.group)
    const around = { ...context, inherited: withRolling(inherited, checked, id, this.#problems), group }
    return spec.kind === 'group'
      ? this.#inline(spec, base, place, around)
      : this.#include(spec, base, place, id, around)
  }

  #inline(spec: CheckedGroup, base: BlockParts, place: Place, context: Context): GroupBlock {
    const group = this.#container(base, place)
    this.#list(spec.members, group.members, context)
    return group
  }

  #include(spec: CheckedUse, base: BlockParts, outside: Place, id: string, context: Context): GroupBlock {
    const { file } = spec
    const frame = frameOf(spec, base.checked.language, outside)
    const place: Place = { frame, outer: undefined, prefix: `${id}.`, blocks: new Map() }
    const group = this.#container(base, place)
    if (file === undefined) return group
    const inherited = withOptions(context.inherited, file.defaults, file.language, place)
    this.#list(file.members, group.members, { ...context, inherited })
    return group
  }

  #container(base: BlockParts, place: Place): GroupBlock {
    const members: BlockList = { place, container: undefined, blocks: [] }
    const group: GroupBlock = { ...base, kind: 'group', members }
    members.container = group
    this.#blocks.push(group)
    return group
  }

  #draft(checked: CheckedStep, place: Place, id: string, { inherited, group, alive }: Context): Draft {
    const { step } = checked
    const home = this.#answers.hostsOf(inherited.hosts)
    const { inside, outside } =
      alive === undefined ? { inside: home, outside: NO_HOSTS } : this.#sets.split(home, alive)
    // Who lacks the item waits for the host that does the step once; in batches that one may come later.
    const waitsElsewhere = step.once && inherited.rolling === undefined && inside.length > 0
    const draft: Draft = {
      index: this.#drafts.length,
      id,
      title: step.title === step.id ? id : step.title,
      checked,
      place,
      inherited,
      group,
      hosts: step.once ? this.#sets.first(inside) : inside,
      idle: outside.length === 0 || waitsElsewhere ? undefined : outside,
    }
    this.#drafts.push(draft)
    return draft
  }

  #group(kind: PlanGroup['kind'], id: string, { step }: CheckedStep, parent: number | undefined): number {
    const title = step.title === step.id ? id : step.title
    const at = parent === undefined ? {} : { parent }
    return this.#groups.push({ kind, id, title, ...at, where: step.where }) - 1
  }

  /** All hosts of a loop; of a `once` step the first that has the items of the loops around. */
  #loopHosts(checked: CheckedStep, { inherited, alive }: Context): Hosts {
    const lists = leavesWithin(checked, inherited.hosts).map(({ hosts }) => this.#answers.hostsOf(hosts))
    const all = this.#sets.union(lists)
    const hosts = alive === undefined ? all : this.#sets.split(all, alive).inside
    return checked.step.once ? this.#sets.first(hosts) : hosts
  }

  #tooMany({ step }: CheckedStep): boolean {
    if (this.#drafts.length < LIMITS.stepsPerPlaybook) return false
    if (!this.#problems.some(({ code }) => code === 'yaml_limit'))
      this.#problems.push({
        code: 'yaml_limit',
        severity: 'error',
        message: `with its loops and includes the playbook has more than ${LIMITS.stepsPerPlaybook} steps`,
        where: step.where,
      })
    return true
  }
}

type BlockParts = Pick<GroupBlock, 'checked' | 'list' | 'at' | 'iteration'>
