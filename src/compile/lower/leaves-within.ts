import type { Text } from '../../model/playbook.ts'
import type { CheckedStep } from '../check/checked.ts'

/** A step that does something, with the pattern of its hosts. */
export interface LeafHosts {
  readonly leaf: CheckedStep
  readonly hosts: Text | undefined
}

/** The steps in a step, or itself; `around` is the pattern that they have unless something nearer names another one. */
export function leavesWithin(checked: CheckedStep, around: Text | undefined): readonly LeafHosts[] {
  const hosts = checked.options.hosts ?? around
  const { spec } = checked
  switch (spec.kind) {
    case 'leaf':
      return [{ leaf: checked, hosts }]
    case 'group':
      return spec.members.flatMap(member => leavesWithin(member, hosts))
    case 'use': {
      const { members = [], defaults } = spec.file ?? {}
      return members.flatMap(member => leavesWithin(member, defaults?.hosts ?? hosts))
    }
  }
}
