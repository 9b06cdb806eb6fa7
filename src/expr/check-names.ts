import { didYouMean } from '../model/did-you-mean.ts'
import type { CelProblem } from './cel-problem.ts'
import type { Language } from './environment.ts'
import { nameProblem as unknown } from './name-problem.ts'
import type { Call, Names, Reference } from './references.ts'
import { unknownSecret, usableNames } from './secret-names.ts'
import { FACTS_SHAPE, type MapShape, type Shape } from './shape.ts'
import { RESULT_SHAPE } from './view-shapes.ts'

/** Names that CEL itself knows. */
const CEL_NAMES: ReadonlySet<string> = new Set([
  ...['string', 'bool', 'int', 'uint', 'double', 'map', 'list', 'bytes', 'null_type', 'type', 'google'],
])

/** Names and functions that do not exist, each with its place in the source. */
export function checkNames(names: Names, language: Language): CelProblem[] {
  const problems = [
    ...names.references.map(reference => referenceProblem(reference, language)),
    ...names.calls.map(call => callProblem(call, language)),
  ]
  return problems.filter(problem => problem !== undefined)
}

function referenceProblem(reference: Reference, language: Language): CelProblem | undefined {
  const { root, range } = reference
  const shape = language.names.get(root)
  if (shape !== undefined && root === 'secrets') return unknownSecret(reference, shape)
  if (shape !== undefined) return walk(reference, shape, language)
  if (CEL_NAMES.has(root)) return undefined
  const misplaced = misplacedName(reference, language)
  if (misplaced !== undefined) return unknown(misplaced[0], misplaced[1], range)
  const all = usableNames(language.names)
  const text = reference.path.length === 0 ? `a text needs quotes: "${root}"; ` : ''
  const hint = didYouMean(root, all) ?? `${text}expressions can use ${all.join(', ')}`
  return unknown(`there is no name "${root}"`, ownerOf(root, language) ?? hint, range)
}

/** Names that exist elsewhere, with a word about where. */
function misplacedName(
  { root, path: [first] }: Reference,
  { names }: Language,
): readonly [string, string] | undefined {
  const params = names.get('params')
  const isParam = params?.kind === 'map' && first !== undefined && params.keys.has(String(first))
  switch (root) {
    case 'vars':
      return [
        'vars does not exist in a file that others use',
        isParam
          ? `did you mean "params.${first}"?`
          : `declare it under params: ${first === undefined ? '' : `${first}: and write params.${first}`}`.trim(),
      ]
    case 'item':
      return [
        'item only exists in a step with for_each, or inside of one',
        'add for_each: to the step or its group',
      ]
    case 'result':
      return [
        'result only exists in until, changed_when and failed_when',
        'the result of another step is steps.ID, as steps.check.stdout',
      ]
    case 'secrets':
      return [
        'secrets does not exist in a file that others use',
        'give the step that uses it env: with the secret; the steps inside have that, too',
      ]
    default:
      return undefined
  }
}

/** Where a name without its context probably belongs to. */
function ownerOf(name: string, { names }: Language): string | undefined {
  for (const root of ['vars', 'params', 'steps', 'item']) {
    const shape = names.get(root)
    if (shape?.kind === 'map' && shape.keys.has(name)) return `did you mean "${root}.${name}"?`
  }
  if (FACTS_SHAPE.keys.has(name)) return `did you mean "facts.${name}"?`
  if (RESULT_SHAPE.keys.has(name))
    return names.has('result') ? `did you mean "result.${name}"?` : `a step's is steps.ID.${name}`
  return undefined
}

/** Follows a path through what is known of its root. */
function walk(reference: Reference, shape: Shape, language: Language): CelProblem | undefined {
  const { root, path, keyRanges, dynamic, optional, range } = reference
  let at: Shape = shape
  for (const [depth, key] of path.entries()) {
    const next = below(at, key)
    if (next === 'unknown')
      return optional && at.kind === 'map' && at.view === undefined
        ? undefined
        : noKey(reference, depth, at as MapShape, language)
    if (next === undefined) return undefined
    at = next
  }
  if (at.kind === 'map' && at.view !== undefined) return unfinished(reference, at)
  if (dynamic) return undefined
  if (root === 'steps' && path.at(-1) === 'on')
    return unknown('on needs the name of a host', `as steps.${path[0]}.on["db1"].stdout`, keyRanges.at(-1))
  if (root === 'env' && path.length === 0)
    return unknown('env needs the name of a variable', 'as env.HOME', range)
  return undefined
}

/** One step down; undefined where nothing can be told. */
function below(shape: Shape, key: string | number): Shape | 'unknown' | undefined {
  if (shape.kind === 'list' && typeof key === 'number') return shape.items
  if (shape.kind !== 'map' || typeof key !== 'string') return undefined
  if (shape.keys.size === 0 && shape.view === undefined) return shape.values
  return shape.keys.get(key) ?? 'unknown'
}

