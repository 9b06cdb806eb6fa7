import { expect, test } from 'vitest'
import type { RunAction } from '../../src/model/action.ts'
import { Secret } from '../../src/model/secret.ts'
import { actionDigest } from '../../src/plan/digest.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'

function runs(script: string): RunAction {
  return { kind: 'run', script, env: [], creates: [], removes: [], readOnly: false, timeoutMs: 0 }
}

test('a digest tells nothing of a secret that is masked, and all of the rest', () => {
  const secrets = new KnownSecrets()
  secrets.add(['pin-1234', 'pin-9876'].map(pin => new Secret(pin)))
  const digest = (script: string) => actionDigest(runs(script), [], secrets.mask)
  expect(digest('echo pin-1234')).toBe(digest('echo pin-9876'))
  expect(digest('echo pin-1234')).not.toBe(digest('true pin-1234'))
  expect(digest('echo other')).toBe(actionDigest(runs('echo other'), []))
})
