import type { Checkout } from '../../git/checkout.ts'
import type { Failure } from '../../model/errors.ts'
import type { NodeResult } from '../../model/outcome.ts'
import type { NodePreview, Preview } from '../../model/preview.ts'
import { type Problem, ProblemsError } from '../../model/problem.ts'
import type { Program } from '../../model/program.ts'
import type { Sketch, SketchNode } from '../../model/sketch.ts'

// With --rev files are read in a temporary folder, and people see the names that they have in the repository.

type Shows = Pick<Checkout, 'shown' | 'shownIn'>

/** @param warnings that may explain what went wrong */
export function shownProblems(
  { problems }: ProblemsError,
  { shownIn }: Shows,
  warnings: readonly Problem[],
): ProblemsError {
  return new ProblemsError([...warnings, ...problems.map(problem => withShown(problem, shownIn))])
}

/** Results of workers may name a local file in their failures. */
export function shownProgram(program: Program, { shownIn }: Shows): Program {
  return {
    render: (step, host) => program.render(step, host),
    judge: (step, host, result, attempt) => program.judge(step, host, shownResult(result, shownIn), attempt),
    ended: (step, host, outcome, result) => program.ended(step, host, outcome, result),
  }
}

/** For display only: in what is carried out, a put reads its files where they are. */
export function shownSketch(sketch: SketchNode, { shownIn }: Shows): SketchNode {
  // Nodes that share an object go on sharing one.
  const known = new WeakMap<Sketch, Sketch>()
  return (step, host) => {
    const found = sketch(step, host)
    const shown = known.get(found) ?? sketchWithShown(found, shownIn)
    known.set(found, shown)
    return shown
  }
}

/** For display only. */
export function shownPreview(preview: Preview, { shownIn }: Shows): Preview {
  const known = new WeakMap<NodePreview, NodePreview>()
  return {
    ...preview,
    node: (step, host) => {
      const node = preview.node(step, host)
      if (node === undefined) return undefined
      const shown = known.get(node) ?? nodeWithShown(node, shownIn)
      known.set(node, shown)
      return shown
    },
  }
}

function nodeWithShown(node: NodePreview, shownIn: Shows['shownIn']): NodePreview {
  const { sketch, verdict } = node
  return {
    ...node,
    sketch: sketchWithShown(sketch, shownIn),
    verdict: 'because' in verdict ? { ...verdict, because: shownIn(verdict.because) } : verdict,
  }
}

function sketchWithShown(sketch: Sketch, shownIn: Shows['shownIn']): Sketch {
  if (sketch.kind === 'failure') return { ...sketch, failure: withShown(sketch.failure, shownIn) }
  if (sketch.kind !== 'action' || sketch.action.kind !== 'put') return sketch
  const { action } = sketch
  if (action.source.kind !== 'src') return sketch
  const source = { ...action.source, text: shownIn(action.source.text) }
  return { ...sketch, action: { ...action, source } }
}

function shownResult(result: NodeResult, shownIn: Shows['shownIn']): NodeResult {
  return result.failure === undefined ? result : { ...result, failure: withShown(result.failure, shownIn) }
}

function withShown<T extends Failure>(said: T, shownIn: Shows['shownIn']): T {
  const { message, hint } = said
  return { ...said, message: shownIn(message), ...(hint === undefined ? {} : { hint: shownIn(hint) }) }
}
