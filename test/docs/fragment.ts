import { parse, stringify } from 'yaml'

/** What a block of YAML in a page is. Notes are comments only; a workflow belongs to a CI service. */
export type Fragment =
  | { readonly kind: 'playbook'; readonly text: string }
  | { readonly kind: 'workflow'; readonly text: string }
  | { readonly kind: 'notes' }

/** Variables that fragments use without declaring them. */
const VARS = { release: '1.4.2', app_dir: '/opt/app', file: 'a file', port: 8080 }

/** Makes a playbook of a block: whole ones stay, steps and top-level keys get what is missing around them. */
export function readFragment(text: string): Fragment {
  const value: unknown = parse(text)
  if (value === null) return { kind: 'notes' }
  if (Array.isArray(value)) return { kind: 'playbook', text: playbookOf({ steps: value as Step[] }) }
  const map = value as Readonly<Record<string, unknown>>
  if ('jobs' in map) return { kind: 'workflow', text }
  if ('steps' in map) return { kind: 'playbook', text }
  if ('run' in map || 'put' in map || 'get' in map)
    return { kind: 'playbook', text: playbookOf({ steps: [map as Step] }) }
  return { kind: 'playbook', text: playbookOf({ ...map, steps: [{ run: 'true' }] }) }
}

interface Step {
  readonly id?: string
  readonly needs?: unknown
  readonly run?: string
}

function playbookOf(part: Readonly<Record<string, unknown>> & { readonly steps: readonly Step[] }): string {
  const ids = new Set(part.steps.map(({ id }) => id))
  const needed = part.steps.flatMap(({ needs }) => [needs ?? []].flat().map(idIn))
  const before = [...new Set(needed)].filter(id => !ids.has(id)).map(id => ({ id, run: 'true' }))
  return stringify({ hosts: 'all', vars: VARS, ...part, steps: [...before, ...part.steps] })
}

function idIn(need: unknown): string {
  return typeof need === 'string' ? need : (need as { readonly step: string }).step
}
