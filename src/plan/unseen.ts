import type { Verdict } from '../model/preview.ts'

/** For each step, the hosts that carry its nodes out where those are not their own. */
type Delegates = readonly (Uint32Array | undefined)[]

/**
 * Tells the nodes that nobody looked at: the host that carries them out could not be reached. It may be there by now,
 * but what they would do there was neither shown nor approved.
 */
export function unseenNodes(
  delegates: Delegates,
  unreachable: { readonly has: (host: number) => boolean },
): (step: number, host: number, verdict: Verdict) => boolean {
  return (step, host, verdict) =>
    verdict.kind === 'unknown' && unreachable.has(delegates[step]?.[host] ?? host)
}
