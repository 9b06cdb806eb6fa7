import { Environment } from '@marcbachmann/cel-js'
import { MissingValue } from '../failure.ts'
import { celTypeOf, FACTS_SHAPE, type MapShape } from '../shape.ts'
import { GroupView, HostStepView, LoopView, OneResultView } from '../step-views.ts'
import { HOST_SHAPE, RESULT_SHAPE, RUN_SHAPE, STEP_FORMS } from '../view-shapes.ts'
import { FactsView, HostView, RunView } from '../views.ts'
import { defaultMacro, fileMacro } from './macros.ts'
import * as paths from './paths.ts'
import * as regex from './regex.ts'
import * as text from './text.ts'

/** Bounds on one expression: it is parsed and checked by recursion. */
const CEL_LIMITS = { maxAstNodes: 500, maxDepth: 32, maxListElements: 200, maxMapEntries: 200 }

class PathNamespace {}
class RegexNamespace {}

/** The method that takes the place of CEL's `matches`, which runs JavaScript's regular expressions. */
export const MATCHES = 're2_matches'

const JOINED = 8

/** Registers a type of which the fields are known. */
export function registerView(
  environment: Environment,
  shape: MapShape,
  // biome-ignore lint/suspicious/noExplicitAny: a class of any constructor
  ctor: new (...args: any[]) => object,
): void {
  const fields = Object.fromEntries([...shape.keys].map(([name, field]) => [name, celTypeOf(field)]))
  environment.registerType(celTypeOf(shape), { ctor, fields })
}

/** The language without the names of a playbook: drover's functions, and the types of what hosts and steps are. */
export function baseEnvironment(): Environment {
  const environment = new Environment({ limits: CEL_LIMITS, homogeneousAggregateLiterals: false })
  registerView(environment, RESULT_SHAPE, OneResultView)
  registerView(environment, STEP_FORMS.step, HostStepView)
  registerView(environment, STEP_FORMS.loop, LoopView)
  registerView(environment, STEP_FORMS.group, GroupView)
  registerView(environment, HOST_SHAPE, HostView)
  registerView(environment, FACTS_SHAPE, FactsView)
  registerView(environment, RUN_SHAPE, RunView)
  registerFunctions(environment)
  registerNamespaces(environment)
  return environment
}

function registerFunctions(environment: Environment): void {
  environment
    .registerFunction('raw(dyn): dyn', (value: unknown) => value)
    .registerFunction('default(ast, ast): dyn', defaultMacro)
    .registerFunction('file(ast): string', fileMacro)
    .registerFunction('quote(dyn): string', text.quote)
    .registerFunction('json(dyn): string', text.json)
    .registerFunction('base64(string): string', text.base64)
    .registerFunction('base64_decode(string): string', text.base64Decode)
    .registerFunction('sha256(string): string', text.sha256)
    .registerFunction('lookup(map<K, V>, K, V): V', lookUp)
    // Of maps with values of several kinds.
    .registerFunction('lookup(map, dyn, dyn): dyn', lookUp)
    .registerFunction(`string.${MATCHES}(string): bool`, regex.matches)
}

function registerNamespaces(environment: Environment): void {
  environment
    .registerType('PathNamespace', PathNamespace)
    .registerType('RegexNamespace', RegexNamespace)
    .registerConstant('path', 'PathNamespace', new PathNamespace())
    .registerConstant('regex', 'RegexNamespace', new RegexNamespace())
  for (let count = 1; count <= JOINED; count++) {
    const types = Array.from({ length: count }, () => 'string').join(', ')
    environment.registerFunction(`PathNamespace.join(${types}): string`, (_: unknown, ...parts: string[]) =>
      paths.join(...parts),
    )
  }
  const { dirname, basename, ext, stem } = paths
  for (const [name, part] of Object.entries({ dirname, basename, ext, stem }))
    environment.registerFunction(`PathNamespace.${name}(string): string`, (_: unknown, path: string) =>
      part(path),
    )
  environment
    .registerFunction('RegexNamespace.matches(string, string): bool', (_: unknown, of: string, re: string) =>
      regex.matches(of, re),
    )
    .registerFunction('RegexNamespace.find(string, string): string', findOne)
    .registerFunction(
      'RegexNamespace.find_all(string, string): list<string>',
      (_: unknown, of: string, re: string) => regex.findAll(of, re),
    )
    .registerFunction(
      'RegexNamespace.replace(string, string, string): string',
      (_: unknown, of: string, re: string, by: string) => regex.replace(of, re, by),
    )
}

function findOne(_: unknown, of: string, re: string): string {
  const found = regex.find(of, re)
  if (found === undefined) throw new MissingValue(`a match of ${JSON.stringify(re)}`)
  return found
}

function lookUp(map: unknown, key: unknown, fallback: unknown): unknown {
  if (map instanceof Map) return map.get(key) ?? fallback
  const record = map as Readonly<Record<string, unknown>>
  return Object.hasOwn(record, String(key)) ? record[String(key)] : fallback
}
