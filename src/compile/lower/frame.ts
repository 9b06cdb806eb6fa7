import type { Language } from '../../expr/environment.ts'
import type { CheckedFile, CheckedUse, CheckedValue } from '../check/checked.ts'
import type { Binding, Frame, Place } from './block.ts'

/** The playbook's own frame: its parameters have their defaults. */
export function rootFrame(file: CheckedFile): Frame {
  const bindings = new Map<string, Binding>()
  const frame: Frame = { file, outside: undefined, bindings }
  addDefaults(bindings, file, frame)
  return frame
}

/** An include at a place: what it is given is evaluated there, defaults inside. */
export function frameOf({ file, given }: CheckedUse, language: Language, outside: Place): Frame {
  const bindings = new Map<string, Binding>()
  const frame: Frame = { file, outside, bindings }
  if (file === undefined) return frame
  for (const [name, value] of given) {
    const decl = file.params.get(name)?.decl
    const folder = outside.frame.file?.file.folder ?? ''
    if (decl !== undefined) bindings.set(name, { ...bound(value, language, outside), decl, folder })
  }
  addDefaults(bindings, file, frame)
  return frame
}

function addDefaults(bindings: Map<string, Binding>, file: CheckedFile, frame: Frame): void {
  const place: Place = { frame, outer: undefined, prefix: '', blocks: new Map() }
  for (const [name, { decl, fallback }] of file.params) {
    if (bindings.has(name) || fallback === undefined) continue
    bindings.set(name, { ...bound(fallback, file.language, place), decl, folder: file.file.folder })
  }
}

function bound({ code, references, perHost, late, where }: CheckedValue, language: Language, place: Place) {
  return { code, references, perHost, late, where, language, place }
}
