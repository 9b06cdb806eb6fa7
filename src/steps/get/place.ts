import { componentsOf, type Tally } from './tally.ts'

/** What names that the host sends are relative to; a folder whose own name was refused has no components. */
export type Place =
  | { readonly kind: 'top' }
  | { readonly kind: 'folder'; readonly components: readonly string[] | undefined }

const SLASH = 0x2f

/** Where a file or folder goes; undefined when its name, or its folder's, was refused and that noted. */
export function placeOf(tally: Tally, place: Place, name: Buffer): readonly string[] | undefined {
  if (place.kind === 'top') return componentsOf(tally, [], name.subarray(name.lastIndexOf(SLASH) + 1))
  if (place.components === undefined) return undefined
  if (name.equals(Buffer.from('.'))) return place.components
  const inside = name.subarray(0, 2).equals(Buffer.from('./')) ? name.subarray(2) : name
  return componentsOf(tally, place.components, inside)
}
