import type { Checkout } from '../../git/checkout.ts'
import { type Problem, ProblemsError } from '../../model/problem.ts'
import type { Program } from '../../model/program.ts'
import type { SketchNode } from '../../model/sketch.ts'
import { shownProblems, shownProgram, shownSketch } from '../preview/shown-paths.ts'
import { checkoutWarnings, openCheckout } from './revision.ts'

/** What was read and compiled, as far as it names local files. */
interface Compiled<Self> {
  readonly program: Program
  readonly sketch: SketchNode
  readonly again: () => Self
  readonly warnings: readonly Problem[]
  readonly checkout?: Checkout
}

/**
 * Loads a playbook as it is at a revision. People see files by the names that they have in the repository.
 * @throws ProblemsError
 */
export async function loadAtRevision<Inputs extends Compiled<Inputs>>(
  cwd: string,
  file: string,
  rev: string,
  load: (checkout: Checkout) => Promise<Inputs>,
): Promise<Inputs> {
  const checkout = await openCheckout(cwd, file, rev)
  const warnings = checkoutWarnings(checkout, rev)
  try {
    const inputs = asShown(await load(checkout), checkout)
    return { ...inputs, warnings: [...warnings, ...inputs.warnings] }
  } catch (error) {
    await checkout.close()
    throw error instanceof ProblemsError ? shownProblems(error, checkout, warnings) : error
  }
}

function asShown<Inputs extends Compiled<Inputs>>(inputs: Inputs, checkout: Checkout): Inputs {
  return {
    ...inputs,
    program: shownProgram(inputs.program, checkout),
    sketch: shownSketch(inputs.sketch, checkout),
    again: () => asShown(inputs.again(), checkout),
    checkout,
  }
}
