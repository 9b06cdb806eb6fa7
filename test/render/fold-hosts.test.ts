import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldHosts } from '../../src/render/fold-hosts.ts'

const NODESET = `
import json, sys
from ClusterShell.NodeSet import NodeSet
fold, sets = json.load(sys.stdin)
print(json.dumps([str(NodeSet.fromlist(s)) if fold else sorted(NodeSet(s)) for s in sets]))
`

/** Asks ClusterShell's NodeSet, the model for how names fold; undefined where it is not installed. */
function nodeset(fold: boolean, sets: readonly unknown[]): unknown[] | undefined {
  const run = spawnSync('/usr/bin/python3', ['-c', NODESET], {
    input: JSON.stringify([fold, sets]),
    encoding: 'utf8',
  })
  return run.status === 0 ? JSON.parse(run.stdout) : undefined
}

/** All names of a folded list, by a reader of its own. */
function unfold(folded: string): string[] {
  return folded.split(/,(?![^[]*\])/).flatMap(unfoldOne)
}

function unfoldOne(name: string): string[] {
  const match = /^([^[]*)\[([^\]]*)\](.*)$/.exec(name)
  if (match === null) return [name]
  const [, before = '', ranges = '', after = ''] = match
  return ranges.split(',').flatMap(range => {
    const [first = '', last = first] = range.split('-')
    const count = Number(last) - Number(first) + 1
    return Array.from({ length: count }, (_, n) =>
      String(Number(first) + n).padStart(first.length, '0'),
    ).flatMap(number => unfoldOne(before + number + after))
  })
}

describe('folded host names', () => {
  test.each([
    [['web1'], 'web1'],
    [['web01', 'web02', 'web03', 'web05'], 'web[01-03,05]'],
    [['web9', 'web10', 'web8'], 'web[8-10]'],
    [['web09', 'web10'], 'web[09-10]'],
    [['db', 'web1', 'cache', 'web2'], 'db,web[1-2],cache'],
    [['n1.example.com', 'n2.example.com', 'n1.example.org'], 'n[1-2].example.com,n1.example.org'],
    [['10.0.0.1', '10.0.0.2', '10.0.0.9'], '10.0.0.[1-2,9]'],
    [['r1n1', 'r1n2', 'r2n1', 'r2n2'], 'r[1-2]n[1-2]'],
    [['r1n1', 'r1n2', 'r2n1'], 'r1n[1-2],r2n1'],
    [['web1', 'web1'], 'web1'],
    [['id12345678901234567890', 'id12345678901234567891'], 'id12345678901234567890,id12345678901234567891'],
    [[], ''],
  ])('%j folds to %s', (names, folded) => {
    expect(foldHosts(names)).toBe(folded)
  })

  test('ten thousand hosts fold to one range', () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `web${String(n).padStart(5, '0')}`)
    expect(foldHosts(names)).toBe('web[00000-09999]')
  })

  const hostName = fc
    .tuple(
      fc.constantFrom('web', 'db-', 'r1n', 'a.b'),
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 0, max: 3 }),
    )
    .map(([prefix, n, pad]) => prefix + String(n).padStart(pad, '0'))

  test('nothing is lost or added, whatever the names', () => {
    fc.assert(
      fc.property(fc.uniqueArray(hostName, { maxLength: 60 }), names => {
        expect(names.length === 0 ? [] : unfold(foldHosts(names)).sort()).toEqual([...names].sort())
      }),
    )
  })

  test('nodeset reads what was folded', ({ skip }) => {
    const sets = fc.sample(fc.uniqueArray(hostName, { minLength: 1, maxLength: 40 }), 200)
    const read = nodeset(false, sets.map(foldHosts))
    skip(read === undefined, 'ClusterShell is not installed')
    expect(read).toEqual(sets.map(names => [...names].sort()))
  })

  test('nodeset folds one row of numbered hosts the same way', ({ skip }) => {
    const row = fc.uniqueArray(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 50 })
    const sets = fc.sample(row, 200).map(numbers => numbers.map(n => `web${String(n).padStart(3, '0')}`))
    const folded = nodeset(true, sets)
    skip(folded === undefined, 'ClusterShell is not installed')
    expect(sets.map(foldHosts)).toEqual(folded)
  })
})
