import type { Dice } from './dice.ts'
import type { Fields } from './random-puts.ts'
import { CWDS, PATHS, type Setting, somePath, spelled, WRITTEN_PATHS } from './spelling.ts'

/** What a command may use besides. */
export interface RunScope {
  readonly setting: Omit<Setting, 'cwd'>
  /** Expressions that give texts. */
  readonly words: readonly string[]
  readonly names: readonly string[]
}

interface Shell {
  readonly dice: Dice
  readonly setting: Setting
  readonly scope: RunScope
}

/** A command that writes; guards, `writes` and the like are true of it, and it never fails by itself. */
export function randomRun(dice: Dice, scope: RunScope): Fields {
  const cwd = scope.setting.root ? '' : dice.chance(22) ? dice.pick(CWDS) : ''
  const shell = { dice, scope, setting: { ...scope.setting, cwd } }
  const { text, writes } = randomScript(shell)
  const narrow = writes !== undefined && dice.chance(88)
  return {
    run: text,
    ...startsIn(shell),
    ...dice.maybe(75, () => randomGuards(shell, writes ?? [])),
    ...(narrow ? { writes: writes.map(path => writtenAs(shell, path)) } : {}),
    ...dice.maybe(10, () => ({ env: { P: shell.dice.pick(PATHS), Q: 'one' } })),
    ...dice.maybe(12, () => ({ changed_when: dice.pick(CHANGED) })),
    ...dice.maybe(5, () => ({ shell: dice.pick(['bash', 'nosuchshell', '/bin/sh']) })),
    ...dice.maybe(8, () => ({ stdin: 'one\n' })),
  }
}

const CHANGED = [
  'true',
  'true',
  'result.stdout == "one"',
  'result.stdout.contains("o")',
  'result.exit_code > 0',
]

/** A command that only reads: what it prints is what others use. */
export function randomReading(dice: Dice, scope: RunScope): Fields {
  const cwd = scope.setting.root ? '' : dice.chance(20) ? dice.pick(CWDS) : ''
  const shell = { dice, scope, setting: { ...scope.setting, cwd } }
  return {
    run: readingText(shell),
    read_only: true,
    ...startsIn(shell),
    ...dice.maybe(15, () => randomGuards(shell, [])),
    ...dice.maybe(8, () => ({ changed_when: 'result.stdout == "one"' })),
    ...dice.maybe(6, () => ({ failed_when: 'result.stdout == "one"' })),
    ...dice.maybe(6, () => ({ retry: { attempts: 2, delay: '5ms', until: 'result.stdout != ""' } })),
  }
}

function startsIn({ dice, setting }: Shell): Fields {
  const { cwd } = setting
  return cwd === '' ? {} : { cwd: spelled(dice, cwd, { ...setting, cwd: '' }) }
}

function pathOf({ dice, setting, scope }: Shell): string {
  const name = scope.names.length > 0 && dice.chance(70) ? dice.pick(scope.names) : undefined
  const path = name === undefined ? somePath(dice, PATHS) : `${dice.pick(['d', 'w'])}/${name}`
  return spelled(dice, path, setting)
}

function readingText(shell: Shell): string {
  const path = pathOf(shell)
  return shell.dice.pick([
    `cat ${path} 2>/dev/null || echo none`,
    `cat ${path} 2>/dev/null || echo none`,
    `test -e ${path} && echo one || echo two`,
    `grep -c one ${path} 2>/dev/null || :`,
    `ls ${path} 2>/dev/null || :`,
    `head -n 1 ${path} 2>/dev/null || :`,
    `cat ${path}`,
    `f=${path}; [ -f "$f" ] && cat "$f" || :`,
    `sh -c 'cat "$1" 2>/dev/null || :' sh ${path}`,
    'id -un',
    'pwd -P | wc -l',
  ])
}

interface Script {
  readonly text: string
  /** All that it may write; absent where it is to stand for one of which that is not known. */
  readonly writes?: readonly string[]
}

