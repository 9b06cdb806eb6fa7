import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { checkWithoutHosts } from '../../src/cli/inputs/check-playbook.ts'
import { parsePlaybook } from '../../src/load/playbook.ts'
import type { Problem } from '../../src/model/problem.ts'
import { explainPlaybook } from '../../src/render/explain.ts'
import { renderPreview } from '../../src/render/preview.ts'
import { inventoryOf, planOf } from '../compile/compiled.ts'
import { schemaKeys } from './schema-keys.ts'

/**
 * Each key of the schema has a row in a table of this folder: its name; a playbook that uses it; after `=>` what the
 * preview shows of it (after `=> explain:` what drover explain says, where a preview has nothing to show); a playbook
 * that uses it wrongly, with `¦` before the place of the mistake; and after `=>` what is told there. Steps alone get
 * a playbook around them; what begins with `params:` is a file that a playbook uses.
 */
interface Row {
  readonly key: string
  readonly good: string
  readonly shows: readonly string[]
  readonly bad: string
  readonly told: string
}

const ROWS: readonly Row[] = readdirSync(import.meta.dirname)
  .filter(name => name.endsWith('.txt'))
  .flatMap(name => readFileSync(join(import.meta.dirname, name), 'utf8').split(/^--\n/m))
  .map(rowOf)

function rowOf(block: string): Row {
  const [, key = '', good = '', shows = '', bad = '', told = ''] =
    /^# (\S+)\n((?:(?!=> ).*\n)+)((?:=> .*\n)+)((?:(?!=> ).*\n)+)=> (.*)\n$/.exec(block) ?? []
  if (key === '') throw new Error(`not a row:\n${block}`)
  return {
    key,
    good,
    shows: shows
      .trimEnd()
      .split('\n')
      .map(line => line.slice('=> '.length)),
    bad,
    told,
  }
}

const folder = mkdtempSync(join(tmpdir(), 'drover-constructs-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'page.tmpl'), 'for ${{ host.name }}\n')

const INVENTORY = inventoryOf(
  { web1: {}, web2: {}, web3: {}, web4: {}, db1: {} },
  { web: ['web1', 'web2', 'web3', 'web4'], db: ['db1'] },
)

const isPart = (text: string) => text.startsWith('params:')
const playbookOf = (text: string) =>
  /^(?:steps|hosts|params):/m.test(text) ? text : `hosts: all\nsteps:\n${text}`

function previewOf(text: string): string {
  if (isPart(text)) writeFileSync(join(folder, 'part.yml'), text)
  const whole = isPart(text) ? 'hosts: all\nsteps: [{ id: it, use: part.yml }]\n' : playbookOf(text)
  const { plan, sketch } = planOf(whole, { inventory: INVENTORY, folder, env: { HOME: '/home/ops' } })
  return renderPreview(plan, sketch, { color: false, width: 400, cwd: folder, verbose: true })
}

function explanationOf(text: string): string {
  const { playbook } = parsePlaybook('play.yml', folder, playbookOf(text))
  if (playbook === undefined) throw new Error('no playbook')
  return explainPlaybook(playbook, undefined, 'part.yml', { color: false, width: 400 })
}

function problemsOf(text: string): readonly Problem[] {
  const { playbook, problems } = parsePlaybook('play.yml', folder, text)
  return playbook === undefined ? problems : [...problems, ...checkWithoutHosts(playbook)]
}

describe.each(ROWS)('$key', ({ good, shows, bad, told }) => {
  test('is in the preview', () => {
    const preview = previewOf(good)
    for (const line of shows)
      if (line.startsWith('explain: ')) expect(explanationOf(good)).toContain(line.slice(9))
      else expect(preview).toContain(line)
  })

  test('a mistake in it is told at its place', () => {
    const marked = playbookOf(bad)
    const before = marked.slice(0, marked.indexOf('¦')).split('\n')
    const [first] = problemsOf(marked.replace('¦', ''))
    const { where, message } = first ?? {}
    expect(`${where?.line}:${where?.col} ${message}`).toBe(
      `${before.length}:${(before.at(-1)?.length ?? 0) + 1} ${told}`,
    )
  })
})

describe('the schema', () => {
  const keys = schemaKeys()

  test('has no key without a row, and no row is of a key that there is not', () => {
    const rows = ROWS.map(({ key }) => key)
    expect([...keys.keys()].filter(key => !rows.includes(key))).toEqual([])
    expect(rows.filter(row => !keys.has(row))).toEqual([])
    expect(new Set(rows).size).toBe(rows.length)
  })

  test.each([...keys])('%s has a description', (_, { description }) => {
    expect(description).toMatch(/\w/)
  })
})
