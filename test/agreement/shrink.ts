import { type Case, HOSTS } from './random-case.ts'
import type { Fields } from './random-puts.ts'
import type { Tree } from './tree.ts'

/**
 * The smallest case found, in so many tries, that still is wrong: steps, keys and files are left out one by one. What
 * does not compile any more is not wrong.
 */
export async function shrunk(
  random: Case,
  isWrong: (smaller: Case) => Promise<boolean>,
  tries: number,
): Promise<Case> {
  let best = random
  let left = tries
  const next = async () => {
    for (const smaller of smallerThan(best)) {
      if (left <= 0) return undefined
      left -= 1
      if (await isWrong(smaller)) return smaller
    }
    return undefined
  }
  for (let found = await next(); found !== undefined; found = await next()) best = found
  return best
}

function* smallerThan(random: Case): Generator<Case> {
  for (const steps of smallerLists(random.steps, 0)) yield { ...random, steps }
  for (const used of smallerLists(random.used, 1)) yield { ...random, used }
  for (const host of HOSTS)
    if (Object.keys(random.trees[host]).length > 0)
      yield withTrees(random, name => (name === host ? {} : undefined))
  const paths = new Set(HOSTS.flatMap(host => Object.keys(random.trees[host])))
  for (const path of paths) yield withTrees(random, host => withoutPath(random.trees[host], path))
  if (random.planned) yield { ...random, planned: false }
  if (!random.serial) yield { ...random, serial: true }
}

function withTrees(random: Case, change: (host: (typeof HOSTS)[number]) => Tree | undefined): Case {
  const trees = HOSTS.map(host => [host, change(host) ?? random.trees[host]] as const)
  return { ...random, trees: Object.fromEntries(trees) as Case['trees'] }
}

function withoutPath(tree: Tree, path: string): Tree {
  const left = Object.entries(tree).filter(([name]) => name !== path && !name.startsWith(`${path}/`))
  return Object.fromEntries(left)
}

/** The same with a step less, or with a smaller one; at least so many stay. */
function* smallerLists(steps: readonly Fields[], least: number): Generator<readonly Fields[]> {
  for (const index of steps.keys()) if (steps.length > least) yield steps.toSpliced(index, 1)
  for (const [index, step] of steps.entries())
    for (const smaller of smallerSteps(step)) yield steps.with(index, smaller)
}

const KEPT: ReadonlySet<string> = new Set(['id', 'hosts', 'run', 'put', 'steps', 'use', 'with'])

function* smallerSteps(step: Fields): Generator<Fields> {
  if (Array.isArray(step.steps)) {
    const steps = step.steps as readonly Fields[]
    yield* steps
    for (const smaller of smallerLists(steps, 1)) yield { ...step, steps: smaller }
  }
  for (const key of Object.keys(step)) if (!KEPT.has(key)) yield without(step, key)
  if (step.hosts === undefined) yield { ...step, hosts: 'h1' }
  const lines = typeof step.run === 'string' ? step.run.split('\n') : []
  if (lines.length > 1) for (const line of lines) yield { ...step, run: line }
  const { put } = step as { readonly put?: Fields }
  for (const key of ['mode', 'owner', 'group', 'parents'])
    if (put !== undefined && key in put) yield { ...step, put: without(put, key) }
}

function without(fields: Fields, key: string): Fields {
  const { [key]: _, ...rest } = fields
  return rest
}
