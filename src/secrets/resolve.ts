import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SecretDecl, SecretSource } from '../model/playbook.ts'
import { type Problem, ProblemsError } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import { decryptFile, isAgeFile, wantsPassphrase } from './age.ts'
import { printedSecret } from './command.ts'
import { missing } from './missing.ts'
import type { SecretValues } from './reveal.ts'
import { decrypted, SecretFile } from './secret-file.ts'
import { AS_TEXT, utf8Text } from './utf8.ts'

/** Larger ones are refused, in bytes. */
const LARGEST = 1 << 20

export interface ResolveOptions {
  /** What paths are relative to, and where commands run. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Asked for once, and only if a file needs them. @throws ProblemsError */
  readonly identities: () => Promise<readonly string[]>
  /** Asks a person. @throws where there is none */
  readonly ask: (question: string) => Promise<Secret>
}

/**
 * Gets the values of secrets, each once. A person is asked last, and only where all others could be had.
 * @throws ProblemsError with all that cannot be had
 */
export async function resolveSecrets(
  secrets: readonly SecretDecl[],
  options: ResolveOptions,
): Promise<SecretValues> {
  const values = new Map<string, Secret>()
  const isAsked = ({ source }: SecretDecl) => source.kind === 'prompt'
  for (const some of [secrets.filter(secret => !isAsked(secret)), secrets.filter(isAsked)]) {
    const problems: Problem[] = []
    for (const { name, source, where } of some) {
      try {
        values.set(name, await secretFrom(source, options))
      } catch (error) {
        if (!(error instanceof ProblemsError)) throw error
        problems.push(...error.problems.map(problem => ({ where, ...problem })))
      }
    }
    if (problems.length > 0) throw new ProblemsError(problems)
  }
  return values
}

async function secretFrom(source: SecretSource, options: ResolveOptions): Promise<Secret> {
  switch (source.kind) {
    case 'file':
      return new Secret(await fromFile(source, options))
    case 'env': {
      const value = options.env[source.variable]
      // Node has put U+FFFD where a byte is no UTF-8.
      if (value?.includes('\u{fffd}')) throw missing(`${source.variable} is no text in UTF-8`, AS_TEXT)
      if (value) return new Secret(value)
      throw missing(
        `the environment has no ${source.variable}`,
        `set it where drover is started, out of the shell's history: read -rs ${source.variable}; export ${source.variable}`,
      )
    }
    case 'command':
      return new Secret(await printedSecret(source.argv, options.folder))
    case 'prompt':
      return options.ask(`${source.question.replace(/:?\s*$/, '')}: `)
  }
}

async function fromFile(
  { path, key }: SecretSource & { kind: 'file' },
  options: ResolveOptions,
): Promise<string> {
  const bytes = bytesOf(resolve(options.folder, path), path)
  if (isAgeFile(bytes)) return wholeFile(bytes, path, options)
  const file = new SecretFile(bytes.toString('utf8'), path)
  const values = await decrypted(file, await options.identities(), path, [key])
  return values.get(key) ?? ''
}

async function wholeFile(bytes: Buffer, path: string, { identities, ask }: ResolveOptions): Promise<string> {
  const keys = wantsPassphrase(bytes)
    ? { passphrase: (await ask(`Passphrase of ${path}: `)).reveal() }
    : { identities: await identities() }
  const text = utf8Text(await decryptedFile(bytes, path, keys))
  if (text === undefined) throw missing(`${path} holds what is no text in UTF-8`, AS_TEXT)
  return text
}

async function decryptedFile(
  bytes: Buffer,
  path: string,
  keys: Parameters<typeof decryptFile>[1],
): Promise<Uint8Array> {
  try {
    return await decryptFile(bytes, keys)
  } catch {
    throw missing(
      `${path} cannot be decrypted: ${'passphrase' in keys ? 'the passphrase is wrong' : 'your identity is none of its recipients'}, or it is damaged`,
    )
  }
}

function bytesOf(path: string, shownAs: string): Buffer {
  try {
    const bytes = readFileSync(path)
    if (bytes.length <= LARGEST) return bytes
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw missing(`${shownAs} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}`)
  }
  throw missing(`${shownAs} is larger than ${LARGEST >> 20} MiB`)
}
