import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { loadInventory } from '../load/inventory.ts'
import type { Inventory } from '../model/host.ts'
import type { Playbook } from '../model/playbook.ts'
import { ProblemsError } from '../model/problem.ts'
import { accountName, homeFolder } from '../transport/account.ts'
import type { CliContext } from './context.ts'

type Surroundings = Pick<CliContext, 'cwd' | 'env'>

/**
 * Reads the inventory that `-i` names; else the playbook's own, `$DROVER_INVENTORY`, or `hosts.ini` beside the
 * playbook (without one, in the working folder).
 * @throws ProblemsError
 */
export async function readInventory(
  context: Surroundings,
  given: readonly string[] | undefined,
  playbook?: Pick<Playbook, 'folder' | 'inventory'>,
): Promise<Inventory> {
  const folder = playbook?.folder
  const sources = given ?? foundSources(context, playbook)
  const account = { home: homeFolder(), user: accountName(context.env) }
  const options = {
    cwd: context.cwd,
    ...account,
    ...(folder === undefined ? {} : { playbookFolder: folder }),
  }
  try {
    return await loadInventory(sources, options)
  } catch (error) {
    const where = given === undefined ? playbook?.inventory?.where : undefined
    if (!(error instanceof ProblemsError) || where === undefined) throw error
    throw new ProblemsError(error.problems.map(problem => ({ where, ...problem })))
  }
}

/** A playbook's own inventory is a file or a folder: reading a playbook runs no program. */
function foundSources(
  { cwd, env }: Surroundings,
  playbook: Pick<Playbook, 'folder' | 'inventory'> | undefined,
): readonly string[] {
  const folder = playbook?.folder ?? cwd
  const own = playbook?.inventory?.value
  if (own !== undefined) return [relative(cwd, resolve(folder, own)) || '.']
  if (env.DROVER_INVENTORY) return [env.DROVER_INVENTORY]
  const beside = join(folder, 'hosts.ini')
  if (existsSync(beside)) return [relative(cwd, beside)]
  throw new ProblemsError([
    {
      code: 'inventory_missing',
      severity: 'error',
      message: 'there is no inventory',
      hint: 'name one with -i, $DROVER_INVENTORY or the key inventory:, or put a hosts.ini beside the playbook',
    },
  ])
}
