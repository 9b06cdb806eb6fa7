import type { Dice } from './dice.ts'
import type { Entry, Tree } from './tree.ts'

const file = (text: string, mode = 0o644): Entry => ({ kind: 'file', text, mode })
const folder = (mode = 0o755): Entry => ({ kind: 'folder', mode })
const link = (target: string): Entry => ({ kind: 'link', target })

/** What the files of playbooks and hosts hold: few texts, so that they are often the same. */
export const TEXTS = ['one\n', 'two\n', ''] as const

/** What lies beside the playbook. */
export const LOCAL_FILES: Tree = {
  'one.txt': file('one\n', 0o600),
  'two.txt': file('two\n', 0o755),
  x: file('one\n'),
  bin: file('\0\x01one'),
  't.tmpl': file('${{ host.name }}\n'),
  site: folder(),
  'site/index': file('one\n'),
  'site/css': folder(),
  'site/css/main': file('two\n'),
  'site/css/up': link('../index'),
  'site/empty': folder(),
  'site/deep': folder(),
  'site/deep/er': folder(),
  'site/deep/er/file': file('one\n', 0o700),
  'site/lnk': link('css'),
  'site/away': link('../d'),
  d: folder(),
  'd/x': file('one\n'),
  'd/e': folder(),
  'd/e/z': file('two\n'),
  set: folder(),
  'set/x.conf': file('one\n'),
  'set/y.conf': file('two\n'),
  'set/odd name\\.conf': file('one\n'),
}

type Choices = readonly (Entry | undefined)[]

const NOTHING = undefined

const TOP: Readonly<Record<string, Choices>> = {
  a: [NOTHING, file('one\n'), file('two\n', 0o600), link('b'), link('nowhere'), link('d/x'), folder()],
  b: [NOTHING, file('one\n'), file('two\n'), folder()],
  d: [NOTHING, folder(), folder(), folder(), folder(), folder(0o555), file('one\n')],
  f: [NOTHING, folder(), folder()],
  l: [NOTHING, link('d'), link('d'), link('f'), link('nowhere'), link('b'), link('./f/../d'), folder()],
  k: [NOTHING, NOTHING, link('l'), link('d/e')],
  w: [folder()],
  site: [NOTHING, folder(), folder(), link('f'), file('one\n')],
}

const BELOW: Record<string, Choices> = {
  'd/x': [NOTHING, file('one\n'), file('two\n'), file('one\n', 0o600), folder(), link('../b')],
  'd/y': [NOTHING, file('two\n'), file('one\n', 0o444)],
  'd/e': [NOTHING, folder(), link('../f'), file('two\n')],
  'd/e/z': [NOTHING, file('two\n'), file('one\n')],
  'f/x': [NOTHING, file('one\n'), link('../d/x')],
  'f/z': [NOTHING, file('one\n'), file('two\n')],
  'w/1': [NOTHING, file('one\n'), file('two\n')],
  'w/2': [NOTHING, file('one\n'), folder()],
  'w/s': [NOTHING, folder()],
  'w/s/3': [NOTHING, file('one\n')],
  'site/index': [NOTHING, file('one\n'), file('two\n'), file('one\n', 0o640), folder()],
  'site/css': [NOTHING, folder(), link('../f'), file('one\n')],
  'site/css/main': [NOTHING, file('two\n'), file('one\n')],
  'site/css/up': [NOTHING, link('../index'), link('main'), file('one\n')],
  'site/empty': [NOTHING, folder()],
  'site/lnk': [NOTHING, link('css'), link('../f'), folder()],
  'site/away': [NOTHING, link('../d'), link('../f')],
}

for (let n = 0; n < 6; n += 1) BELOW[`w/p${n}`] = [NOTHING, file('one\n'), file('two\n')]

/** What a host has at first. */
export function randomTree(dice: Dice): Tree {
  const tree: Record<string, Entry> = {}
  for (const [path, choices] of Object.entries({ ...TOP, ...BELOW })) {
    const above = path.includes('/') ? tree[path.slice(0, path.lastIndexOf('/'))] : folder()
    const chosen = dice.pick(choices)
    if (chosen !== undefined && above?.kind === 'folder') tree[path] = chosen
  }
  return tree
}

/** A tree that is nearly the same: hosts of a fleet are alike. */
export function similarTree(tree: Tree, dice: Dice): Tree {
  const other = randomTree(dice)
  const mixed: Record<string, Entry> = {}
  for (const path of Object.keys({ ...TOP, ...BELOW })) {
    const above = path.includes('/') ? mixed[path.slice(0, path.lastIndexOf('/'))] : folder()
    const chosen = (dice.chance(75) ? tree : other)[path]
    if (chosen !== undefined && above?.kind === 'folder') mixed[path] = chosen
  }
  return mixed
}