function randomScript(shell: Shell): Script {
  const { dice, scope } = shell
  if (dice.chance(8))
    return {
      text: `ln -sfn ${dice.pick(['d', 'f', 'b'])} ${spelled(dice, dice.pick(['l', 'k', 'd/e']), shell.setting)} 2>/dev/null || :`,
    }
  const parts = Array.from({ length: 1 + dice.int(1) }, () => command(shell))
  const says = dice.maybe(40, () => ({ text: `echo ${dice.pick(['one', 'two', ...scope.words])}` }))
  return {
    text: [...parts.map(part => part.text), ...('text' in says ? [says.text] : [])].join('\n'),
    writes: parts.flatMap(part => part.writes),
  }
}

function command(shell: Shell): { readonly text: string; readonly writes: readonly string[] } {
  const { dice, setting, scope } = shell
  const name = scope.names.length > 0 && dice.chance(70) ? dice.pick(scope.names) : undefined
  const path = name === undefined ? somePath(dice, WRITTEN_PATHS) : `${dice.pick(['d', 'w'])}/${name}`
  const word = spelled(dice, path, setting)
  const text = dice.pick(['one', 'two', ...scope.words])
  switch (dice.int(9)) {
    case 0:
      return { text: `mkdir -p ${word} 2>/dev/null || :`, writes: [path] }
    case 1:
      return { text: `rm -rf ${word} 2>/dev/null || :`, writes: [path] }
    case 2: {
      const from = dice.pick(['d/y', 'w/1', 'f/z', 'w/s/3'])
      return { text: `mv -f ${spelled(dice, from, setting)} ${word} 2>/dev/null || :`, writes: [from, path] }
    }
    case 3:
      return {
        text: `ln -sfn ${dice.pick(['d', 'f/z', 'b'])} ${spelled(dice, 'k1', setting)} || :`,
        writes: ['k1'],
      }
    case 4:
      return { text: `chmod 600 ${word} 2>/dev/null || :`, writes: [path] }
    case 5:
      return {
        text: `cp -f ${spelled(dice, dice.pick(PATHS), setting)} ${word} 2>/dev/null || :`,
        writes: [path],
      }
    case 6:
      return { text: `{ echo ${text} >>${word}; } 2>/dev/null || :`, writes: [path] }
    default:
      return { text: `{ echo ${text} >${word}; } 2>/dev/null || :`, writes: [path] }
  }
}

/** As the step would say it: the path itself, or a pattern where no links are. */
function writtenAs({ dice, setting }: Shell, path: string): string {
  const pattern = path.startsWith('w/') && dice.chance(40) ? dice.pick(['w/**', 'w/?*', 'w']) : path
  const where = pattern === 'w/?*' && path.includes('/s/') ? 'w/**' : pattern
  return spelled(dice, where, setting)
}

function randomGuards(shell: Shell, writes: readonly string[]): Fields {
  const { dice } = shell
  const own = () =>
    writes.length > 0 && dice.chance(60) ? spelled(dice, dice.pick(writes), shell.setting) : pathOf(shell)
  const one: Fields = dice.pick([
    { creates: own() },
    { creates: [own(), pathOf(shell)] },
    { removes: own() },
    { unless: randomGuard(shell, own()) },
    { unless: randomGuard(shell, own()) },
    { only_if: randomGuard(shell, own()) },
    { only_if: randomGuard(shell, own()) },
  ])
  return { ...one, ...dice.maybe(15, () => ({ only_if: randomGuard(shell, pathOf(shell)) })) }
}

function randomGuard(shell: Shell, path: string): string {
  const other = pathOf(shell)
  return shell.dice.pick([
    `test -e ${path}`,
    `test -f ${path}`,
    `test -L ${path}`,
    `grep -q one ${path}`,
    `grep -qx two ${path} 2>/dev/null`,
    `[ -f ${path} ] && [ ! -e ${other} ]`,
    `[ -d ${path} ] || grep -qs one ${other}`,
    `cat ${path} | grep -q one`,
    `ls ${path} >/dev/null 2>&1`,
    `cmp -s ${path} ${other}`,
    `test -s ${path}`,
    `test "$(cat ${path} 2>/dev/null)" = one`,
    `sh -c 'test -e "$1"' sh ${path}`,
    `f=${path}; test -e "$f"`,
    'test -e "$P"',
    'test "$Q" = one',
    `test $(ls ${path} | wc -l) -gt 1`,
    `! test -e ${path}`,
    'true',
  ])
}
