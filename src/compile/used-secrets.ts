import { bareSecret } from '../expr/secret-places.ts'
import type { SecretDecl } from '../model/playbook.ts'
import type { Template } from '../model/template.ts'
import type { Draft } from './lower/block.ts'
import { expressionsIn } from './program/template-traits.ts'

/** Those secrets that steps refer to. */
export function usedSecrets(
  drafts: readonly Draft[],
  secrets: readonly SecretDecl[],
  contents: ReadonlyMap<Draft, { readonly template: Template }>,
): readonly SecretDecl[] {
  if (secrets.length === 0) return []
  const names = new Set(
    drafts
      .flatMap(draft => textsOf(draft, contents.get(draft)?.template))
      .flatMap(text => expressionsIn(text).flatMap(({ source }) => bareSecret(source) ?? [])),
  )
  return secrets.filter(({ name }) => names.has(name))
}

/** The texts of a step that may hold secrets. */
function textsOf(
  { checked: { spec }, inherited }: Draft,
  content: Template | undefined,
): readonly Template[] {
  if (spec.kind !== 'leaf') return []
  const { action } = spec
  if (action.kind === 'run')
    return [...[...inherited.env.values()].map(({ code }) => code), action.stdin ?? []]
  return action.kind === 'put' ? [action.source.text, content ?? []] : []
}
