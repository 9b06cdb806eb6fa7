import { writeFileSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Document, Scalar } from 'yaml'
import { ProblemsError } from '../../model/problem.ts'
import { escapeText } from '../../render/escape.ts'
import type { CliContext } from '../context.ts'
import { UsageError } from '../usage.ts'
import type { AdhocPlay, AdhocStep } from './playbook.ts'

export interface SaveOptions {
  /** Relative to the working folder. */
  readonly saveAs: string
  readonly force?: true | undefined
  /** The command line was its own inventory: a playbook could not say how to reach the hosts. */
  readonly isLiteral: boolean
  readonly inventory?: readonly string[] | undefined
}

/**
 * Writes the playbook that an ad hoc command line stands for, readable by its owner only (it may hold what was
 * meant for the hosts alone), and says so on stderr.
 * @throws UsageError when the hosts stand in no inventory, ProblemsError when the file is there or cannot be written
 */
export function savePlay(context: CliContext, play: AdhocPlay, options: SaveOptions): void {
  if (options.isLiteral)
    throw new UsageError(
      '--save-as needs an inventory: a playbook names hosts, an inventory how to reach them',
    )
  const path = resolve(context.cwd, options.saveAs)
  const text = playText(play, context.cwd, dirname(path), options.inventory)
  try {
    writeFileSync(path, text, { flag: options.force ? 'w' : 'wx', mode: 0o600 })
  } catch (error) {
    throw new ProblemsError([unwritable(options.saveAs, error as NodeJS.ErrnoException)])
  }
  const shown = escapeText(options.saveAs)
  context.stderr.write(`Saved as ${shown}: drover apply ${shown} does the same again.\n`)
}

function unwritable(file: string, error: NodeJS.ErrnoException) {
  const exists = error.code === 'EEXIST'
  return {
    code: 'usage',
    severity: 'error',
    message: exists
      ? `${file} is there already`
      : `${file} cannot be written (${error.code ?? error.message})`,
    hint: exists ? 'give another name, or --force to replace it' : 'check the folder and its permissions',
  } as const
}

/**
 * The playbook as YAML, its local paths rewritten from the working folder to the playbook's.
 * @param cwd what local paths are relative to now
 * @param folder the playbook's, absolute
 * @param inventory what -i named
 */
export function playText(
  play: AdhocPlay,
  cwd: string,
  folder: string,
  inventory: readonly string[] | undefined,
): string {
  const move = (path: string) => movePath(path, cwd, folder)
  const own = inventory?.length === 1 ? inventoryKey(inventory[0] ?? '', move) : undefined
  const document = new Document({
    name: staticName(play.name),
    hosts: play.hosts,
    ...(own === undefined ? {} : { inventory: own }),
    ...defaultsOf(play),
    steps: play.steps.map(step => stepMap(step, move, play.steps.length > 1)),
  })
  document.commentBefore = ` yaml-language-server: $schema=${schemaPath(folder)}`
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}

function defaultsOf({ timeout, become }: AdhocPlay): { readonly defaults?: object } {
  const defaults = {
    ...(timeout === undefined ? {} : { timeout: timeout.text }),
    ...(become === undefined ? {} : { become: become.user ?? (become.become || undefined) }),
    ...(become?.method === undefined ? {} : { become_method: become.method }),
  }
  const given = Object.entries(defaults).filter(([, value]) => value !== undefined)
  return given.length === 0 ? {} : { defaults: Object.fromEntries(given) }
}

function stepMap(step: AdhocStep, move: (path: string) => string, several: boolean): object {
  const needs = several ? { needs: [] } : {}
  switch (step.kind) {
    case 'run': {
      const { script, cwd, env } = step
      return {
        run: block(script),
        ...(cwd === undefined ? {} : { cwd }),
        ...(env.length === 0 ? {} : { env: Object.fromEntries(env) }),
      }
    }
    case 'put': {
      const { src, dest, mode, owner, group, parents } = step
      const details = Object.entries({ mode: quoted(mode), owner, group, parents: parents || undefined })
      const given = Object.fromEntries(details.filter(([, value]) => value !== undefined))
      return { put: { src: move(src), dest, ...given }, ...needs }
    }
    case 'get':
      return { get: { src: step.src, dest: move(step.dest) }, ...needs }
  }
}

/** Several lines of shell text read best as a block. */
function block(script: string): string | Scalar {
  if (!script.includes('\n')) return script
  const scalar = new Scalar(script)
  scalar.type = 'BLOCK_LITERAL'
  return scalar
}

function quoted(text: string | undefined): Scalar | undefined {
  if (text === undefined) return undefined
  const scalar = new Scalar(text)
  scalar.type = 'QUOTE_DOUBLE'
  return scalar
}

/** A playbook's name cannot hold expressions. */
function staticName(name: string): string {
  return name.replaceAll('${{', '$ {{')
}

/** A file or folder can stand in a playbook; programs and lists of hosts cannot. */
function inventoryKey(source: string, move: (path: string) => string): string | undefined {
  return source.startsWith('exec:') || source.includes(',') || source.includes('${{')
    ? undefined
    : move(source)
}

function movePath(path: string, cwd: string, folder: string): string {
  if (isAbsolute(path)) return path
  const moved = relative(folder, resolve(cwd, path)) || '.'
  return path.endsWith('/') ? `${moved}/` : moved
}

/** Where editors find the schema: beside the playbook's folder as a relative path, else where drover is installed. */
function schemaPath(folder: string): string {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const schema = resolve(root, 'schema/playbook.schema.json')
  return `${folder}${sep}`.startsWith(root) ? relative(folder, schema) : schema
}
