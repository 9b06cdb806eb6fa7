import type { SecretDecl } from '../model/playbook.ts'

/** The variables of the environment that secrets come from. */
export function variablesOf(secrets: readonly SecretDecl[]): readonly string[] {
  return secrets.flatMap(({ source }) => (source.kind === 'env' ? source.variable : []))
}
