import { escapeText } from '../escape.ts'
import type { Graph } from '../graph.ts'
import { hostsText } from './text.ts'

/** The steps as a Mermaid flowchart (https://mermaid.js.org/syntax/flowchart.html). */
export function renderMermaid({ name, steps }: Graph): string {
  const nodes = steps.map(
    (step, index) =>
      `  s${index}["${label(step.title)}<br/>${label(`${step.kind} on ${hostsText(step.hosts)}`)}"]`,
  )
  const edges = steps.flatMap((step, index) =>
    step.needs.map(need => `  s${need.step} ${need.on === 'all' ? '==>|all hosts|' : '-->'} s${index}`),
  )
  return `---\ntitle: ${JSON.stringify(escapeText(name))}\n---\n${['flowchart TD', ...nodes, ...edges].join('\n')}\n`
}

/** Everything that Mermaid or HTML could read as markup becomes an entity, which Mermaid writes `#35;`. */
function label(text: string): string {
  return escapeText(text).replace(/[^\p{L}\p{N} .,:/()+=@_-]/gu, char => `#${char.codePointAt(0)};`)
}
