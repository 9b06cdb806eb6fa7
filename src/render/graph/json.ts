import type { Graph } from '../graph.ts'

/** The steps for programs. */
export function renderGraphJson({ name, file, steps, order }: Graph): string {
  const idOf = (index: number) => steps[index]?.id
  return `${JSON.stringify(
    {
      v: 1,
      name,
      file,
      steps: steps.map(({ id, title, kind, hosts, needs, once, throttle }) => ({
        id,
        title,
        kind,
        ...(hosts.kind === 'names' ? { hosts: hosts.names } : { pattern: hosts.text }),
        needs: needs.map(need => ({ step: idOf(need.step), on: need.on })),
        once,
        throttle,
      })),
      order: order.map(idOf),
    },
    null,
    2,
  )}\n`
}
