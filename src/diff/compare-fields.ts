import type { Field, FieldChange } from '../model/plan-diff.ts'
import { diffTexts } from './text-diff.ts'

/** What differs between two sets of fields, in the order of the second; what only the first has comes last. */
export function compareFields(before: readonly Field[], after: readonly Field[]): readonly FieldChange[] {
  const old = new Map(before.map(({ name, text }) => [name, text]))
  const now = new Map(after.map(({ name, text }) => [name, text]))
  return [...new Set([...now.keys(), ...old.keys()])].flatMap(name => {
    const [was, is] = [old.get(name), now.get(name)]
    return was === is ? [] : [changeOf(name, was, is)]
  })
}

function changeOf(name: string, before: string | undefined, after: string | undefined): FieldChange {
  const isLong = [before, after].some(text => text?.trimEnd().includes('\n'))
  const isLineEnd = before?.trimEnd() === after?.trimEnd()
  return {
    name,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(isLong || isLineEnd ? { diff: diffTexts(before ?? '', after ?? '') } : {}),
  }
}
