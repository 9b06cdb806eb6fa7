import type { CheckedFile, CheckedStep } from './checked.ts'

/** What options can name of a playbook: what is written, also inside loops that have no items today. */
export interface WrittenNames {
  /** Ids, those of files that are used with the ids of their users: `web.install`. */
  readonly steps: ReadonlySet<string>
  readonly tags: ReadonlySet<string>
}

export function writtenNames(root: CheckedFile): WrittenNames {
  const steps = new Set<string>()
  const tags = new Set<string>()
  const visitFile = ({ defaults, members }: CheckedFile, prefix: string): void => {
    for (const { name } of defaults.tags) tags.add(name)
    for (const member of members) visit(member, prefix)
  }
  const visit = ({ step, options, spec }: CheckedStep, prefix: string): void => {
    steps.add(`${prefix}${step.id}`)
    for (const { name } of options.tags) tags.add(name)
    if (spec.kind === 'group') for (const member of spec.members) visit(member, prefix)
    if (spec.kind === 'use' && spec.file !== undefined) visitFile(spec.file, `${prefix}${step.id}.`)
  }
  visitFile(root, '')
  return { steps, tags }
}
