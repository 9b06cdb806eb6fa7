import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode, type YamlScalar } from '../../yaml/tree.ts'
import { paramCheck, type SoundParam } from '../param/check.ts'
import { settingOf } from '../setting.ts'
import { hasExpression } from '../use/arguments.ts'
import { problemAt } from './problem.ts'

/** Schemas of params that contradict themselves, and values in them that do not fit them. */
export function checkParams(
  source: LinedText,
  params: YamlNode | undefined,
  wrong: ReadonlySet<string>,
): readonly Problem[] {
  if (params?.kind !== 'map') return []
  return [...params.entries.values()].flatMap(({ key, value }) =>
    wrong.has(key.text) ? [] : checkParam(source, key, value),
  )
}

function checkParam(source: LinedText, key: YamlScalar, schema: YamlNode): readonly Problem[] {
  const check = paramCheck(key.text, schema)
  if (check.kind === 'unsound') {
    const at = check.pattern === undefined ? undefined : patternNode(schema, check.pattern)
    return [problemAt(source, at ?? key, { message: `"${key.text}" ${check.why}` })]
  }
  const ownValues = ['enum', 'examples'].flatMap(name => itemsOf(child(schema, name)))
  return [
    ...[child(schema, 'const'), ...ownValues].flatMap(node =>
      checkValue(source, check, node, 'this can never be given'),
    ),
    ...checkValue(source, check, child(schema, 'default'), 'the default does not fit'),
  ]
}

/** The first `pattern:` with this text, at any depth. */
function patternNode(schema: YamlNode, text: string): YamlNode | undefined {
  if (schema.kind === 'scalar') return undefined
  const own = child(schema, 'pattern')
  if (own?.kind === 'scalar' && own.text === text) return own
  const inner = schema.kind === 'list' ? schema.items : [...schema.entries.values()].map(({ value }) => value)
  for (const node of inner) {
    const found = patternNode(node, text)
    if (found !== undefined) return found
  }
  return undefined
}

const itemsOf = (node: YamlNode | undefined) => (node?.kind === 'list' ? node.items : [])

function checkValue(
  source: LinedText,
  check: SoundParam,
  node: YamlNode | undefined,
  introduction: string,
): readonly Problem[] {
  if (node === undefined) return []
  const setting = settingOf(source, node)
  const misfit = hasExpression(setting) ? undefined : check.misfit(setting.value)
  if (misfit === undefined) return []
  const hint = setting.value === null ? { hint: 'without a "default" the param must be given' } : {}
  return [problemAt(source, node, { message: `${introduction}: ${misfit}`, ...hint })]
}
