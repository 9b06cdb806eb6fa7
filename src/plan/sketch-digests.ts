import type { Plan } from '../model/plan.ts'
import type { Sketch, SketchNode } from '../model/sketch.ts'
import { sketch as sketchCodec } from './codec/action.ts'
import { SHORT_DIGEST, shortDigest } from './digest.ts'
import { type Bases, mapActionPaths, withoutBase } from './local-paths.ts'

/**
 * What is known of the nodes without asking a host: for each step a short digest over all its hosts, one after the
 * other. Nodes that are unknown are held by it to what of them is known.
 * @param bases the folders that local paths count from
 */
export function sketchDigests({ steps }: Plan, sketch: SketchNode, bases: Bases): string {
  const known = new WeakMap<Sketch, string>()
  const digestOf = (node: Sketch): string => {
    const digest = known.get(node) ?? sketchDigest(node, bases)
    known.set(node, digest)
    return digest
  }
  return steps
    .map(({ index, targets }) => {
      const nodes = Array.from(targets, host => digestOf(sketch(index, host)))
      return shortDigest(nodes.join(' '))
    })
    .join('')
}

/** The places of the digests in which the second list is not the first. */
export function differingDigests(saved: string, present: string): readonly number[] {
  const digestOf = (digests: string, at: number) => digests.slice(at * SHORT_DIGEST, (at + 1) * SHORT_DIGEST)
  const places = Array.from({ length: present.length / SHORT_DIGEST }, (_, at) => at)
  return places.filter(at => digestOf(saved, at) !== digestOf(present, at))
}

function sketchDigest(sketch: Sketch, bases: Bases): string {
  const local =
    sketch.kind === 'action'
      ? { ...sketch, action: mapActionPaths(sketch.action, path => withoutBase(bases, path)) }
      : sketch
  return shortDigest(JSON.stringify(sketchCodec.write(local, text => text)))
}
