import { Secret } from '../../model/secret.ts'
import { secretsWithin } from '../../model/secret-name.ts'
import type { SourceText } from '../read-text.ts'
import type { InventoryDraft, Setting } from './draft.ts'

const READ_BY_OTHERS = 0o044

/** Warns, once a file, of passwords in a file that its owner is not the only one to read. */
export function warnOfReadableSecrets(
  draft: InventoryDraft,
  { file, mode }: Pick<SourceText, 'file' | 'mode'>,
  settings: Iterable<readonly [name: string, setting: Setting]>,
): void {
  if (draft.isCopy || (mode & READ_BY_OTHERS) === 0) return
  for (const [name, { value, where }] of settings) {
    const secrets = value instanceof Secret ? [value] : secretsWithin(name, value)
    if (where.file !== file || secrets.every(secret => secret.reveal().includes('{{'))) continue
    draft.warn({
      code: 'file_unreadable',
      severity: 'warning',
      message: `${file} holds passwords and others can read it`,
      hint: `chmod 600 ${file}`,
    })
    return
  }
}
