import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scriptsOf } from './compiled.ts'

// A key of a map means itself, whatever characters it holds.

/** Both entries of a pair would be at the same place if keys were joined by a character that they can hold. */
const PAIRS = [
  ['{ "a.b": "${{ vars.x }}", a: { b: "plain" } }', '{"a.b":"X","a":{"b":"plain"}}'],
  ['{ a: { b: "plain" }, "a.b": "${{ vars.x }}" }', '{"a":{"b":"plain"},"a.b":"X"}'],
  ['{ "a/b": "${{ vars.x }}", a: { b: "plain" } }', '{"a/b":"X","a":{"b":"plain"}}'],
  ['{ "a~1b": "plain", "a/b": "${{ vars.x }}" }', '{"a~1b":"plain","a/b":"X"}'],
  ['{ "": "${{ vars.x }}" }', '{"":"X"}'],
  ['[{ "0": "plain" }, "${{ vars.x }}"]', '[{"0":"plain"},"X"]'],
  ['{ __proto__: "${{ vars.x }}", constructor: "plain" }', '{"__proto__":"X","constructor":"plain"}'],
  // As numbers look inside drover.
  ['{ kind: number, text: "1; x" }', '{"kind":"number","text":"1; x"}'],
] as const

const shell = (json: string) => `echo '${json}'`

describe('keys that look like paths', () => {
  test.each(PAIRS)('in vars: %s', (map, json) => {
    expect(
      scriptsOf(`hosts: web1\nvars: { x: X, m: ${map} }\nsteps: [{ run: "echo \${{ json(vars.m) }}" }]`),
    ).toEqual([shell(json)])
  })

  test.each(PAIRS)('in items: %s', (map, json) => {
    expect(
      scriptsOf(
        `hosts: web1\nvars: { x: X }\nsteps: [{ for_each: [${map}], run: "echo \${{ json(item) }}" }]`,
      ),
    ).toEqual([shell(json)])
  })

  describe('in with', () => {
    let folder = ''
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'drover-keys-'))
      writeFileSync(
        join(folder, 'take.yml'),
        'params: { m: {} , n: { type: object, default: {} } }\nsteps: [{ run: "echo ${{ json(params.m) }}" }]\n',
      )
    })
    afterAll(() => rmSync(folder, { recursive: true }))

    test.each(PAIRS)('%s', (map, json) => {
      expect(
        scriptsOf(`hosts: web1\nvars: { x: X }\nsteps: [{ use: ./take.yml, with: { m: ${map} } }]`, {
          folder,
        }),
      ).toEqual([shell(json)])
    })
  })
})
