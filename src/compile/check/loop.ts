import type { Depends } from '../../expr/check-template.ts'
import { ANY, itemShape, type Shape } from '../../expr/shape.ts'
import type { Problem } from '../../model/problem.ts'
import type { CheckedValue } from './checked.ts'
import type { TypedValue } from './texts.ts'

/** Checks the list or map of a `for_each`, and finds what is known of its items. */
export function checkLoop(
  value: TypedValue,
  depends: Depends,
  problems: Problem[],
): CheckedValue & { readonly item: Shape } {
  const { type, shape, where } = value
  const late = value.references.find(reference => depends(reference).late)
  if (late !== undefined)
    problems.push({
      code: 'expression_value',
      severity: 'error',
      message:
        'the items of for_each must be known before any host is touched, and these only the run can know',
      where: late.where,
      hint: 'take them from vars, host or groups; or loop in the shell of a run',
    })
  const item = itemShape(shape)
  if (item !== undefined) return { ...value, item }
  problems.push({
    code: 'expression_type',
    severity: 'error',
    message: `for_each takes a list or a map, and this is ${type === 'int' ? 'an' : 'a'} ${type}`,
    where,
  })
  return { ...value, item: ANY }
}
