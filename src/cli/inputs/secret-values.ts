import type { Problem } from '../../model/problem.ts'
import { count } from '../../model/quantity.ts'
import type { Secret } from '../../model/secret.ts'
import { identityPath, readIdentities, warnOfReadableIdentity } from '../../secrets/identities.ts'
import { isShort, secretsOfHosts } from '../../secrets/known-secrets.ts'
import { resolveSecrets } from '../../secrets/resolve.ts'
import type { SecretValues } from '../../secrets/reveal.ts'
import type { CliContext } from '../context.ts'
import type { ColorOption } from '../options/color.ts'
import { tellWarnings } from '../report.ts'
import { readHidden } from '../terminal/read-hidden.ts'
import { UsageError } from '../usage.ts'
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
 * @throws ProblemsError, UsageError before any host is touched
 */
export async function addSecrets<I extends Inputs>(
  context: CliContext,
  inputs: I,
  { identity, secretValues, color }: SecretOptions,
): Promise<I> {
  const { env, secrets: known } = context
  let identities: Promise<readonly string[]> | undefined
  const ask = (question: string) => askHidden(context, question)
  const values =
    secretValues ??
    (await resolveSecrets(inputs.secrets, {
      folder: inputs.folder,
      env,
      ask,
      identities: () => {
        identities ??= identitiesFor(context, { identity, color })
        return identities
      },
    }))
  known.add(values.values())
  await tellWarnings(context, shortOnes(values, inputs), color)
  return { ...inputs, secretValues: values }
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
  const path = identityPath({ env, cwd, given: identity })
  const identities = await readIdentities(path, question => askHidden(context, question))
  await tellWarnings(context, warnOfReadableIdentity(path), color)
  return identities
}

/** @throws UsageError where there is no terminal to ask on */
export function askHidden(context: CliContext, question: string): Promise<Secret> {
  if (context.stdin.isTTY !== true || context.stderr.isTTY !== true)
    throw new UsageError(
      `"${question.replace(/: $/, '')}" is asked on the terminal, and there is none: let it come from a file, the environment or a command`,
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
