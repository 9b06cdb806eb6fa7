import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Connection } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import type { BecomeMethod } from '../../model/playbook.ts'
import type { Where } from '../../model/problem.ts'
import { Secret } from '../../model/secret.ts'
import { isHostName, isUserName } from './names.ts'

const SSH: ReadonlySet<string> = new Set(['ssh', 'smart', 'paramiko', 'paramiko_ssh'])

export function readAddress(text: string): { readonly address: string; readonly user?: string } | undefined {
  const [, user, bare = text] = /^([^@]+)@(.*)$/.exec(text) ?? []
  const address = /^\[.*\]$/.test(bare) ? bare.slice(1, -1) : bare
  if (!isHostName(address) || (user !== undefined && !isUserName(user))) return undefined
  return user === undefined ? { address } : { address, user }
}

export function readUser(text: string): string | undefined {
  return isUserName(text) ? text : undefined
}

/** As Ansible reads booleans in an INI file. */
export function readBoolean(text: string): boolean | undefined {
  if (/^(?:true|yes|on|y|t|1)$/i.test(text)) return true
  return /^(?:false|no|off|n|f|0)$/i.test(text) ? false : undefined
}

export function readRetries(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) && Number(text) <= LIMITS.connectRetries ? Number(text) : undefined
}

/** As milliseconds. */
export function readSeconds(text: string): number | undefined {
  const ms = /^\d{1,9}(?:\.\d{1,3})?$/.test(text) ? Number(text) * 1000 : 0
  return ms > 0 && ms <= LIMITS.connectTimeoutMs ? ms : undefined
}

export function readMethod(text: string): BecomeMethod | undefined {
  const name = text.replace(/^(?:ansible\.builtin|community\.general)\./, '')
  return name === 'sudo' || name === 'doas' || name === 'su' ? name : undefined
}

export function readSecret(text: string): Secret {
  return new Secret(text)
}

export function readPlugin(text: string): Connection['transport'] | undefined {
  const name = text.replace(/^ansible\.(?:builtin|legacy)\./, '')
  if (name === 'local') return 'local'
  return SSH.has(name) ? 'ssh' : undefined
}

/**
 * The absolute path of a key file. A relative one is looked for beside the inventory that names it, then in the
 * working folder, where Ansible looks.
 */
export function keyPath(
  text: string,
  where: Where,
  { home, cwd }: { readonly home: string; readonly cwd: string },
): string | undefined {
  if (text.includes('\0')) return undefined
  if (text === '~' || text.startsWith('~/')) return join(home, text.slice(1))
  if (isAbsolute(text)) return text
  const folder = dirname(resolve(cwd, where.file))
  const inVars = folder.search(/\/(?:group|host)_vars(?:\/|$)/)
  const beside = resolve(inVars < 0 ? folder : folder.slice(0, inVars), text)
  return existsSync(beside) ? beside : resolve(cwd, text)
}
