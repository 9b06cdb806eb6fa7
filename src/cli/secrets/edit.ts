import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { EXIT } from '../../model/errors.ts'
import { type Problem, ProblemsError } from '../../model/problem.ts'
import { Secret } from '../../model/secret.ts'
import { isCiphertext, isEncrypted } from '../../secrets/age.ts'
import { decrypted, encrypted, SecretFile, secretFileProblem } from '../../secrets/secret-file.ts'
import type { CliContext } from '../context.ts'
import { reportError } from '../report.ts'
import { askYesNo } from '../terminal/ask-yes-no.ts'
import { checkCutValues, type IdentityOptions, identitiesOf, openSecretFile, saveSecretFile } from './file.ts'
import { inPrivateFolder } from './private-folder.ts'

/** Has the user change the secrets of a file; what stays the same keeps its ciphertext. */
export async function editSecrets(
  context: CliContext,
  name: string,
  options: IdentityOptions,
): Promise<void> {
  const file = openSecretFile(context, name)
  const locked = [...file.values].filter(([, value]) => isEncrypted(value)).map(([secret]) => secret)
  const plain = await decrypted(file, await identitiesOf(context, options), name, locked)
  context.secrets.add([...plain.values()].map(value => new Secret(value)))
  const text = file.withValues(plain).toString()
  const save = (made: SecretFile) => saveEdited(context, name, made, { file, plain })
  const result = await inPrivateFolder(context.env, (folder, keep) =>
    edit(context, join(folder, basename(name)), text, { save, keep }),
  )
  if (result === 'interrupted') context.exit(EXIT.interrupted)
}

interface EditHandlers {
  /**
   * @returns why it can never be saved, however often it is edited
   * @throws ProblemsError where that is no file of secrets that can be saved
   */
  readonly save: (made: SecretFile) => Promise<Problem | undefined>
  /** The file that is edited is not to be removed. */
  readonly keep: () => void
}

/** Opens the editor until what comes out is saved, or nobody wants to go on. What nobody was asked about is kept. */
async function edit(
  context: CliContext,
  path: string,
  text: string,
  { save, keep }: EditHandlers,
): Promise<'done' | 'interrupted'> {
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
  for (;;) {
    if ((await openEditor(context.env, path)) === 'interrupted') return 'interrupted'
    const typed = edited(path)
    const refused = await refusalOf(() => save(new SecretFile(typed, basename(path))))
    if (refused === undefined) return 'done'
    const { problems, isFinal } = refused
    if (!isFinal && context.stdin.isTTY === true) {
      await reportError(context, new ProblemsError(problems))
      // A slip of the finger must not throw away what was typed.
      const again = 'Edit it again? If not, what was typed is lost. (yes/no) '
      if (await askYesNo(context, again, new AbortController(), { insists: true })) continue
      throw new ProblemsError(problems)
    }
    if (!isFinal && typed === text) throw new ProblemsError(problems)
    keep()
    throw new ProblemsError([...problems, kept(path)])
  }
}

interface Refusal {
  readonly problems: readonly Problem[]
  /** However often it is edited, it cannot be saved. */
  readonly isFinal: boolean
}

async function refusalOf(save: () => Promise<Problem | undefined>): Promise<Refusal | undefined> {
  try {
    const problem = await save()
    return problem === undefined ? undefined : { problems: [problem], isFinal: true }
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    return { problems: error.problems, isFinal: false }
  }
}

async function saveEdited(
  context: CliContext,
  name: string,
  made: SecretFile,
  before: { readonly file: SecretFile; readonly plain: ReadonlyMap<string, string> },
): Promise<Problem | undefined> {
  const changed = [...made.values].filter(([secret, value]) => before.plain.get(secret) !== value)
  const sealedTwice = changed.flatMap(([secret, value]) => (isCiphertext(value) ? [secret] : []))
  if (sealedTwice.length > 0)
    throw secretFileProblem(
      `encrypted already, and would be encrypted a second time: ${sealedTwice.join(', ')}`,
      `type the value itself, or put what is encrypted into ${name} with an editor of texts`,
    )
  await checkCutValues(
    context,
    made,
    changed.filter(([, value]) => !isEncrypted(value)).map(([secret]) => secret),
  )
  const sealed = await encrypted(made, before)
  if (sealed.toString() === before.file.toString()) {
    context.stderr.write(`${name}: nothing was changed\n`)
    return undefined
  }
  if (openSecretFile(context, name).toString() !== before.file.toString()) return changedMeanwhile(name)
  saveSecretFile(context, name, sealed)
  context.stderr.write(`${name}: saved\n`)
  return undefined
}

function changedMeanwhile(name: string): Problem {
  return {
    code: 'secret_file',
    severity: 'error',
    message: `${name} was changed by another program while it was edited, and stays as that left it`,
    hint: 'edit it again',
  }
}

function kept(path: string): Problem {
  return {
    code: 'secret_file',
    severity: 'error',
    message: `what was typed is kept in ${path}, in the clear`,
    hint: 'copy what you need from it, and remove its folder',
  }
}

function edited(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw secretFileProblem('the editor has removed the file, and nothing was changed')
  }
}

/**
 * The editor has the terminal, and Ctrl-C in it is its own; other signals end it, so that nothing is left behind.
 * @throws ProblemsError where it fails
 */
function openEditor(env: Readonly<NodeJS.ProcessEnv>, path: string): Promise<'done' | 'interrupted'> {
  const editor = env.VISUAL || env.EDITOR || 'vi'
  const { promise, resolve, reject } = Promise.withResolvers<'done' | 'interrupted'>()
  const child = spawn('/bin/sh', ['-c', `exec ${editor} "$1"`, 'sh', path], { stdio: 'inherit', env })
  let interrupted = false
  const ignore = () => {}
  const end = () => {
    interrupted = true
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), 1_000).unref()
  }
  process.on('SIGINT', ignore).on('SIGTERM', end).on('SIGHUP', end)
  child.once('error', error => reject(secretFileProblem(`${editor} cannot be run (${error.message})`)))
  child.once('close', (code, signal) => {
    if (interrupted) resolve('interrupted')
    else if (code === 0) resolve('done')
    else
      reject(
        secretFileProblem(
          `${editor} ${signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`}, and nothing was changed`,
          'set $EDITOR to an editor that works here',
        ),
      )
  })
  return promise.finally(() => process.off('SIGINT', ignore).off('SIGTERM', end).off('SIGHUP', end))
}
