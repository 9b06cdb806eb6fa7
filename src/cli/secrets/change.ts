import { Secret } from '../../model/secret.ts'
import { encryptValue, isEncrypted, whyNoRecipient } from '../../secrets/age.ts'
import { decrypted, encrypted, secretFileProblem } from '../../secrets/secret-file.ts'
import type { CliContext } from '../context.ts'
import { UsageError } from '../usage.ts'
import { checkCutValues, type IdentityOptions, identitiesOf, openSecretFile, saveSecretFile } from './file.ts'

/** Encrypts what somebody has written in the clear. */
export async function encryptSecrets(context: CliContext, name: string): Promise<void> {
  const file = openSecretFile(context, name)
  const open = [...file.values].filter(([, value]) => !isEncrypted(value))
  const names = open.map(([secret]) => secret)
  await checkCutValues(context, file, names)
  const made = new Map<string, string>()
  for (const [secret, value] of open) made.set(secret, await encryptValue(value, file.recipients))
  if (made.size > 0) saveSecretFile(context, name, file.withValues(made))
  const what =
    made.size === 0 ? 'all values were encrypted already' : `${[...made.keys()].join(', ')} encrypted`
  context.stderr.write(`${name}: ${what}\n`)
}

/** Prints the file with its values in the clear, or one of them. */
export async function decryptSecrets(
  context: CliContext,
  name: string,
  secret: string | undefined,
  options: IdentityOptions,
): Promise<void> {
  const file = openSecretFile(context, name)
  const identities = await identitiesOf(context, options)
  const plain = await decrypted(file, identities, name, secret === undefined ? undefined : [secret])
  const { stdout } = context
  if (secret === undefined) stdout.write(file.withValues(plain).toString())
  else stdout.write(`${plain.get(secret) ?? ''}${stdout.isTTY === true ? '\n' : ''}`)
}

export interface RekeyOptions extends IdentityOptions {
  readonly add?: readonly string[] | undefined
  readonly remove?: readonly string[] | undefined
}

/** Encrypts all values anew. */
export async function rekeySecrets(context: CliContext, name: string, options: RekeyOptions): Promise<void> {
  const { add = [], remove = [] } = options
  for (const recipient of add) checkRecipient(recipient)
  const file = openSecretFile(context, name)
  const stranger = remove.find(recipient => !file.recipients.includes(recipient))
  if (stranger !== undefined)
    throw new UsageError(`${stranger} is no recipient of ${name}`, 'drover secrets rekey')
  const identities = await identitiesOf(context, options)
  const plain = await decrypted(file, identities, name)
  context.secrets.add([...plain.values()].map(value => new Secret(value)))
  const recipients = [...new Set([...file.recipients, ...add])].filter(known => !remove.includes(known))
  if (recipients.length === 0)
    throw secretFileProblem(`${name} would have no recipient left, and nobody could read it`)
  const changed = file.withValues(plain).withRecipients(recipients)
  saveSecretFile(context, name, await encrypted(changed))
  context.stderr.write(
    `${name}: encrypted for ${recipients.length === 1 ? '1 recipient' : `${recipients.length} recipients`}\n`,
  )
}

/** @throws UsageError where it is none */
export function checkRecipient(recipient: string): void {
  const why = whyNoRecipient(recipient)
  if (why !== undefined) throw new UsageError(`"${recipient}": ${why}`, 'drover secrets')
}
