import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import type { Finished } from './drover.ts'

/** What `drover plan --format json` prints of hosts that were asked, as far as tests look at it. */
export interface PreviewDocument {
  readonly counts: Readonly<Record<string, number>>
  readonly steps: readonly {
    readonly id: string
    readonly hidden?: true
    readonly groups: readonly VerdictGroup[]
  }[]
}

export interface VerdictGroup {
  readonly hosts: readonly string[]
  readonly verdict: string
  readonly because?: string
  readonly fails?: true
  readonly [field: string]: unknown
}

const isPreview = new Ajv2020({ strict: true, ownProperties: true }).compile(
  JSON.parse(readFileSync(new URL('../../schema/preview.schema.json', import.meta.url), 'utf8')) as object,
)

/** Reads the document, which must be as its published schema says. */
export function previewOf({ stdout, stderr }: Pick<Finished, 'stdout' | 'stderr'>): PreviewDocument {
  let document: unknown
  try {
    document = JSON.parse(stdout)
  } catch {
    throw new Error(`no preview but:\n${stdout.slice(0, 1000)}\n${stderr}`)
  }
  expect(isPreview(document), JSON.stringify(isPreview.errors)).toBe(true)
  return document as PreviewDocument
}

/** Each node's verdict, as `{ 'h1 step': 'unknown: steps.a would change first' }`. */
export function verdictsOf(finished: Pick<Finished, 'stdout' | 'stderr'>): Readonly<Record<string, string>> {
  const groups = previewOf(finished).steps.flatMap(({ id, groups }) =>
    groups.map(group => [id, group] as const),
  )
  return Object.fromEntries(
    groups.flatMap(([id, { hosts, verdict, because, fails }]) => {
      const kind = fails === true ? 'fails' : verdict
      const text = because === undefined || kind === 'skip' ? kind : `${kind}: ${because}`
      return hosts.map(host => [`${host} ${id}`, text])
    }),
  )
}
