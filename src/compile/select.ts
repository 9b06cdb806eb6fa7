import { didYouMean } from '../model/did-you-mean.ts'
import type { PlanGroup, PlanStep } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import type { WrittenNames } from './check/written-names.ts'
import type { Block, Draft } from './lower/block.ts'
import { resolveId } from './lower/resolve.ts'
import type { Needs } from './order/needs.ts'
import type { Uses } from './order/uses.ts'

/** What the options of a command line pick of a playbook's steps; absent or empty: all. */
export interface Picks {
  readonly tags?: readonly string[] | undefined
  readonly skipTags?: readonly string[] | undefined
  readonly steps?: readonly string[] | undefined
}

export interface Selection {
  /** Why a step is left out, where it is. */
  readonly excluded: ReadonlyMap<Draft, NonNullable<PlanStep['excluded']>>
  readonly problems: readonly Problem[]
}

export interface SelectInputs {
  readonly drafts: readonly Draft[]
  readonly blocks: readonly Block[]
  readonly groups: readonly PlanGroup[]
  readonly needs: Needs
  readonly uses: ReadonlyMap<Draft, Uses>
  readonly written: WrittenNames
}

/** Leaves out what `--step`, `--tags`, `--skip-tags` and `--limit` do not pick, in this order. */
export function selectSteps(inputs: SelectInputs, picks: Picks): Selection {
  const { drafts } = inputs
  const problems: Problem[] = []
  const steps = picks.steps ?? []
  const wanted = steps.length === 0 ? undefined : withWhatTheyNeed(named(inputs, steps, problems), inputs)
  const [tags, skipped] = [
    knownTags(inputs, picks, 'tags', problems),
    knownTags(inputs, picks, 'skipTags', problems),
  ]
  const excluded = new Map<Draft, NonNullable<PlanStep['excluded']>>()
  for (const draft of drafts) {
    const own = draft.inherited.tags.map(({ name }) => name)
    const isTagged = tags.length === 0 || own.some(tag => tags.includes(tag))
    if (wanted !== undefined && !wanted.has(draft)) excluded.set(draft, 'step')
    else if (!isTagged || own.some(tag => skipped.includes(tag))) excluded.set(draft, 'tags')
    else if (draft.hosts.length === 0 && draft.idle === undefined) excluded.set(draft, 'limit')
  }
  return { excluded, problems }
}

function knownTags(
  { written }: SelectInputs,
  picks: Picks,
  key: 'tags' | 'skipTags',
  problems: Problem[],
): readonly string[] {
  const given = picks[key] ?? []
  if (given.length === 0) return given
  const option = key === 'tags' ? '--tags' : '--skip-tags'
  for (const tag of given)
    if (!written.tags.has(tag)) problems.push(unknown(option, tag, 'tag', written.tags))
  return given
}

/** The steps that names stand for: ids of the plan, or ids as they are written, of a step, group, loop or include. */
function named(inputs: SelectInputs, names: readonly string[], problems: Problem[]): readonly Draft[] {
  const byName = draftsByName(inputs)
  return names.flatMap(name => {
    const found = byName.get(name)
    if (found === undefined) problems.push(unknown('--step', name, 'step', byName.keys()))
    return [...(found ?? [])]
  })
}

function draftsByName({
  drafts,
  blocks,
  groups,
  needs,
  written,
}: SelectInputs): ReadonlyMap<string, ReadonlySet<Draft>> {
  const byName = new Map<string, Set<Draft>>(Array.from(written.steps, name => [name, new Set()]))
  const add = (name: string, draft: Draft): void => {
    const known = byName.get(name)
    if (known === undefined) byName.set(name, new Set([draft]))
    else known.add(draft)
  }
  for (const block of blocks) {
    if (block.kind !== 'loop' && block.iteration !== undefined) continue
    const name = writtenName(block)
    for (const draft of needs.leaves(block)) add(name, draft)
  }
  for (const draft of drafts) {
    add(draft.id, draft)
    let group = draft.group
    while (group !== undefined) {
      const { id, parent }: PlanGroup = groups[group] as PlanGroup
      add(id, draft)
      group = parent
    }
  }
  return byName
}

const LABEL = /\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g

/** As a person writes it: `web.install`, whatever loops are around. */
function writtenName({ checked, list }: Block): string {
  let { place } = list
  while (place.outer !== undefined) place = place.outer
  return `${place.prefix.replace(LABEL, '')}${checked.step.id}`
}

/** Adds the steps whose results they use, and those that they or groups around them name in `needs`. */
function withWhatTheyNeed(
  wanted: readonly Draft[],
  { blocks, needs, uses }: SelectInputs,
): ReadonlySet<Draft> {
  const leaves = new Map(
    blocks.flatMap(block => (block.kind === 'leaf' ? [[block.draft, block] as const] : [])),
  )
  const all = new Set<Draft>()
  const open = [...wanted]
  for (let draft = open.pop(); draft !== undefined; draft = open.pop()) {
    if (all.has(draft)) continue
    all.add(draft)
    const targets = (uses.get(draft)?.steps ?? []).flatMap(({ reference, place }) =>
      resolveId(String(reference.path[0]), place),
    )
    for (let at: Block | undefined = leaves.get(draft); at !== undefined; at = at.list.container)
      for (const need of at.checked.step.needs ?? []) targets.push(...resolveId(need.step, at.list.place))
    for (const target of targets) open.push(...needs.leaves(target))
  }
  return all
}

function unknown(option: string, name: string, noun: string, known: Iterable<string>): Problem {
  const hint = didYouMean(name, known)
  return {
    code: 'step_unknown',
    severity: 'error',
    message: `${option}: the playbook has no ${noun} "${name}"`,
    ...(hint === undefined ? {} : { hint }),
  }
}
