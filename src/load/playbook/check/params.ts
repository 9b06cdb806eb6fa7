import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode, type YamlScalar } from '../../yaml/tree.ts'
import { paramCheck } from '../param-check.ts'
import { settingOf } from '../setting.ts'
import { hasExpression } from '../use/arguments.ts'
import { problemAt } from './problem.ts'

/** Schemas of params that contradict themselves, and values in them that do not fit them. */
export function checkParams(source: LinedText, params: YamlNode | undefined): readonly Problem[] {
  if (params?.kind !== 'map') return []
  return [...params.entries.values()].flatMap(({ key, value }) => checkParam(source, key, value))
}

function checkParam(source: LinedText, key: YamlScalar, schema: YamlNode): readonly Problem[] {
  const check = paramCheck(key.text, schema)
  if (check.kind === 'unsound') return [problemAt(source, key, { message: `"${key.text}" ${check.why}` })]
  const fallback = child(schema, 'default')
  if (fallback === undefined) return []
  const setting = settingOf(source, fallback)
  const misfit = hasExpression(setting) ? undefined : check.misfit(setting.value)
  if (misfit === undefined) return []
  const place = fallback.start < fallback.end ? fallback : key
  const hint = setting.value === null ? { hint: 'without a "default" the param must be given' } : {}
  return [problemAt(source, place, { message: `the default does not fit: ${misfit}`, ...hint })]
}
