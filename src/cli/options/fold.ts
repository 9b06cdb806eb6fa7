import type { FoldRequest } from '../../render/run/folded.ts'
import { UsageError } from '../usage.ts'

/** How output is gathered and shown at the end. */
export interface FoldOptions {
  readonly fold?: true | undefined
  readonly diffOutput?: true | undefined
}

/** @throws UsageError where it makes no sense */
export function checkFold({
  fold,
  diffOutput,
  format,
}: FoldOptions & { readonly format?: string | undefined }): void {
  if (format !== 'json' || !(fold || diffOutput)) return
  throw new UsageError(`${fold ? '--fold' : '--diff-output'} is for people; --format json tells each piece`)
}

/** Undefined where output is to show as it comes. */
export async function foldOf({ fold, diffOutput }: FoldOptions): Promise<FoldRequest | undefined> {
  if (diffOutput) return { kind: 'diff', diff: (await import('../../diff/text-diff.ts')).diffTexts }
  return fold ? { kind: 'whole' } : undefined
}
