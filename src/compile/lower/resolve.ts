import type { StepEntry } from '../check/file-steps.ts'
import type { Block, Place } from './block.ts'

/**
 * The blocks that an id names, seen from a place: one, or one for each iteration of a loop that the place is not in.
 * A loop without iterations stands for what is in it. None for an unknown id.
 */
export function resolveId(id: string, from: Place): readonly Block[] {
  const entry = from.frame.file?.steps.byId.get(id)
  if (entry === undefined) return []
  for (let place: Place | undefined = from; place !== undefined; place = place.outer) {
    const block = place.blocks.get(id)
    if (block !== undefined) return [block]
    const loop = entry.loops.find(({ step }) => step !== entry.step && place?.blocks.has(step.id))
    if (loop !== undefined) return descend(place, loop, entry)
  }
  return []
}

/** From a loop at `place` into all of its iterations, and those of the loops in it. */
function descend(place: Place, loop: StepEntry, entry: StepEntry): readonly Block[] {
  const block = place.blocks.get(loop.step.id)
  if (block?.kind !== 'loop') return []
  if (block.iterations.length === 0) return [block]
  return block.iterations.flatMap(iteration => {
    if (iteration.kind === 'leaf') return []
    const inner = iteration.members.place
    const found = inner.blocks.get(entry.step.id)
    if (found !== undefined) return [found]
    const next = entry.loops[entry.loops.indexOf(loop) + 1]
    return next === undefined ? [] : descend(inner, next, entry)
  })
}
