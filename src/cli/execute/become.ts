import { Option } from '@commander-js/extra-typings'
import type { Host, HostBecome, Inventory } from '../../model/host.ts'
import type { BecomeMethod } from '../../model/playbook.ts'
import type { Secret } from '../../model/secret.ts'
import type { AdhocBecome } from '../adhoc/playbook.ts'
import type { CliContext } from '../context.ts'
import { readHidden } from '../terminal/read-hidden.ts'
import { UsageError } from '../usage.ts'

export const becomeOption = () =>
  new Option('-b, --become', 'act as root, or whom the inventory or --become-user names')

export const becomeUserOption = () =>
  new Option('--become-user <user>', 'act as this user; implies --become').argParser(userName)

export const becomeMethodOption = () =>
  new Option('--become-method <method>', 'how to become another user: sudo, doas or su').choices([
    'sudo',
    'doas',
    'su',
  ] as const)

export const askBecomePassOption = () =>
  new Option('-K, --ask-become-pass', 'ask for the password to become another user')

/** What -b and its kin say. */
export interface BecomeOptions {
  readonly become?: true | undefined
  readonly becomeUser?: string | undefined
  readonly becomeMethod?: BecomeMethod | undefined
}

export interface AskBecomePassOptions {
  readonly askBecomePass?: true | undefined
  /** It was asked for before. */
  readonly becomePassword?: Secret | undefined
}

function userName(text: string): string {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.+@-]*\$?$/u.test(text)) return text
  throw new UsageError(`--become-user "${text}" is not a user name`)
}

/** Lets the command line override what the inventory says about becoming another user; steps may still say otherwise. */
export function overrideBecome(inventory: Inventory, options: BecomeOptions): Inventory {
  const { become, becomeUser, becomeMethod } = options
  if (become === undefined && becomeUser === undefined && becomeMethod === undefined) return inventory
  const override = {
    ...(become === undefined && becomeUser === undefined ? {} : { always: true }),
    ...(becomeUser === undefined ? {} : { user: becomeUser }),
    ...(becomeMethod === undefined ? {} : { method: becomeMethod }),
  }
  const hosts = Array.from(inventory.hosts, ([name, host]) => [name, withBecome(host, override)] as const)
  return { ...inventory, hosts: new Map(hosts) }
}

/** The same as options of the playbook that an ad hoc command line stands for. */
export function adhocBecome({ become, becomeUser, becomeMethod }: BecomeOptions): AdhocBecome | undefined {
  if (become === undefined && becomeUser === undefined && becomeMethod === undefined) return undefined
  return { become: become === true, user: becomeUser, method: becomeMethod }
}

/**
 * Asks for the password, if -K wants it; it goes to the hosts whose inventory has none.
 * @throws UsageError where there is no terminal to ask on: a password that stands in a pipe also stands elsewhere
 */
export async function addBecomePassword<I extends { readonly plan: { readonly hosts: readonly Host[] } }>(
  context: CliContext,
  inputs: I,
  options: AskBecomePassOptions,
): Promise<I> {
  const password = await askedBecomePassword(context, options)
  if (password === undefined) return inputs
  const hosts = inputs.plan.hosts.map(host =>
    host.connection.become?.password === undefined ? withBecome(host, { password }) : host,
  )
  return { ...inputs, plan: { ...inputs.plan, hosts } }
}

/**
 * The password that -K asks for; undefined without -K.
 * @throws UsageError where there is no terminal to ask on
 */
export async function askedBecomePassword(
  context: CliContext,
  { askBecomePass, becomePassword }: AskBecomePassOptions,
): Promise<Secret | undefined> {
  if (askBecomePass !== true || becomePassword !== undefined) return becomePassword
  const { stdin, stderr } = context
  if (stdin.isTTY !== true || stderr.isTTY !== true)
    throw new UsageError(
      '-K asks on the terminal, and there is none: put become_password into the inventory instead',
    )
  const password = await readHidden(context, 'Password to become another user: ')
  context.secrets.add([password])
  return password
}

function withBecome(host: Host, more: Partial<HostBecome>): Host {
  const become = { always: false, ...host.connection.become, ...more }
  return { ...host, connection: { ...host.connection, become } }
}
