import { renderTemplate } from '../expr/render-template.ts'
import type { Scope } from '../expr/scope.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Value } from '../model/value.ts'
import type { Place } from './lower/block.ts'
import type { LocalFiles } from './program/local-files.ts'
import { withPaths } from './program/param-values.ts'
import { SOME_HOST } from './some-host.ts'
import type { TemplatePath } from './template-files.ts'

/**
 * Finds the paths of templates without an inventory, where they follow from the files alone: from fixed texts, from
 * defaults of variables and from what includes are given.
 */
export function knownPath(playbook: Playbook, files: LocalFiles): TemplatePath {
  const defaults = new Map(
    playbook.vars.map(({ name, value, texts }) => [name, texts.size > 0 ? null : value]),
  )
  return (draft, source) => {
    const { place, checked } = draft
    const known = { whole: true }
    const path = renderTemplate(source.text, checked.language, scopeAt(place, defaults, files, known))
    return typeof path === 'string' && known.whole ? path : undefined
  }
}

/** A scope that tells whether it was asked for something that only hosts know. */
function scopeAt(
  place: Place,
  defaults: ReadonlyMap<string, Value | null>,
  files: LocalFiles,
  known: { whole: boolean },
): Scope {
  const unknown = (): undefined => {
    known.whole = false
    return undefined
  }
  const folder = place.frame.file?.file.folder ?? ''
  return {
    get host() {
      unknown()
      return SOME_HOST
    },
    get groups() {
      unknown()
      return new Map<string, readonly string[]>()
    },
    get item() {
      unknown()
      return ''
    },
    env: {},
    run: undefined,
    variable: name => defaults.get(name) ?? unknown(),
    param: name => {
      const binding = place.frame.bindings.get(name)
      if (binding?.code.kind !== 'fixed') return unknown()
      return withPaths(binding.code.value, binding.decl.type, binding.folder)
    },
    facts: unknown,
    step: unknown,
    readFile: path => files.read(folder, path),
  }
}
