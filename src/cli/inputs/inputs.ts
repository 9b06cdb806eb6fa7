import { basename, join } from 'node:path'
import { compile } from '../../compile/compile.ts'
import type { RunFacts } from '../../expr/scope.ts'
import type { Checkout } from '../../git/checkout.ts'
import { readExtraVars } from '../../load/extra-vars.ts'
import { listLocalFolder } from '../../load/local-folder.ts'
import { readLocalText } from '../../load/local-text.ts'
import { resolvePattern } from '../../load/pattern.ts'
import type { Foresight } from '../../model/foresight.ts'
import type { Inventory } from '../../model/host.ts'
import type { Plan } from '../../model/plan.ts'
import type { Playbook, SecretDecl, Text } from '../../model/playbook.ts'
import { type Problem, ProblemsError } from '../../model/problem.ts'
import { filesOf, playbookFiles } from '../../model/problem-order.ts'
import type { Program } from '../../model/program.ts'
import type { SketchNode } from '../../model/sketch.ts'
import type { Value } from '../../model/value.ts'
import { secretsOfHosts } from '../../secrets/known-secrets.ts'
import type { SecretValues } from '../../secrets/reveal.ts'
import type { CliContext } from '../context.ts'
import { type BecomeOptions, overrideBecome } from '../execute/become.ts'
import { newRun } from '../runs/new-run.ts'
import { checkWithoutHosts } from './check-playbook.ts'
import { mergeProblems, readPlaybookFile } from './load-playbook.ts'
import { type InventoryOptions, readInventory } from './read-inventory.ts'

/** The options that say what a playbook is applied to. */
export interface InputOptions extends BecomeOptions, InventoryOptions {
  readonly limit?: string | undefined
  readonly var?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
  readonly skipTags?: readonly string[] | undefined
  /** Ids that --step names. */
  readonly step?: readonly string[] | undefined
  readonly allowOutside?: true | undefined
  /** `--rev`: the revision of the repository that the files are taken from. */
  readonly rev?: string | undefined
  /** What `run.…` is in expressions, where that is not this run: it is part of what a saved plan does. */
  readonly planned?: RunFacts | undefined
}

interface Uncompiled {
  readonly playbook: Playbook
  readonly inventory: Inventory
  readonly vars: Readonly<Record<string, Value>>
  readonly options: Pick<InputOptions, 'limit' | 'tags' | 'skipTags' | 'step' | 'planned'>
  readonly checkout?: Checkout | undefined
  /** A new one unless given. */
  readonly run?: RunFacts
}

export interface Inputs {
  readonly plan: Plan
  /** What the nodes of the plan say; good for one run. */
  readonly program: Program
  /** For people: with `--rev` local files have the names that they have in the repository. */
  readonly sketch: SketchNode
  /** Whether expressions of later nodes may ask for what a step prints. */
  readonly usesOutput: (step: number) => boolean
  /** For one preview, in place of the program. */
  readonly foresee: () => Foresight
  /** Compiles what was read once more, for a run after a preview. */
  readonly again: () => Inputs
  readonly run: RunFacts
  /** The playbook's folder. */
  readonly folder: string
  /** Those that the plan needs. */
  readonly secrets: readonly SecretDecl[]
  /** Their values; absent until somebody has got them. */
  readonly secretValues?: SecretValues
  /** What the inventory was read from, as `-i` names it. */
  readonly sources: readonly string[]
  /** The playbook, the files that it uses, and all that they read here; absolute. */
  readonly files: readonly string[]
  readonly warnings: readonly Problem[]
  /** With `--rev`: local files of actions lie in it. To be closed when they are needed no more. */
  readonly checkout?: Checkout
}

/**
 * Reads a playbook file and its inventory, and compiles them.
 * @throws ProblemsError with everything that is wrong in all of them
 */
