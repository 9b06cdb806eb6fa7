import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { newIdentity, recipientOf } from '../../secrets/age.ts'
import { identityPath } from '../../secrets/identities.ts'
import { newSecretFile, secretFileProblem } from '../../secrets/secret-file.ts'
import type { CliContext } from '../context.ts'
import { checkRecipient } from './change.ts'
import { type IdentityOptions, identitiesOf } from './file.ts'

export interface InitOptions extends IdentityOptions {
  readonly add?: readonly string[] | undefined
}

/** Makes a file of secrets for the user and others. What is there already stays. */
export async function initSecrets(context: CliContext, name: string, options: InitOptions): Promise<void> {
  const { add: others = [] } = options
  for (const recipient of others) checkRecipient(recipient)
  const path = resolve(context.cwd, name)
  if (existsSync(path)) throw secretFileProblem(`${name} is there already, and stays as it is`)
  const own = await ownRecipients(context, options)
  write(path, name, newSecretFile([...new Set([...own, ...others])]), 0o644)
  context.stderr.write(`${name}: made for ${[...own, ...others].join(', ')}\n`)
}

async function ownRecipients(context: CliContext, options: IdentityOptions): Promise<readonly string[]> {
  const { env, cwd } = context
  const path = identityPath({ env, cwd, given: options.identity })
  if (existsSync(path)) return Promise.all((await identitiesOf(context, options)).map(recipientOf))
  const { identity, recipient } = await newIdentity()
  const folder = dirname(path)
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700)
  }
  write(path, path, `# public key: ${recipient}\n${identity}\n`, 0o600)
  context.stderr.write(`${path}: your new identity; keep a copy where nobody else can read it\n`)
  return [recipient]
}

function write(path: string, shownAs: string, text: string, mode: number): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode })
  } catch (error) {
    throw secretFileProblem(`${shownAs} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}