/** A view is no value: one of its fields is meant. */
function unfinished({ root, path, keyRanges, dynamic, range }: Reference, { keys }: MapShape): CelProblem {
  const [name] = path
  const what = name === undefined ? root : `${root}.${path.join('.')}`
  if (dynamic)
    return unknown(
      `a field of ${what} cannot be computed`,
      'names must be written out, so that they can be checked',
      range,
    )
  const fields = [...keys.keys()]
  const hint = fields.length === 0 ? `there are none here` : `it has ${some(fields)}`
  const noun = name === undefined ? nounOf(root) : 'a field'
  return unknown(`${what} needs ${noun}`, hint, keyRanges.at(-1) ?? range)
}

function nounOf(root: string): string {
  switch (root) {
    case 'vars':
      return 'the name of a variable'
    case 'params':
      return 'the name of a parameter'
    case 'steps':
      return 'the id of a step'
    default:
      return 'a field'
  }
}

function noKey(
  reference: Reference,
  depth: number,
  { keys, view }: MapShape,
  language: Language,
): CelProblem {
  const { root, path, keyRanges } = reference
  const name = String(path[depth])
  const known = [...keys.keys()]
  const meant = didYouMean(name, known)
  const choice = known.length === 0 ? undefined : `it has ${some(known)}`
  const [message, hint] = unknownKey({ view: view ?? root, name, path, depth, meant, choice }, language)
  return unknown(message, hint, keyRanges[depth])
}

interface UnknownKey {
  readonly view: string
  readonly name: string
  readonly path: Reference['path']
  readonly depth: number
  readonly meant: string | undefined
  readonly choice: string | undefined
}

/** Message and hint. */
function unknownKey(key: UnknownKey, language: Language): readonly [string, string | undefined] {
  const { view, name, path, meant, choice } = key
  const inventory = 'one of the inventory alone is host.vars.NAME'
  switch (view) {
    case 'Vars':
      return [
        `there is no variable "${name}"`,
        meant ?? `declare it under vars: (null makes it required); ${inventory}`,
      ]
    case 'Params':
      return [`there is no parameter "${name}"`, meant ?? noParam(choice, language)]
    case 'Steps':
      return [`there is no step "${name}" in this file`, meant ?? choice]
    case 'Host':
      return [
        `host has no field "${name}"`,
        `${meant ?? `${choice};`} a variable of the inventory is host.vars.${name}`,
      ]
    case 'Loop':
    case 'Group':
      return ofSeveral(key)
    case 'vars':
      return [`there is no key "${name}" in this variable's default`, meant ?? choice]
    case 'params':
      return [`there is no key "${name}" in what this parameter declares`, meant ?? choice]
    default:
      return [`${selected(view, path, key.depth)} has no field "${name}"`, meant ?? choice]
  }
}

function noParam(choice: string | undefined, { names }: Language): string {
  if (choice !== undefined) return choice
  return names.has('vars')
    ? 'params are what a file takes that others use; a playbook has vars'
    : 'declare it under params:'
}

/** Loops and groups have sums only. */
function ofSeveral({
  view,
  name,
  path: [id],
  meant,
  choice,
}: UnknownKey): readonly [string, string | undefined] {
  if (!RESULT_SHAPE.keys.has(name) && name !== 'on')
    return [`steps.${id} has no field "${name}"`, meant ?? choice]
  if (view === 'Group')
    return [
      `steps.${id} is a group of steps and has no ${name} of its own`,
      `${choice}; the results are those of its steps`,
    ]
  return [
    `steps.${id} runs for several items and has no ${name} of its own`,
    `choose one, as steps.${id}.items[0].${name}, or go through them: steps.${id}.items.map(i, i.${name})`,
  ]
}

/** The part of a path that is known, as it is written. */
function selected(view: string, path: Reference['path'], depth: number): string {
  const root = { Facts: 'facts', Run: 'run', Step: 'steps', Result: 'steps' }[view] ?? view
  return root === 'steps' && depth === 0 ? 'result' : [root, ...path.slice(0, depth)].join('.')
}

function callProblem({ name, method, range }: Call, language: Language): CelProblem | undefined {
  const known = language.functions(method)
  if (known.includes(name)) return undefined
  const hint =
    didYouMean(name, known) ??
    (language.functions(!method).includes(name)
      ? method
        ? `it stands before its arguments: ${name}(x)`
        : `it is a method: x.${name}(…)`
      : undefined)
  return unknown(`there is no ${method ? 'method' : 'function'} "${name}"`, hint, range)
}

const some = (names: readonly string[]) => names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '')
