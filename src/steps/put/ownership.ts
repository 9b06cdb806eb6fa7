import type { PutAction } from '../../model/action.ts'
import { type Ending, failed } from '../result.ts'

/** What a put asks for besides content; what is absent stays as it is on the host. */
export interface Ownership {
  /** Four octal digits. */
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
}

/** Checks what an expression may have made of mode, owner and group. An empty text is as good as not given. */
export function ownershipOf(action: PutAction): Ownership | { readonly refused: Ending } {
  const mode = action.mode || undefined
  const owner = action.owner || undefined
  const group = action.group || undefined
  if (mode !== undefined && !/^0*[0-7]{1,4}$/.test(mode)) {
    return {
      refused: failed('step_render', `mode ${JSON.stringify(mode)} is not octal`, 'write it as "0644"'),
    }
  }
  for (const [key, name] of Object.entries({ owner, group })) {
    if (name === undefined || /^[^\s:\-\p{Cc}][^:\p{Cc}]*$/u.test(name)) continue
    return { refused: failed('step_render', `${key} ${JSON.stringify(name)} is no name or number`) }
  }
  return {
    ...(mode === undefined ? {} : { mode: mode.replace(/^0+(?=[0-7]{4})/, '').padStart(4, '0') }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  }
}
