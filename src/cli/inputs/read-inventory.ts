import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Checkout } from '../../git/checkout.ts'
import { loadInventory } from '../../load/inventory.ts'
import { SshConfig } from '../../load/ssh-config.ts'
import type { Inventory } from '../../model/host.ts'
import type { Playbook } from '../../model/playbook.ts'
import { ProblemsError } from '../../model/problem.ts'
import { accountName, homeFolder } from '../../transport/account.ts'
import type { CliContext } from '../context.ts'

type Surroundings = Pick<CliContext, 'cwd' | 'env'>

/** Where hosts come from, and what says how they are reached. */
export interface InventoryOptions {
  readonly inventory?: readonly string[] | undefined
  /** A file in place of the user's and the system's, or `none`. */
  readonly sshConfig?: string | undefined
  readonly allowMatchExec?: true | undefined
}

/**
 * Reads the inventory that `-i` names; else the playbook's own, `$DROVER_INVENTORY`, or `hosts.ini` beside the
 * playbook (without one, in the working folder).
 * @param checkout where files that are there at its revision are read
 * @throws ProblemsError
 */
export async function readInventory(
  context: Surroundings,
  { inventory: given, sshConfig, allowMatchExec }: InventoryOptions,
  playbook?: Pick<Playbook, 'folder' | 'inventory'>,
  checkout?: Checkout,
): Promise<Inventory> {
  const at = (path: string) => checkout?.existing(path) ?? path
  const folder = playbook === undefined ? undefined : (checkout?.shown(playbook.folder) ?? playbook.folder)
  const sources = given ?? foundSources(context, { folder, own: playbook?.inventory?.value, at })
  const account = { home: homeFolder(), user: accountName(context.env) }
  const ssh = new SshConfig({
    ...account,
    cwd: context.cwd,
    env: context.env,
    ...(sshConfig === undefined ? {} : { file: sshConfig }),
    allowExec: allowMatchExec === true,
  })
  const unreadable = ssh.unreadable()
  if (unreadable !== undefined) throw new ProblemsError([unreadable])
  const options = {
    cwd: context.cwd,
    sshConfig: ssh,
    ...(checkout === undefined ? {} : { at }),
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

interface Beside {
  /** The playbook's. */
  readonly folder: string | undefined
  /** What its `inventory:` names. */
  readonly own: string | undefined
  readonly at: (path: string) => string
}

/** A playbook's own inventory is a file or a folder: reading a playbook runs no program. */
function foundSources({ cwd, env }: Surroundings, { folder = cwd, own, at }: Beside): readonly string[] {
  if (own !== undefined) return [relative(cwd, resolve(folder, own)) || '.']
  if (env.DROVER_INVENTORY) return [env.DROVER_INVENTORY]
  const beside = join(folder, 'hosts.ini')
  if (existsSync(at(beside))) return [relative(cwd, beside)]
  throw new ProblemsError([
    {
      code: 'inventory_missing',
      severity: 'error',
      message: 'there is no inventory',
      hint: 'name one with -i or $DROVER_INVENTORY; or write hosts.ini in this folder; a playbook has its own with the key inventory:, or a hosts.ini beside it',
    },
  ])
}
