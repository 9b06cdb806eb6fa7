import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { EXIT } from '../../model/errors.ts'
import { ProblemsError } from '../../model/problem.ts'
import { Secret } from '../../model/secret.ts'
import { isEncrypted } from '../../secrets/age.ts'
import { decrypted, encrypted, SecretFile, secretFileProblem } from '../../secrets/secret-file.ts'
import { askYesNo } from '../ask-yes-no.ts'
import type { CliContext } from '../context.ts'
import { reportError } from '../report.ts'
import { type IdentityOptions, identitiesOf, openSecretFile, saveSecretFile } from './file.ts'
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
  const result = await inPrivateFolder(context.env, folder =>
    edit(context, join(folder, basename(name)), text),
  )
  if (result === 'interrupted') return context.exit(EXIT.interrupted)
  const made = await encrypted(result, { file, plain })
  if (made.toString() === file.toString()) return void context.stderr.write(`${name}: nothing was changed\n`)
  saveSecretFile(context, name, made)
  context.stderr.write(`${name}: saved\n`)
}

/** Opens the editor until what comes out is a file of secrets, or nobody wants to go on. */
async function edit(context: CliContext, path: string, text: string): Promise<SecretFile | 'interrupted'> {
  writeFileSync(path, text, { flag: 'wx', mode: 0o600 })
  for (;;) {
    if ((await openEditor(context.env, path)) === 'interrupted') return 'interrupted'
    try {
      return new SecretFile(edited(path), basename(path))
    } catch (error) {
      if (!(error instanceof ProblemsError) || context.stdin.isTTY !== true) throw error
      await reportError(context, error)
      if (!(await askYesNo(context, 'Edit it again? (yes/no) ', new AbortController()))) throw error
    }
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
  child.once('close', code => {
    if (interrupted) resolve('interrupted')
    else if (code === 0) resolve('done')
    else
      reject(
        secretFileProblem(
          `${editor} ended with exit code ${code}, and nothing was changed`,
          'set $EDITOR to an editor that waits',
        ),
      )
  })
  return promise.finally(() => process.off('SIGINT', ignore).off('SIGTERM', end).off('SIGHUP', end))
}
