import type { Dice } from './dice.ts'
import { TEXTS } from './random-files.ts'
import { PATHS, type Setting, somePath, spelled } from './spelling.ts'

export type Fields = Readonly<Record<string, unknown>>

/** What a put may use besides. */
export interface PutScope {
  readonly setting: Setting
  /** Expressions for its content: results of steps, items. */
  readonly words: readonly string[]
  /** Names that stand for a name in a path, as \`${{ item }}\`. */
  readonly names: readonly string[]
}

const CONTENTS = [...TEXTS, ...TEXTS, '${{ host.name }}\n', '${{ facts.user }}\n']
const FILES = ['one.txt', 'two.txt', 'x', 'bin']
const TREES = ['site', 'site/', 'd', 'd/', 'site/css/', 'site/empty', 'set/*.conf', '[xd]', 'si*']
const FOLDERS = ['d', 'f', 'l', 'k', 'n/m', 'w', 'w/t', 'site', 'site/css', 'a', 'd/e', 'd/site']

/** A step that puts something. */
export function randomPut(dice: Dice, { setting, words, names }: PutScope): Fields {
  const isTree = dice.chance(40)
  const name = names.length > 0 && dice.chance(80) ? dice.pick(names) : undefined
  const path = isTree ? dice.pick(FOLDERS) : somePath(dice, PATHS)
  const dest = spelled(
    dice,
    name === undefined ? path : `${dice.pick(['d', 'l', 'w', 'n'])}/${name}`,
    setting,
  )
  return {
    put: {
      ...(isTree ? { src: dice.pick(TREES) } : randomFile(dice, words)),
      dest: `${dest}${dice.chance(isTree ? 30 : 6) ? '/' : ''}`,
      ...dice.maybe(25, () => ({ mode: dice.pick(['0644', '0600', '0755', '0444']) })),
      ...owners(dice, setting),
      ...dice.maybe(70, () => ({ parents: true })),
    },
  }
}

function randomFile(dice: Dice, words: readonly string[]): Fields {
  switch (dice.int(5)) {
    case 0:
    case 1:
      return { src: dice.pick(FILES) }
    case 2:
      return { template: 't.tmpl' }
    default:
      return { content: words.length > 0 && dice.chance(60) ? `${dice.pick(words)}\n` : dice.pick(CONTENTS) }
  }
}

/** Only root gives files away; for others it is what they are already, or a failure. */
function owners(dice: Dice, { root }: Setting): Fields {
  return {
    ...dice.maybe(root ? 50 : 3, () => ({ owner: dice.pick(['${{ host.user }}', 'root', 'nobody']) })),
    ...dice.maybe(root ? 30 : 3, () => ({ group: dice.pick(['${{ host.user }}', 'root', 'nosuchgroup']) })),
  }
}
