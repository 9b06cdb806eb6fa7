import { escapeText } from '../escape.ts'
import {
  type Graph,
  type GraphNeed,
  type GraphStep,
  groupText,
  hostsText,
  kindText,
  needText,
} from '../graph.ts'
import { nested } from './nested.ts'

/** The steps in Graphviz's language (https://graphviz.org/doc/info/lang.html), groups as its clusters. */
export function renderDot(graph: Graph): string {
  const nodes = nested(graph, {
    step: (step, index) => [`s${index} [${nodeAttributes(step)}];`],
    group: (group, index, inside) => [
      `subgraph cluster_${index} {`,
      `  label="${escaped(groupText(group))}";`,
      ...inside.map(line => `  ${line}`),
      '}',
    ],
  })
  const edges = graph.steps.flatMap((step, index) =>
    step.needs.map(need => `s${need.step} -> s${index}${edgeAttributes(need)};`),
  )
  const body = ['node [shape=box];', ...nodes, ...edges].map(line => `  ${line}`)
  return `${[`digraph "${escaped(graph.name)}" {`, ...body, '}'].join('\n')}\n`
}

function nodeAttributes(step: GraphStep): string {
  const text = `label="${escaped(step.title)}\\n${escaped(`${kindText(step)} on ${hostsText(step)}`)}"`
  return step.hidden ? `${text}, style=dashed` : text
}

function edgeAttributes(need: GraphNeed): string {
  const text = needText(need)
  if (text === '') return ''
  return ` [style=${need.if === 'success' ? 'bold' : 'dashed'}, label="${text}"]`
}

/** In a quoted string of Graphviz a quote ends it, and a backslash starts an escape of labels. */
function escaped(text: string): string {
  return escapeText(text).replace(/["\\]/g, '\\$&')
}