export async function loadInputs(context: CliContext, file: string, options: InputOptions): Promise<Inputs> {
  const { rev } = options
  if (rev === undefined) return loadFiles(context, file, options)
  const { loadAtRevision } = await import('./at-revision.ts')
  return loadAtRevision(context.cwd, file, rev, checkout => loadFiles(context, file, options, checkout))
}

async function loadFiles(
  context: CliContext,
  file: string,
  options: InputOptions,
  checkout?: Checkout,
): Promise<Inputs> {
  const { cwd } = context
  const allow = { allowOutside: options.allowOutside === true }
  const { playbook, problems } = readPlaybookFile(cwd, file, allow, checkout)
  const inventory = await attempt(() => readInventory(context, options, playbook, checkout))
  const vars = await attempt(() => readExtraVars(options.var ?? [], cwd))
  if (inventory.value !== undefined) context.secrets.add(secretsOfHosts(inventory.value.hosts.values()))
  const others = [...inventory.problems, ...vars.problems]
  if (playbook === undefined || inventory.value === undefined || vars.value === undefined) {
    const unseen = playbook === undefined ? [] : checkWithoutHosts(playbook)
    const files = playbook === undefined ? [] : filesOf(playbook)
    throw new ProblemsError([...mergeProblems(problems, unseen, files), ...others])
  }
  const uncompiled = {
    playbook,
    inventory: overrideBecome(inventory.value, options),
    vars: vars.value,
    options,
    checkout,
  }
  return compileInputs(context, uncompiled, [...problems, ...others])
}

/**
 * Compiles what has been read.
 * @param found problems told so far; errors among them are thrown together with the compiler's
 * @throws ProblemsError
 */
export function compileInputs(
  context: CliContext,
  uncompiled: Uncompiled,
  found: readonly Problem[] = [],
): Inputs {
  const { playbook, inventory, vars, options, checkout, run = newRun(context) } = uncompiled
  if (found.some(lacksParams))
    throw new ProblemsError(mergeProblems(found, checkWithoutHosts(playbook), filesOf(playbook)))
  const { cwd, env } = context
  const { limit, tags, skipTags, step: steps } = options
  const files = new Set(playbookFiles(playbook).map(({ folder, file }) => join(folder, basename(file))))
  const compiled = compile(playbook, inventory, {
    resolve: (pattern, text) => {
      // What a playbook names is taken from where it is taken from.
      const folder = text === undefined ? cwd : (checkout?.path(cwd) ?? cwd)
      return resolvePattern(pattern, inventory, text ?? limitText(pattern), folder)
    },
    readText: (path, shownAs, limit) => {
      files.add(path)
      return readLocalText(path, shownAs, limit)
    },
    listFolder: listLocalFolder,
    vars,
    env,
    run: options.planned ?? run,
    ...{ limit, tags, skipTags, steps },
    ...(checkout === undefined ? {} : { landing: checkout.shown }),
  })
  const problems =
    compiled.kind === 'refused' ? mergeProblems(found, compiled.problems, filesOf(playbook)) : found
  if (compiled.kind === 'refused' || problems.some(({ severity }) => severity === 'error'))
    throw new ProblemsError(problems)
  const again = () => compileInputs(context, { ...uncompiled, run })
  const { sources } = inventory
  const warnings = [...problems, ...inventory.warnings]
  return { ...compiled, run, folder: playbook.folder, again, sources, files: [...files], warnings }
}

/** Values that use such a param would all be told as missing, far from the mistake. */
const lacksParams = ({ code, severity }: Problem) => code === 'use_param' && severity === 'error'

/** The only pattern that stands in no file. */
function limitText(value: string): Text {
  const at = (offset: number, length: number) => ({
    file: '--limit',
    line: 1,
    col: offset + 1,
    length,
    source: value,
  })
  return { value, where: at(0, value.length), at }
}

/** Lets several things go wrong before anything is reported. */
async function attempt<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly value?: T; readonly problems: readonly Problem[] }> {
  try {
    return { value: await work(), problems: [] }
  } catch (error) {
    if (error instanceof ProblemsError) return { problems: error.problems }
    throw error
  }
}
