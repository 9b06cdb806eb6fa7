import type { Finding } from '../model/finding.ts'
import type { NodePreview, Preview } from '../model/preview.ts'
import type { Sketch } from '../model/sketch.ts'
import type { PlanDocument } from './document.ts'
import { mapActionPaths, mapFindingPaths, withBase } from './local-paths.ts'
import { NodeIndex, type StoredNode } from './node-index.ts'
import { restorePlan } from './restore-plan.ts'

/**
 * The preview that a plan file was made from, to be shown. Nodes that have the same share an object.
 * @param base the folder that local paths count from
 */
export function previewOf(document: PlanDocument, base: string): Preview {
  const { tables, unreachable, counts, plan } = document
  const index = new NodeIndex(document)
  const sketches = tables.sketches.map(sketch => withPaths(sketch, base))
  const nodes = new Map<string, NodePreview>()
  return {
    plan: restorePlan(plan),
    unreachable: new Map(unreachable),
    counts,
    node: (step, host) => {
      const stored = index.find(step, host)
      if (stored === undefined) return undefined
      const { verdict, sketch, finding, result, partial } = stored.group
      const key = `${verdict} ${sketch} ${finding} ${result} ${partial} ${stored.before ?? ''}`
      const known = nodes.get(key)
      if (known !== undefined) return known
      const made = nodeOf(stored, document, sketches, base)
      nodes.set(key, made)
      return made
    },
  }
}

function nodeOf(
  { group, before }: StoredNode,
  { tables }: PlanDocument,
  sketches: readonly Sketch[],
  base: string,
): NodePreview {
  const finding = tables.findings[group.finding ?? -1]
  const result = tables.results[group.result ?? -1]
  return {
    verdict: tables.verdicts[group.verdict] ?? { kind: 'unknown', because: 'the plan does not say' },
    sketch: sketches[group.sketch] ?? { kind: 'skipped', note: 'the plan does not say' },
    ...(finding === undefined ? {} : { finding: withBefore(finding, before, base) }),
    ...(result === undefined ? {} : { result }),
    ...(group.partial === undefined ? {} : { partial: true }),
  }
}

function withPaths(sketch: Sketch, base: string): Sketch {
  if (sketch.kind !== 'action') return sketch
  return { ...sketch, action: mapActionPaths(sketch.action, path => withBase(base, path)) }
}

function withBefore(finding: Finding, before: string | undefined, base: string): Finding {
  const local = mapFindingPaths(finding, path => withBase(base, path))
  return 'before' in local && before !== undefined ? { ...local, before } : local
}
