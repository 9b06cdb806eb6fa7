import fc from 'fast-check'

/** A playbook as YAML, and the files that each of two hosts has at first. */
export interface RandomCase {
  readonly text: string
  readonly files: readonly Readonly<Record<string, string>>[]
  /** Chooses the order of answers. */
  readonly seed: number
}

const PATHS = ['/a', '/b', '/c', '/d/x', '/d/y'] as const
const TEXTS = ['one', 'two'] as const

const path = fc.constantFrom(...PATHS)
const text = fc.constantFrom(...TEXTS)

type Lines = readonly string[]

const put = fc
  .record({ path, text, parents: fc.boolean() })
  .map(
    ({ path, text, parents }): Lines => [
      `put: { content: "${text}", dest: ${path}${parents ? ', parents: true' : ''} }`,
    ],
  )

const guard = fc.oneof(
  path.map(path => `creates: ${path}`),
  path.map(path => `removes: ${path}`),
  fc.record({ path, text }).map(({ path, text }) => `unless: grep -qx ${text} ${path}`),
  fc.record({ path, text }).map(({ path, text }) => `only_if: grep -qx ${text} ${path}`),
)

const run = fc
  .record({ path, text, guards: fc.array(guard, { maxLength: 2 }), writes: fc.boolean() })
  .map(
    ({ path, text, guards, writes }): Lines => [
      `run: "echo ${text} >${path}"`,
      ...new Map(guards.map(line => [line.split(':')[0], line])).values(),
      ...(writes ? [`writes: [${path}]`] : []),
    ],
  )

const folder = fc
  .boolean()
  .map((writes): Lines => ['run: mkdir /d', 'creates: /d', ...(writes ? ['writes: [/d]'] : [])])

const reading = path.map((path): Lines => [`run: cat ${path}`, 'read_only: true'])

const loop = fc
  .record({ text, many: fc.boolean() })
  .map(
    ({ text, many }): Lines => [
      `for_each: [a, ${many ? 'b, c' : 'c'}]`,
      `put: { content: "${text}", dest: "/\${{ item }}" }`,
    ],
  )

const kind = fc.oneof(
  { weight: 4, arbitrary: put },
  { weight: 4, arbitrary: run },
  { weight: 1, arbitrary: folder },
  { weight: 2, arbitrary: reading },
  { weight: 1, arbitrary: loop },
)

/** What a step has besides: which of the steps before it it needs, and a condition about one of them. */
const step = fc.record({
  kind,
  needs: fc.constantFrom('default', 'nothing', 'one') as fc.Arbitrary<'default' | 'nothing' | 'one'>,
  when: fc.constantFrom('', '', '', 'changed', 'output', 'either', 'failed') as fc.Arbitrary<string>,
  other: fc.nat(20),
  hosts: fc.constantFrom('', '', '', 'h0', 'h1'),
  delegate: fc.constantFrom('', '', '', '', '', 'h0'),
})

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

export const randomCase: fc.Arbitrary<RandomCase> = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 7 }),
    files: fc.array(fc.dictionary(path, text), { minLength: 2, maxLength: 2 }),
    seed: fc.nat(1_000_000),
  })
  .map(({ steps, files, seed }) => ({ text: playbookOf(steps), files, seed }))

function playbookOf(steps: readonly Step[]): string {
  const lines = steps.flatMap((step, at) => stepLines(step, at, steps))
  return ['name: random', 'hosts: all', 'steps:', ...lines.map(line => `  ${line}`), ''].join('\n')
}

function stepLines(step: Step, at: number, steps: readonly Step[]): string[] {
  const earlier = at === 0 ? undefined : step.other % at
  const isLoop = earlier !== undefined && steps[earlier]?.kind[0]?.startsWith('for_each')
  const otherHosts = earlier === undefined ? '' : steps[earlier]?.hosts
  const isThere = otherHosts === '' || otherHosts === step.hosts
  // Two steps that write the same at the same time are refused, unless it is meant.
  const isPut = step.kind.some(line => line.startsWith('put:') || line.startsWith('writes:'))
  const lines = [
    `id: s${at}`,
    ...step.kind,
    ...(step.needs === 'nothing' ? ['needs: []'] : []),
    ...(step.needs === 'one' && earlier !== undefined ? [`needs: [s${earlier}]`] : []),
    ...(earlier === undefined || step.when === '' || !isThere
      ? []
      : conditionOf(step.when, earlier, isLoop === true)),
    ...(step.hosts === '' ? [] : [`hosts: ${step.hosts}`]),
    ...(step.delegate === '' ? [] : [`delegate_to: ${step.delegate}`]),
    ...(isPut ? ['may_overlap: true'] : []),
  ]
  return lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`))
}

function conditionOf(when: string, at: number, isLoop: boolean): string[] {
  const step = `steps.s${at}`
  if (when === 'failed') return [`on_failure: continue`]
  if (when === 'changed' || isLoop) return [`when: ${step}.changed`]
  if (when === 'output') return [`when: default(${step}.stdout, "none") == "one"`]
  return [`when: default(${step}.stdout, "none") == "two" || !${step}.changed`]
}
