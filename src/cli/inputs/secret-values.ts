import type { Problem } from '../../model/problem.ts'
import { count } from '../../model/quantity.ts'
import type { Secret } from '../../model/secret.ts'
import { isShort, secretsOfHosts } from '../../secrets/known-secrets.ts'
import { missing } from '../../secrets/missing.ts'
import type { SecretValues } from '../../secrets/reveal.ts'
import type { CliContext } from '../context.ts'
import type { ColorOption } from '../options/color.ts'
import { tellWarnings } from '../report.ts'
import { readHidden } from '../terminal/read-hidden.ts'
import type { Inputs } from './inputs.ts'

export interface SecretOptions {
  /** The file with the identity of age. */
  readonly identity?: string | undefined
  /** They were got before. */
  readonly secretValues?: SecretValues | undefined
  readonly color: ColorOption
}

/**
 * Gets the values of those secrets that the plan needs, once for its preview and its run.
 * @throws ProblemsError before any host is touched
 */
export async function addSecrets<I extends Inputs>(
  context: CliContext,
  inputs: I,
  { identity, secretValues, color }: SecretOptions,
): Promise<I> {
  const values = secretValues ?? (await valuesOf(context, inputs, { identity, color }))
  context.secrets.add(values.values())
  await tellWarnings(context, shortOnes(values, inputs), color)
  return { ...inputs, secretValues: values }
}

async function valuesOf(
  context: CliContext,
  { secrets, folder }: Inputs,
  options: Pick<SecretOptions, 'identity' | 'color'>,
): Promise<SecretValues> {
  if (secrets.length === 0) return new Map()
  // What reads age takes as long to load as all the rest of drover.
  const { resolveSecrets } = await import('../../secrets/resolve.ts')
  let identities: Promise<readonly string[]> | undefined
  return resolveSecrets(secrets, {
    ...{ folder, env: context.env },
    ask: question => askHidden(context, question),
    identities: () => {
      identities ??= identitiesFor(context, options)
      return identities
    },
  })
}

/**
 * The user's identities; a passphrase is asked for where their file wants one.
 * @throws ProblemsError where there are none
 */
export async function identitiesFor(
  context: CliContext,
  { identity, color }: Pick<SecretOptions, 'identity' | 'color'>,
): Promise<readonly string[]> {
  const { env, cwd } = context
  const own = await import('../../secrets/identities.ts')
  const path = own.identityPath({ env, cwd, given: identity })
  const identities = await own.readIdentities(path, question => askHidden(context, question))
  await tellWarnings(context, own.warnOfReadableIdentity(path), color)
  return identities
}

/** @throws ProblemsError where there is no terminal to ask on */
export function askHidden(context: CliContext, question: string): Promise<Secret> {
  if (context.stdin.isTTY !== true || context.stderr.isTTY !== true)
    throw missing(
      `"${question.replace(/: $/, '')}" is asked on the terminal, and there is none`,
      'let it come from a file, the environment or a command',
    )
  return readHidden(context, question)
}

function shortOnes(values: SecretValues, { plan }: Inputs): readonly Problem[] {
  const names = [...values]
    .filter(([, secret]) => isShort(secret.reveal()))
    .map(([name]) => `secrets.${name}`)
  const hosts = plan.hosts.filter(host => secretsOfHosts([host]).some(secret => isShort(secret.reveal())))
  const passwords = hosts.length === 0 ? [] : [`a password of ${count(hosts.length, 'host')}`]
  const short = [...names, ...passwords]
  if (short.length === 0) return []
  return [
    {
      code: 'secret_short',
      severity: 'warning',
      message: `not masked, being shorter than 4 characters: ${short.join(', ')}`,
      hint: 'whoever sees what hosts print may see it: choose a longer one',
    },
  ]
}
