import { type Dice, diceOf } from './dice.ts'
import { randomTree, similarTree } from './random-files.ts'
import { randomPlaybook } from './random-playbook.ts'
import type { Fields } from './random-puts.ts'
import type { Tree } from './tree.ts'

export const HOSTS = ['h1', 'h2', 'h3'] as const
export type HostName = (typeof HOSTS)[number]

/** A playbook, and what its hosts have at first. */
export interface Case {
  readonly seed: number
  readonly steps: readonly Fields[]
  readonly used: readonly Fields[]
  readonly trees: Readonly<Record<HostName, Tree>>
  readonly items: Readonly<Record<HostName, readonly string[]>>
  /** One node at a time: then it can be told what each has changed. */
  readonly serial: boolean
  /** Held to its plan, as after an approval. */
  readonly planned: boolean
}

/** @param mayBecome whether steps can become root */
export function randomCase(seed: number, mayBecome: boolean): Case {
  const dice = diceOf(seed)
  const { steps, used } = randomPlaybook(dice, mayBecome)
  const tree = randomTree(dice)
  return {
    seed,
    steps,
    used,
    trees: { h1: tree, h2: similarTree(tree, dice), h3: similarTree(tree, dice) },
    items: { h1: itemsOf(dice), h2: itemsOf(dice), h3: itemsOf(dice) },
    serial: dice.chance(60),
    planned: dice.chance(60),
  }
}

const itemsOf = (dice: Dice) => dice.pick([['x'], ['y', 'x'], [], ['q', 'new', 'y']])

/** JSON is YAML. */
export function playbookText({ steps }: Pick<Case, 'steps'>): string {
  const head = 'name: random\nhosts: all\nvars: { home: null, t: one }\nsteps:\n'
  return head + steps.map(step => `  - ${JSON.stringify(step)}\n`).join('')
}

export function usedText({ used }: Pick<Case, 'used'>): string {
  const head = 'description: used\nparams: { home: { type: string }, p: { type: string } }\nsteps:\n'
  return head + used.map(step => `  - ${JSON.stringify(step)}\n`).join('')
}
