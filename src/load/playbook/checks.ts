import type { Problem } from '../../model/problem.ts'
import type { LinedText } from '../yaml/source.ts'
import { child, type YamlNode } from '../yaml/tree.ts'
import { checkTimes } from './check/amounts.ts'
import { checkDetach } from './check/detach.ts'
import { checkConditions, checkStatic } from './check/expressions.ts'
import { checkIds } from './check/ids.ts'
import { checkKeys, defaultsOf, valuesOf } from './check/keys.ts'
import { checkItems } from './check/loops.ts'
import { checkNames } from './check/names.ts'
import { checkParams } from './check/params.ts'
import { checkSecrets } from './check/secrets.ts'
import { checkShell } from './check/shell.ts'
import { checkTexts } from './check/texts.ts'
import { stepsWithin } from './step-id.ts'

/**
 * What a schema cannot say: ids, limits, names that expressions can't use, and texts that YAML has cut.
 * @param wrongParams params of which the schema has told something already
 */
export function checkPlaybook(
  source: LinedText,
  root: YamlNode,
  wrongParams: ReadonlySet<string>,
): readonly Problem[] {
  const steps = stepsWithin(child(root, 'steps'))
  return [
    ...checkIds(source, steps),
    ...checkTimes(source, child(root, 'defaults')),
    ...checkStatic(source, root, ['name', 'description', 'inventory']),
    ...checkNames(source, child(root, 'vars'), 'variable'),
    ...checkSecrets(source, child(root, 'secrets')),
    ...checkNames(source, child(root, 'params'), 'param'),
    ...checkParams(source, child(root, 'params'), wrongParams),
    ...checkKeys(source, [...valuesOf(child(root, 'vars')), ...defaultsOf(child(root, 'params'))]),
    ...steps.flatMap(step => [
      ...checkTimes(source, step),
      ...checkStatic(source, step, ['name', 'use']),
      ...checkConditions(source, step),
      ...checkItems(source, step),
      ...checkKeys(source, [child(step, 'for_each'), ...valuesOf(child(step, 'with'))]),
      ...checkShell(source, step),
      ...checkDetach(source, step),
    ]),
    ...checkTexts(source, root),
  ]
}
