import type { Dice } from './dice.ts'
import type { Fields, PutScope } from './random-puts.ts'
import { PATHS, somePath, spelled } from './spelling.ts'

/** A step that fetches. */
export function randomGet(dice: Dice, { setting }: Pick<PutScope, 'setting'>): Fields {
  const path = dice.pick([somePath(dice, PATHS), somePath(dice, PATHS), 'w/*', 'd', 'nothing'])
  return { get: { src: spelled(dice, path, setting), dest: `fetched/${dice.pick(['a', 'b', 'c', 'd'])}/` } }
}

/** A step that sends nothing. @param condition over what came before */
export function randomThought(dice: Dice, condition: string): Fields {
  return dice.chance(70) ? { assert: condition } : { pause: '5ms' }
}
