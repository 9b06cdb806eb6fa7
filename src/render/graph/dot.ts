import { escapeText } from '../escape.ts'
import type { Graph } from '../graph.ts'
import { hostsText } from './text.ts'

/** The steps in Graphviz's language (https://graphviz.org/doc/info/lang.html). */
export function renderDot({ name, steps }: Graph): string {
  const nodes = steps.map(
    (step, index) =>
      `  s${index} [label="${escaped(step.title)}\\n${escaped(`${step.kind} on ${hostsText(step.hosts)}`)}"];`,
  )
  const edges = steps.flatMap((step, index) =>
    step.needs.map(
      need => `  s${need.step} -> s${index}${need.on === 'all' ? ' [style=bold, label="all hosts"]' : ''};`,
    ),
  )
  return `${[`digraph "${escaped(name)}" {`, '  node [shape=box];', ...nodes, ...edges, '}'].join('\n')}\n`
}

/** In a quoted string of Graphviz a quote ends it, and a backslash starts an escape of labels. */
function escaped(text: string): string {
  return escapeText(text).replace(/["\\]/g, '\\$&')
}
