import type { Inventory } from '../../model/host.ts'
import { ProblemsError } from '../../model/problem.ts'
import type { CliContext } from '../context.ts'
import { type InventoryOptions, readInventory } from '../inputs/read-inventory.ts'
import { UsageError } from '../usage.ts'

/** What -g, -H and -i say, each as often as it was given. */
export interface HostOptions extends InventoryOptions {
  readonly groups?: readonly string[] | undefined
  readonly hosts?: readonly string[] | undefined
}

/**
 * One pattern for all that -g and -H name together.
 * @param hostsOption what -H is called on this command line
 * @throws UsageError when they name nothing, or when joining them would change what they mean
 */
export function hostPattern({ groups = [], hosts = [] }: HostOptions, hostsOption = '-H'): string {
  const patterns = [...groups, ...hosts].map(pattern => pattern.trim()).filter(pattern => pattern !== '')
  if (patterns.length === 0)
    throw new UsageError(
      `no hosts: name groups with -g, hosts with ${hostsOption}, or all of them with -g all`,
    )
  if (patterns.length > 1 && patterns.some(pattern => /(^|[,:])\s*[&!]/.test(pattern)))
    throw new UsageError(
      `& and ! would count for all of -g and ${hostsOption} together: write one pattern, as in -g "web,db:!web3"`,
    )
  return [...new Set(patterns)].join(',')
}

/**
 * The inventory for an ad hoc verb: as for a playbook in the working folder. Where there is none at all, the hosts
 * of -H are taken as they stand, `user@host:port` too: there is nothing that a mistyped name could be compared with.
 * @throws ProblemsError
 */
export async function adhocInventory(context: CliContext, options: HostOptions): Promise<AdhocInventory> {
  try {
    return { inventory: await readInventory(context, options), isLiteral: false }
  } catch (error) {
    const literal = literalHosts(options)
    if (literal === undefined || context.env.DROVER_INVENTORY || !isMissing(error)) throw error
    return { inventory: await readInventory(context, { ...options, inventory: [literal] }), isLiteral: true }
  }
}

export interface AdhocInventory {
  readonly inventory: Inventory
  /** The command line itself was the inventory. */
  readonly isLiteral: boolean
}

/** -H as a list that the inventory's reader takes; undefined when something else than hosts was named. */
function literalHosts({ groups = [], hosts = [], inventory }: HostOptions): string | undefined {
  if (inventory !== undefined || groups.length > 0 || hosts.length === 0) return undefined
  return hosts.some(name => /[*&!~]|^@/.test(name)) ? undefined : `${hosts.join(',')},`
}

function isMissing(error: unknown): boolean {
  return error instanceof ProblemsError && error.problems.every(({ code }) => code === 'inventory_missing')
}
