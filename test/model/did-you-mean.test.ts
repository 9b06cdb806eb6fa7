import { expect, test } from 'vitest'
import { didYouMean, nearestName } from '../../src/model/did-you-mean.ts'

const STEPS = ['upload', 'unpack', 'migrate', 'restart', 'web_clusters', 'hosts']

test.each([
  ['uplaod', 'upload'],
  ['Upload', 'upload'],
  ['restat', 'restart'],
  ['migrat', 'migrate'],
  ['web_cluster', 'web_clusters'],
  ['web', 'web_clusters'],
  ['host', 'hosts'],
])('%s is probably %s', (typed, meant) => {
  expect(nearestName(typed, STEPS)).toBe(meant)
})

test.each(['', 'x', 'zebra', 'database', 'a'.repeat(500)])('nothing is near %j', typed => {
  expect(nearestName(typed, STEPS)).toBeUndefined()
  expect(didYouMean(typed, STEPS)).toBeUndefined()
})

test('the hint is a question', () => {
  expect(didYouMean('uplod', STEPS)).toBe('did you mean "upload"?')
})
