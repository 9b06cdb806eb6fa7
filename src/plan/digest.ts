import { createHash } from 'node:crypto'
import type { Action } from '../model/action.ts'
import type { Connection } from '../model/host.ts'
import { action as actionCodec } from './codec/action.ts'
import type { Mask } from './codec/codec.ts'
import { type Bases, mapActionPaths, withoutBase } from './local-paths.ts'

/** Letters of a short digest: 16 bytes in base64url. */
export const SHORT_DIGEST = 22

/**
 * Tells whether two actions are the same one: over all that they say but what they remember of their plan. Local paths
 * count from one of `bases`. Of what `mask` takes out it tells nothing.
 */
export function actionDigest(action: Action, bases: Bases, mask: Mask = text => text): string {
  const { planned: _, again: __, ...fields } = mapActionPaths(action, path => withoutBase(bases, path))
  return shortDigest(JSON.stringify(actionCodec.write(fields as Action, mask)))
}

/** Where a host is reached and as whom, without passwords: a name that means another machine now is found by it. */
export function connectionDigest({ transport, address, port, user, become, ssh }: Connection): string {
  const { always = false, user: other = null, method = null } = become ?? {}
  // A password alone, as -K gives it, makes it no other host.
  const as = always || other !== null || method !== null ? [always, other, method] : null
  const jumps = ssh?.jumps?.map(hop => [hop.address, hop.port, hop.user])
  const way = jumps ?? ssh?.proxyCommand
  return shortDigest(
    JSON.stringify([transport, address, port, user, as, ...(way === undefined ? [] : [way])]),
  )
}

/** The digest of the host that stands `at` that place of a group. */
export function digestAt(digests: string, at: number): string {
  return digests.length === SHORT_DIGEST ? digests : digests.slice(at * SHORT_DIGEST, (at + 1) * SHORT_DIGEST)
}

/** Of any text; SHORT_DIGEST letters. */
export function shortDigest(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
}
