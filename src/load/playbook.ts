import { dirname, resolve } from 'node:path'
import { LIMITS } from '../model/limits.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import { inFileOrder } from '../model/problem-order.ts'
import { checkPlaybook } from './playbook/checks.ts'
import { readHostCount, readOptions } from './playbook/options.ts'
import { compilePlaybookSchema } from './playbook/schema.ts'
import { schemaProblems } from './playbook/schema-problems.ts'
import { readStep } from './playbook/step.ts'
import { stepIds } from './playbook/step-id.ts'
import { textOf } from './playbook/text.ts'
import { readVars } from './playbook/vars.ts'
import { readText } from './read-text.ts'
import { parseYaml } from './yaml/parse.ts'
import { plainData } from './yaml/plain.ts'
import { type LinedText, linedText, placeAt } from './yaml/source.ts'
import { child, keyOf, type YamlNode } from './yaml/tree.ts'

export interface LoadedPlaybook {
  /**
   * There unless the file as a whole is off. With problems it is only good for finding more of them (what was wrong
   * is left out or empty), never for running.
   */
  readonly playbook?: Playbook
  /** By their places in the file; at most `LIMITS.problemsPerFile`. */
  readonly problems: readonly Problem[]
}

const validate = compilePlaybookSchema()

/**
 * Reads a playbook file.
 * @param path relative paths are relative to the process's working folder
 * @param shownAs how the user named the file, for messages
 */
export function loadPlaybook(path: string, shownAs: string = path): LoadedPlaybook {
  const read = readText(path, { shownAs, limit: LIMITS.playbookBytes })
  if (read.kind === 'unreadable')
    return { problems: [{ where: { file: shownAs, line: 1, col: 1 }, ...read.problem }] }
  return parsePlaybook(shownAs, resolve(dirname(path)), read.text)
}

/** Makes a playbook of its text. `folder` is what local paths in it are relative to. */
export function parsePlaybook(file: string, folder: string, text: string): LoadedPlaybook {
  const source = linedText(file, text)
  const { root, problems: offences } = parseYaml(source)
  if (root === undefined) return { problems: inFileOrder(offences) }
  const unfit = unfitRoot(source, root)
  if (unfit !== undefined) return { problems: [unfit] }
  const misfits = schemaProblems(source, root, validate(plainData(root)))
  const told = new Set(misfits.map(placeOf))
  const others = checkPlaybook(source, root).filter(problem => !told.has(placeOf(problem)))
  const problems = inFileOrder([...misfits, ...others])
  if (problems.length > 0 && !isSoundFrame(root)) return { problems }
  return { playbook: readPlaybook(source, folder, root), problems }
}

/** What makes everything else that could be said about the file worthless. */
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
  if (steps?.kind !== 'list' || steps.items.length <= LIMITS.stepsPerPlaybook) return undefined
  const { start, end } = keyOf(root, 'steps') ?? steps
  return {
    code: 'yaml_limit',
    severity: 'error',
    message: `more than ${LIMITS.stepsPerPlaybook} steps`,
    where: placeAt(source, start, end),
  }
}

const placeOf = ({ where }: Problem) => `${where?.line}:${where?.col}`

const FRAME_KEYS = ['name', 'hosts', 'inventory', 'vars', 'defaults', 'steps', 'max_failures']

/**
 * Whether steps can be looked at all the same. Without their hosts or variables, of which a misspelt key may be the
 * reason, checks would only tell that again for each use.
 */
function isSoundFrame(root: YamlNode): boolean {
  const [steps, hosts] = [child(root, 'steps'), child(root, 'hosts')]
  if (root.kind !== 'map' || steps?.kind !== 'list' || steps.items.length === 0) return false
  if (hosts !== undefined && (hosts.kind !== 'scalar' || hosts.type !== 'text')) return false
  const options = [child(root, 'vars'), child(root, 'defaults')]
  if (options.some(node => node !== undefined && node.kind !== 'map')) return false
  const strange = [...root.entries.keys()].filter(key => !FRAME_KEYS.includes(key))
  if (hosts === undefined) return strange.length === 0 && child(root, 'defaults') === undefined
  return strange.length === 0 || child(root, 'vars') !== undefined
}

function readPlaybook(source: LinedText, folder: string, root: YamlNode): Playbook {
  const list = child(root, 'steps')
  const steps = list?.kind === 'list' ? list.items : []
  const ids = stepIds(steps)
  const defaults = child(root, 'defaults')
  const hosts = textOf(source, child(root, 'hosts'))
  const inventory = textOf(source, child(root, 'inventory'))
  const maxFailures = readHostCount(child(root, 'max_failures'))
  return {
    file: source.file,
    folder,
    name: textOf(source, child(root, 'name'))?.value ?? source.file.replace(/^.*\//, ''),
    ...(hosts === undefined ? {} : { hosts }),
    ...(inventory === undefined ? {} : { inventory }),
    params: [],
    semaphores: new Map(),
    vars: readVars(source, child(root, 'vars')),
    defaults: defaults === undefined ? {} : readOptions(source, defaults),
    steps: steps.map((step, index) => readStep(source, step, ids[index] ?? `step_${index}`)),
    ...(maxFailures === undefined ? {} : { maxFailures }),
  }
}
