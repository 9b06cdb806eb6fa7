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

/** The steps as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html), groups as its subgraphs. */
export function renderMermaid(graph: Graph): string {
  const nodes = nested(graph, {
    step: (step, index) => [`s${index}["${stepLabel(step)}"]`],
    group: (group, index, inside) => [
      `subgraph g${index}["${label(groupText(group))}"]`,
      ...inside.map(line => `  ${line}`),
      'end',
    ],
  })
  const edges = graph.steps.flatMap((step, index) =>
    step.needs.map(need => `s${need.step} ${arrow(need)} s${index}`),
  )
  const body = ['flowchart TD', ...[...nodes, ...edges].map(line => `  ${line}`)].join('\n')
  return `---\ntitle: ${JSON.stringify(escapeText(graph.name))}\n---\n${body}\n`
}

function stepLabel(step: GraphStep): string {
  return `${label(step.title)}<br/>${label(`${kindText(step)} on ${hostsText(step)}`)}`
}

/** Thick for a wait for all hosts, dotted where success is not what is waited for. */
function arrow(need: GraphNeed): string {
  const line = need.if !== 'success' ? '-.->' : need.on === 'all' ? '==>' : '-->'
  const text = needText(need)
  return text === '' ? line : `${line}|${text}|`
}

/** Everything that Mermaid or HTML could read as markup becomes an entity, which Mermaid writes `#35;`. */
function label(text: string): string {
  return escapeText(text).replace(/[^\p{L}\p{N} .,:/()+=@_-]/gu, char => `#${char.codePointAt(0)};`)
}
