import type { Graph } from '../graph.ts'

/** The steps for programs. */
export function renderGraphJson({ name, file, steps, order, groups }: Graph): string {
  const idOf = (index: number) => steps[index]?.id
  const groupId = (index: number | undefined) => (index === undefined ? undefined : groups[index]?.id)
  return `${JSON.stringify(
    {
      v: 1,
      name,
      file,
      groups: groups.map(({ kind, id, title, parent, rolling }) => ({
        kind,
        id,
        title,
        group: groupId(parent),
        rolling,
      })),
      steps: steps.map(
        ({ id, title, kind, group, hosts, needs, once, throttle, loop, hidden, excluded }) => ({
          id,
          title,
          kind,
          group: groupId(group),
          ...(hosts.kind === 'names' ? { hosts: hosts.names } : { pattern: hosts.text }),
          needs: needs.map(need => ({ step: idOf(need.step), on: need.on, if: need.if })),
          once,
          throttle,
          loop,
          hidden: hidden || undefined,
          excluded,
        }),
      ),
      order: order.map(idOf),
    },
    null,
    2,
  )}\n`
}
