import { readFileSync, statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { type Problem, ProblemsError } from '../model/problem.ts'
import type { Secret } from '../model/secret.ts'
import { decryptFile, isAgeFile, isIdentity, wantsPassphrase } from './age.ts'

export interface IdentityPlace {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** What `--identity` names. */
  readonly given?: string | undefined
}

/** Where the user's identity lies: what `--identity` says, else $DROVER_AGE_IDENTITY, else the folder of settings. */
export function identityPath({ env, cwd, given }: IdentityPlace): string {
  const named = given ?? env.DROVER_AGE_IDENTITY
  if (named) return resolve(cwd, named)
  const settings =
    wholePath(env.XDG_CONFIG_HOME) ?? join(wholePath(env.HOME) ?? userInfo().homedir, '.config')
  return join(settings, 'drover', 'identity.txt')
}

/** Of a variable that is empty, or relative, nothing comes: an identity never lies in the working folder by chance. */
function wholePath(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined
}

/**
 * The identities of a file: one a line, beside comments; the file may itself be encrypted with a passphrase.
 * @param ask asks for that passphrase
 * @throws ProblemsError where there is none
 */
export async function readIdentities(
  path: string,
  ask: (question: string) => Promise<Secret>,
): Promise<readonly string[]> {
  const text = await textOf(path, ask)
  const lines = text.split(/\r?\n/).filter(line => line.trim() !== '' && !line.startsWith('#'))
  const unknown = lines.find(line => !/^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/.test(line.trim()))
  if (lines.length === 0) throw refused(`${path} holds no identity of age`, NEW)
  if (unknown !== undefined)
    throw refused(
      `${path} holds what is no identity of age`,
      'a line is AGE-SECRET-KEY-1…; keys of ssh and plugins are not supported',
    )
  const identities = lines.map(line => line.trim())
  if (!identities.every(isIdentity))
    throw refused(
      `${path} holds an identity of age that is cut off or damaged: a character is missing or wrong`,
      'copy the line AGE-SECRET-KEY-1… again, whole',
    )
  return identities
}

const READ_BY_OTHERS = 0o044

/** Warns of identities that others than their owner can read, unless a passphrase keeps them. */
export function warnOfReadableIdentity(path: string): readonly Problem[] {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
  if ((mode & READ_BY_OTHERS) === 0 || isAgeFile(bytesOf(path))) return []
  const message = `${path} holds the identity that decrypts secrets, and others can read it`
  return [{ code: 'file_unreadable', severity: 'warning', message, hint: `chmod 600 ${path}` }]
}

const NEW = 'drover secrets init makes one; --identity or $DROVER_AGE_IDENTITY names another file'

async function textOf(path: string, ask: (question: string) => Promise<Secret>): Promise<string> {
  const bytes = bytesOf(path)
  if (!isAgeFile(bytes)) return bytes.toString('utf8')
  if (!wantsPassphrase(bytes))
    throw refused(`${path} is encrypted, and not with a passphrase`, 'name a file with an identity')
  const passphrase = (await ask(`Passphrase of ${path}: `)).reveal()
  try {
    return Buffer.from(await decryptFile(bytes, { passphrase })).toString('utf8')
  } catch {
    throw refused(`${path} cannot be decrypted: the passphrase is wrong, or the file is damaged`)
  }
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'ENOENT'
        ? `there is no identity of age to decrypt with: ${path} does not exist`
        : `${path} cannot be read (${code})`
    throw refused(why, NEW)
  }
}

function refused(message: string, hint?: string): ProblemsError {
  const problem: Problem = { code: 'secret_missing', severity: 'error', message }
  return new ProblemsError([hint === undefined ? problem : { ...problem, hint }])
}
