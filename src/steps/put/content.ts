import type { LocalFile } from './local-file.ts'

/** Content of one file, with its size in bytes and SHA-256: bytes in memory, or a local file and its name. */
export type FileContent = { readonly size: number; readonly digest: string } & (
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly name: string; readonly file: LocalFile }
)
