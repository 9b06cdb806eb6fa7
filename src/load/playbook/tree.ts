import { LIMITS } from '../../model/limits.ts'
import type { Problem } from '../../model/problem.ts'
import { parseYaml } from '../yaml/parse.ts'
import { plainData } from '../yaml/plain.ts'
import { type LinedText, placeAt } from '../yaml/source.ts'
import { child, keyOf, type YamlNode } from '../yaml/tree.ts'
import { checkPlaybook } from './checks.ts'
import type { SchemaError } from './schema/error.ts'
import { schemaProblems } from './schema/problems.ts'
import { schemaErrors } from './schema/schema.ts'
import { stepsWithin } from './step-id.ts'

/** A file as a checked tree; undefined where what can be told of it as a whole makes all else worthless. */
export interface CheckedTree {
  readonly root?: YamlNode
  readonly problems: readonly Problem[]
}

/** @param role a playbook that is applied says on which hosts, a file that steps use does not */
export function checkedTree(source: LinedText, role: 'playbook' | 'used'): CheckedTree {
  const { root, problems: offences } = parseYaml(source)
  if (root === undefined) return { problems: offences }
  const unfit = unfitRoot(source, root)
  if (unfit !== undefined) return { problems: [unfit] }
  const errors = schemaErrors(plainData(root))
  const misfits = schemaProblems(source, root, errors)
  const problems = withoutFollowUps(misfits, checkPlaybook(source, root, paramsOf(errors)))
  const isSound = hasSoundSteps(root) && (role === 'used' || hasSoundFrame(root))
  return problems.length > 0 && !isSound ? { problems } : { root, problems }
}

/** The params whose schemas have been told to be wrong. */
function paramsOf(errors: readonly SchemaError[]): ReadonlySet<string> {
  return new Set(errors.flatMap(({ instancePath }) => /^\/params\/([^/]+)/.exec(instancePath)?.[1] ?? []))
}

/** What comes later at a place that has a problem already is only its consequence. */
export function withoutFollowUps(first: readonly Problem[], later: readonly Problem[]): readonly Problem[] {
  const told = new Set(first.map(placeOf))
  return [...first, ...later.filter(problem => !told.has(placeOf(problem)))]
}

const placeOf = ({ where }: Problem) => `${where?.file}:${where?.line}:${where?.col}`

function unfitRoot(source: LinedText, root: YamlNode): Problem | undefined {
  if (root.kind === 'map') return tooManySteps(source, root)
  const where = placeAt(source, root.start, root.end)
  if (root.kind === 'list') {
    return {
      code: 'playbook_schema',
      severity: 'error',
      message: 'a playbook is a map with "steps", not a list',
      where: placeAt(source, root.start),
      hint: 'of an Ansible play keep "name" and "hosts" without the "- ", and write its tasks as "steps:" with run, put and get',
    }
  }
  if (root.type === 'null')
    return {
      code: 'playbook_empty',
      severity: 'error',
      message: 'the playbook is empty',
      where,
      hint: 'it needs at least "steps:" with one step',
    }
  return {
    code: 'playbook_schema',
    severity: 'error',
    message: 'a playbook is a map with "steps", and this is only text',
    where,
    hint: 'a key is followed by a colon and a space',
  }
}

function tooManySteps(source: LinedText, root: YamlNode): Problem | undefined {
  const steps = child(root, 'steps')
  if (steps === undefined || stepsWithin(steps).length <= LIMITS.stepsPerPlaybook) return undefined
  const { start, end } = keyOf(root, 'steps') ?? steps
  return {
    code: 'yaml_limit',
    severity: 'error',
    message: `more than ${LIMITS.stepsPerPlaybook} steps`,
    where: placeAt(source, start, end),
  }
}

const FRAME_KEYS = [
  ...[
    'name',
    'description',
    'hosts',
    'inventory',
    'vars',
    'secrets',
    'params',
    'defaults',
    'semaphores',
    'steps',
  ],
  'max_failures',
]

function hasSoundSteps(root: YamlNode): boolean {
  const steps = child(root, 'steps')
  const maps = [child(root, 'vars'), child(root, 'defaults'), child(root, 'params')]
  return (
    steps?.kind === 'list' &&
    steps.items.length > 0 &&
    maps.every(node => node === undefined || node.kind === 'map')
  )
}

/**
 * Whether steps can be looked at all the same. Without their hosts or variables, of which a misspelt key may be the
 * reason, checks would only tell that again for each use.
 */
function hasSoundFrame(root: YamlNode): boolean {
  const hosts = child(root, 'hosts')
  if (root.kind !== 'map') return false
  if (hosts !== undefined && (hosts.kind !== 'scalar' || hosts.type !== 'text')) return false
  const strange = [...root.entries.keys()].filter(key => !FRAME_KEYS.includes(key))
  if (hosts === undefined) return strange.length === 0 && child(root, 'defaults') === undefined
  return strange.length === 0 || child(root, 'vars') !== undefined
}
