import { child, type YamlNode } from '../yaml/tree.ts'

/** Keywords and reserved words of CEL: none of them can stand after `steps.` or `vars.` everywhere. */
export const CEL_WORDS: ReadonlySet<string> = new Set([
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if'],
  ...['import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
])

/** What drover calls steps of its own: `facts` is the one that gathers them. */
export const RESERVED_IDS: ReadonlySet<string> = new Set(['facts'])

const LONGEST_SLUG = 40
const WORDS_OF_A_COMMAND = 3

/** All steps of a file, those of groups after their group: in the order in which they stand in the file. */
export function stepsWithin(steps: YamlNode | undefined): readonly YamlNode[] {
  if (steps?.kind !== 'list') return []
  return steps.items.flatMap(step => [step, ...stepsWithin(child(step, 'steps'))])
}

/** The ids that steps have by their `id:`, in their order; undefined for those that have none of the right form. */
export function writtenIds(steps: readonly YamlNode[]): readonly (string | undefined)[] {
  return steps.map(step => {
    const id = textIn(step, 'id')
    return id !== undefined && /^[a-z][a-z0-9_]*$/.test(id) ? id : undefined
  })
}

/**
 * An id for every step. One without gets its name's, or what it does: that stays the same when other steps come or
 * go, unless they would get the same id; those count `_2`, `_3`. A written id always wins.
 */
export function stepIds(steps: readonly YamlNode[]): readonly string[] {
  const written = writtenIds(steps)
  const taken = new Set<string>()
  const ids = written.map(id => {
    if (id === undefined || taken.has(id)) return undefined
    taken.add(id)
    return id
  })
  const next = new Map<string, number>()
  return steps.map((step, index) => {
    const own = ids[index]
    if (own !== undefined) return own
    const wish = written[index] ?? derivedId(step)
    let id = wish
    let count = next.get(wish) ?? 2
    while (taken.has(id)) id = `${wish}_${count++}`
    next.set(wish, count)
    taken.add(id)
    return id
  })
}

function derivedId(step: YamlNode): string {
  const named = slug(textIn(step, 'name') ?? '')
  if (named !== '') return isFreeWord(named) ? named : `step_${named}`
  const put = child(step, 'put')
  if (put !== undefined)
    return joined('put', lastName(textIn(put, 'src') ?? textIn(put, 'template') ?? textIn(put, 'dest') ?? ''))
  const get = child(step, 'get')
  if (get !== undefined) return joined('get', lastName(textIn(get, 'src') ?? ''))
  if (child(step, 'steps') !== undefined) return 'group'
  const use = textIn(step, 'use')
  if (use !== undefined) return joined('use', lastName(use).replace(/\.ya?ml$/, ''))
  if (child(step, 'assert') !== undefined) return 'assert'
  if (child(step, 'pause') !== undefined) return 'pause'
  return joined('run', firstWords(textIn(step, 'run') ?? ''))
}

function isFreeWord(word: string): boolean {
  return /^[a-z]/.test(word) && !CEL_WORDS.has(word) && !RESERVED_IDS.has(word)
}

function textIn(node: YamlNode, key: string): string | undefined {
  const found = child(node, key)
  return found?.kind === 'scalar' ? found.text : undefined
}

function joined(kind: string, rest: string): string {
  const tail = slug(rest)
  return tail === '' ? kind : `${kind}_${tail}`
}

/** The first words of the first line that is no comment; of the command only its name, without the folder. */
function firstWords(script: string): string {
  const line = script.split('\n').find(candidate => !/^\s*(?:#|$)/.test(candidate)) ?? ''
  const [command = '', ...args] = withoutExpressions(line).trim().split(/\s+/, WORDS_OF_A_COMMAND)
  return [lastName(command), ...args].join(' ')
}

function lastName(path: string): string {
  return (
    withoutExpressions(path)
      .split('/')
      .findLast(part => slug(part) !== '') ?? ''
  )
}

function withoutExpressions(text: string): string {
  return text.slice(0, 1000).replace(/\$\{\{.*?\}\}/gs, '')
}

/** Lower-case letters and digits with `_` between them; accents are taken off, other signs separate. */
function slug(text: string): string {
  return text
    .slice(0, 200)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, LONGEST_SLUG)
    .replace(/^_+|_+$/g, '')
}
