import type { Dice } from './dice.ts'
import { randomGet, randomThought } from './random-others.ts'
import { type Fields, randomPut } from './random-puts.ts'
import { randomReading, randomRun } from './random-runs.ts'

/** A step that later ones may refer to. */
interface Known {
  readonly id: string
  readonly kind: 'put' | 'run' | 'reading' | 'get' | 'thought' | 'loop' | 'group'
  /** As `hosts:` has it; empty for all. */
  readonly hosts: string
}

interface Around {
  readonly dice: Dice
  readonly known: Known[]
  /** Texts of parameters and items. */
  readonly words: readonly string[]
  readonly names: readonly string[]
  readonly depth: number
  readonly rolling: boolean
  /** In a file that is used. */
  readonly used: boolean
  readonly mayBecome: boolean
  readonly count: { left: number; next: number }
}

export interface RandomPlaybook {
  readonly steps: readonly Fields[]
  /** The steps of `used.yml`, which takes the parameter `p`. */
  readonly used: readonly Fields[]
}

export function randomPlaybook(dice: Dice, mayBecome: boolean): RandomPlaybook {
  const around: Around = {
    dice,
    known: [],
    words: [],
    names: [],
    depth: 0,
    rolling: false,
    used: false,
    mayBecome,
    count: { left: 2 + dice.int(8), next: 0 },
  }
  const inside = {
    ...around,
    known: [],
    names: ['${{ params.p }}'],
    used: true,
    count: { left: 1 + dice.int(1), next: 0 },
  }
  return { steps: stepsOf(around), used: stepsOf(inside) }
}

function stepsOf(around: Around): Fields[] {
  const steps: Fields[] = []
  do steps.push(stepOf(around))
  while (around.count.left > 0)
  return steps
}

function stepOf(around: Around): Fields {
  const { dice, count } = around
  count.left -= 1
  const id = `s${count.next++}`
  const isLeaf = around.used || around.depth > 0 || dice.chance(82)
  const hosts = around.rolling ? '' : dice.pick(['', '', '', '', 'h1', 'h1,h2', 'h2,h3'])
  const once = !around.rolling && isLeaf && dice.chance(6)
  const before = around.known.filter(known => known.hosts === '' || known.hosts === hosts)
  const shared = {
    id,
    ...(hosts === '' ? {} : { hosts }),
    ...needsOf(around),
    ...dice.maybe(24, () => conditionOf(dice, before)),
  }
  const { kind, fields } = isLeaf
    ? leafOf(around, before, once)
    : { kind: 'group' as const, fields: groupOf(around) }
  around.known.push({ id, kind, hosts: once ? 'none' : hosts })
  return { ...shared, ...fields, ...(once ? { once: true } : {}) }
}

function leafOf(
  around: Around,
  before: readonly Known[],
  once: boolean,
): { kind: Known['kind']; fields: Fields } {
  const { dice } = around
  const loop = dice.chance(16)
  const root = around.mayBecome && dice.chance(9)
  const delegate = !root && !once && !around.rolling && dice.chance(5) ? dice.pick(['h1', 'h3']) : undefined
  const home = around.used ? '${{ params.home }}' : '${{ vars.home }}'
  const setting = { home, root, delegated: delegate !== undefined }
  const outputs = before
    .filter(({ kind }) => kind === 'reading' || kind === 'run')
    .map(({ id }) => outputOf(dice, id))
  const words = [...around.words, ...outputs, ...(loop ? ['${{ item }}'] : [])]
  const names = [...around.names, ...(loop ? ['${{ item }}'] : [])]
  const scope = { setting, words, names }
  if (dice.chance(5)) {
    const thought = randomThought(dice, conditionOver(dice, before))
    return { kind: 'thought', fields: { ...thought, on_failure: 'continue' } }
  }
  const kind = dice.pick([...CHANGING, ...CHANGING, 'reading', 'reading', 'get'] as const)
  const made = {
    get: () => randomGet(dice, { setting: { ...setting, cwd: '' } }),
    put: () => randomPut(dice, { ...scope, setting: { ...setting, cwd: '' } }),
    run: () => randomRun(dice, scope),
    reading: () => randomReading(dice, scope),
  }[kind]()
  const fields = {
    ...(loop ? loopOf(dice) : {}),
    ...made,
    ...(root ? { become: true } : {}),
    ...(delegate === undefined ? {} : { delegate_to: delegate, throttle: 1 }),
    ...dice.maybe(70, () => ({ on_failure: dice.chance(97) ? 'continue' : 'stop' })),
    ...(kind === 'reading' ? {} : dice.maybe(6, () => ({ retry: { attempts: 2, delay: '5ms' } }))),
    ...(kind === 'get' ? { may_overlap: true } : {}),
    ...(kind === 'reading' ? {} : dice.maybe(60, () => ({ may_overlap: true }))),
  }
  return { kind: loop ? 'loop' : kind, fields }
}

