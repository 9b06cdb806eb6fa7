import { pathIn, type Tally } from './tally.ts'

/** What names that the host sends are relative to; a folder whose own name was refused has no path. */
export type Place = { readonly kind: 'top' } | { readonly kind: 'folder'; readonly path: string | undefined }

const SLASH = 0x2f

/** Where a file or folder goes; undefined when its name, or its folder's, was refused and that noted. */
export function placeOf(tally: Tally, place: Place, name: Buffer): string | undefined {
  if (place.kind === 'top') return pathIn(tally, '', name.subarray(name.lastIndexOf(SLASH) + 1))
  if (place.path === undefined) return undefined
  if (name.equals(Buffer.from('.'))) return place.path
  const inside = name.subarray(0, 2).equals(Buffer.from('./')) ? name.subarray(2) : name
  return pathIn(tally, place.path, inside)
}
