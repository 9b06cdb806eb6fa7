import type { LocatedReference } from '../expr/check-template.ts'
import { someOf } from '../expr/host-list.ts'
import type { Host } from '../model/host.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'

/** `host.vars.NAME` in a step, with the hosts that the step runs on. */
export interface HostVarUse {
  readonly reference: LocatedReference
  readonly targets: Uint32Array
}

/** Inventory variables that a step names and some host of it lacks, or that are secrets. */
export function checkHostVars(uses: readonly HostVarUse[], hosts: readonly Host[]): Problem[] {
  const seen = new Map<Uint32Array, Map<string, Lookup>>()
  return uses.flatMap(({ reference, targets }) => {
    const [field, key] = reference.path
    if (reference.root !== 'host' || field !== 'vars' || key === undefined) return []
    const known = seen.get(targets) ?? new Map<string, Lookup>()
    seen.set(targets, known)
    const name = String(key)
    const lookup = known.get(name) ?? lookUp(name, targets, hosts)
    known.set(name, lookup)
    return problemsOf(name, lookup, reference)
  })
}

interface Lookup {
  readonly missing: readonly string[]
  readonly secret: readonly string[]
}

function lookUp(name: string, targets: Uint32Array, hosts: readonly Host[]): Lookup {
  const missing: string[] = []
  const secret: string[] = []
  for (const index of targets) {
    const host = hosts[index]
    if (host === undefined) continue
    const value = Object.hasOwn(host.vars, name) ? host.vars[name] : undefined
    if (value === undefined) missing.push(host.name)
    else if (value instanceof Secret) secret.push(host.name)
  }
  return { missing, secret }
}

function problemsOf(
  name: string,
  { missing, secret }: Lookup,
  { where, optional }: HostVarUse['reference'],
): Problem[] {
  if (secret.length > 0) {
    const message = `host.vars.${name} is a secret on ${someOf(secret)}, and no expression can use secrets of the inventory`
    return [{ code: 'expression_value', severity: 'error', message, where }]
  }
  if (missing.length === 0 || optional) return []
  return [
    {
      code: 'variable_missing',
      severity: 'error',
      message: `the inventory has no variable "${name}" for ${someOf(missing)}`,
      where,
      hint: `set it there, or give another value: default(host.vars.${name}, "…")`,
    },
  ]
}
