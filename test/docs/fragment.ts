import { parse, stringify } from 'yaml'

/**
 * What a block of YAML in a page is. Notes are comments only; a workflow belongs to a CI service or to git's hooks; a part is a file for
 * others to use.
 */
export type Fragment =
  | { readonly kind: 'playbook' | 'part'; readonly text: string }
  | { readonly kind: 'workflow' }
  | { readonly kind: 'notes' }

/** Variables that lists of steps use without declaring them. */
const VARS = { release: '1.4.2', app_dir: '/opt/app', file: 'a file', port: 8080 }

/** Makes a playbook of a block: its text stays as it is, and gets what is missing around it. */
export function readFragment(text: string): Fragment {
  const value: unknown = parse(text)
  if (value === null) return { kind: 'notes' }
  if (Array.isArray(value)) return { kind: 'playbook', text: playbookOfSteps(text, value as readonly Step[]) }
  const map = value as Readonly<Record<string, unknown>>
  if (['jobs', 'stages', 'repos'].some(key => key in map)) return { kind: 'workflow' }
  if ('params' in map) return { kind: 'part', text }
  const missing = {
    ...('hosts' in map ? {} : { hosts: 'all' }),
    ...('steps' in map ? {} : { steps: NO_STEPS }),
  }
  return { kind: 'playbook', text: Object.keys(missing).length === 0 ? text : text + stringify(missing) }
}

const NO_STEPS = [{ run: 'true' }]

interface Step {
  readonly id?: string
  readonly needs?: unknown
}

/** A list may stand as far left as its key. */
function playbookOfSteps(text: string, steps: readonly Step[]): string {
  const ids = new Set(steps.map(({ id }) => id))
  const needed = steps.flatMap(({ needs }) => [needs ?? []].flat().map(idIn))
  const before = [...new Set(needed)].filter(id => !ids.has(id)).map(id => ({ id, run: 'true' }))
  const head = stringify({ hosts: 'all', vars: VARS })
  return `${head}steps:\n${before.length === 0 ? '' : stringify(before)}${text}`
}

function idIn(need: unknown): string {
  return typeof need === 'string' ? need : (need as { readonly step: string }).step
}
