import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isVarying } from '../../compile/program/template-traits.ts'
import { LIBRARY } from '../../load/playbook/use/project.ts'
import type { Preview } from '../../model/preview.ts'
import type { InputOptions, Inputs } from '../inputs/inputs.ts'

/** Variables of groups and hosts may lie beside an inventory and beside the playbook, or come there later. */
const VARS_FOLDERS = ['group_vars', 'host_vars'] as const

/**
 * Everything here that a plan rests on, absolute: the playbook and the files that it uses, templates, files that are
 * put, the inventory. What belongs to drover, and what is taken from a revision of git, does not change.
 * @param sent files, folders and patterns that are put
 */
export function planRoots(
  cwd: string,
  { sources, files, checkout }: Pick<Inputs, 'sources' | 'files' | 'checkout'>,
  sent: readonly string[],
  { var: vars = [] }: Pick<InputOptions, 'var'>,
): readonly string[] {
  const inventory = sources.flatMap(source => inventoryRoots(cwd, source))
  const given = vars.filter(text => text.startsWith('@')).map(text => resolve(cwd, text.slice(1)))
  const roots = [...files, ...inventory, ...given, ...sent]
  return [...new Set(roots)].filter(path => {
    const isFixed = path.startsWith(`${LIBRARY}/`) || (checkout !== undefined && isWithin(path, checkout))
    return !isFixed
  })
}

function isWithin(path: string, { root, tree, path: inTree }: NonNullable<Inputs['checkout']>): boolean {
  if (path === tree || path.startsWith(`${tree}/`)) return true
  const there = path.startsWith(`${root}/`) ? inTree(path) : undefined
  return there !== undefined && existsSync(there)
}

/** `name` as the user has it: a file, a folder, `exec:` and a program, or names of hosts. */
function inventoryRoots(cwd: string, name: string): string[] {
  const path = resolve(cwd, name.replace(/^exec:/, ''))
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return []
  const folder = stats.isDirectory() ? path : dirname(path)
  return [path, ...VARS_FOLDERS.map(vars => join(folder, vars))]
}

/** What a preview has seen to be put. */
export function sentFiles({ plan, node }: Preview): string[] {
  const paths = new Set<string>()
  const seen = new Set<object>()
  for (const { index, targets, action } of plan.steps) {
    if (action.kind !== 'put') continue
    for (const host of targets) {
      const { sketch, verdict } = node(index, host) ?? {}
      if (sketch?.kind !== 'action' || seen.has(sketch)) continue
      seen.add(sketch)
      const { action: put } = sketch
      if (put.kind !== 'put' || put.source.kind !== 'src') continue
      // What only the run knows stands in it as it is written.
      const isKnown = verdict?.kind !== 'unknown' || !put.source.text.includes('${{')
      if (isKnown) paths.add(withoutSlash(put.source.text))
    }
  }
  return [...paths]
}

/** What a plan puts, as far as that is known before the run. */
export function filesToSend({ plan, sketch }: Pick<Inputs, 'plan' | 'sketch'>): string[] {
  const paths = new Set<string>()
  for (const { index, targets, action } of plan.steps) {
    if (action.kind !== 'put' || action.source.kind !== 'src') continue
    for (const host of isVarying(action.source.text) ? targets : targets.subarray(0, 1)) {
      const known = sketch(index, host)
      if (known.kind !== 'action' || known.action.kind !== 'put') continue
      const { text } = known.action.source
      if (!text.includes('${{')) paths.add(withoutSlash(text))
    }
  }
  return [...paths]
}

const withoutSlash = (path: string) => path.replace(/(?<=.)\/+$/, '')
