import type { Plan } from '../model/plan.ts'

const WAYS = { limit: '--limit', tags: '--tags or --skip-tags', step: '--step' } as const

/** What options took, each option once: `Left out by --limit: a, b`. */
export function leftOut({ steps }: Plan): string[] {
  return (['limit', 'tags', 'step'] as const).flatMap(way => {
    const ids = steps.filter(({ excluded, hidden }) => excluded === way && !hidden).map(({ id }) => id)
    return ids.length === 0 ? [] : [`Left out by ${WAYS[way]}: ${ids.join(', ')}`]
  })
}