const CHANGING = ['put', 'put', 'put', 'run', 'run', 'run', 'run'] as const

function loopOf(dice: Dice): Fields {
  const items = dice.pick<unknown>([['x', 'new'], ['x', 'y', 'x'], ['q'], '${{ host.vars.items }}'])
  return { for_each: items, ...dice.maybe(30, () => ({ parallel: 2 })) }
}

function groupOf(around: Around): Fields {
  const { dice } = around
  if (dice.chance(30))
    return {
      use: 'used.yml',
      with: { home: '${{ vars.home }}', p: dice.pick(['x', 'y', 'new', '${{ host.name }}']) },
    }
  const rolling = dice.chance(35)
  const loop = !rolling && dice.chance(20)
  const from = around.known.length
  const count = { left: 1 + dice.int(2), next: around.count.next }
  const inside = {
    ...around,
    depth: 1,
    rolling: rolling || around.rolling,
    words: loop ? ['${{ item }}'] : around.words,
    names: loop ? ['${{ item }}'] : around.names,
    known: [...around.known],
    count,
  }
  const steps = stepsOf(inside)
  around.count.next = count.next
  around.count.left -= steps.length - 1
  if (!loop && !rolling) around.known.push(...inside.known.slice(from))
  return {
    ...(loop ? { for_each: ['x', 'y'] } : {}),
    ...(rolling ? { rolling: { batch: dice.pick<unknown>([1, 2, [1, '100%']]) } } : {}),
    steps,
  }
}

function needsOf({ dice, known, rolling }: Around): Fields {
  if (known.length === 0 || dice.chance(62)) return {}
  const { id } = dice.pick(known)
  switch (dice.int(rolling ? 3 : 5)) {
    case 0:
      return { needs: [] }
    case 1:
      return { needs: [id] }
    case 2:
      return { needs: [{ step: id, if: 'always' }] }
    case 3:
      return { needs: [{ step: id, if: 'failed' }] }
    case 4:
      return { needs: [{ step: id, on: 'all' }] }
    default:
      return { needs: [{ step: id, on: 'all', if: dice.pick(['always', 'failed']) }] }
  }
}

function conditionOf(dice: Dice, before: readonly Known[]): Fields {
  const one = () => conditionOver(dice, before)
  return { when: dice.pick([one(), one(), `${one()} && ${one()}`, `${one()} || ${one()}`, `!(${one()})`]) }
}

function conditionOver(dice: Dice, before: readonly Known[]): string {
  if (before.length === 0 || dice.chance(15)) return dice.pick(['host.name == "h1"', 'host.name != "h2"'])
  const { id, kind } = dice.pick(before)
  const field = dice.pick(['changed', 'changed', 'changed', 'skipped', 'failed'])
  if (kind !== 'run' && kind !== 'reading') return `steps.${id}.${field}`
  return dice.pick([
    `steps.${id}.${field}`,
    `steps.${id}.outcome == "${dice.pick(['changed', 'ok', 'failed'])}"`,
    `default(steps.${id}.stdout, "none") == "one"`,
    `default(steps.${id}.stdout, "none").contains("o")`,
    `default(steps.${id}.exit_code, 1) == 0`,
    `steps.${id}.stdout == "one"`,
  ])
}

function outputOf(dice: Dice, id: string): string {
  return dice.chance(85) ? `\${{ default(steps.${id}.stdout, "none") }}` : `\${{ steps.${id}.stdout }}`
}
