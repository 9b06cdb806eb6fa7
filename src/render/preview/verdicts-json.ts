import { safeJson } from '../../events/safe-json.ts'
import type { Failure } from '../../model/errors.ts'
import type { Plan, PlanStep } from '../../model/plan.ts'
import type { NodePreview, Preview } from '../../model/preview.ts'
import { findingFields, resultFields } from './finding-fields.ts'
import { foldNodes, withoutHost } from './fold.ts'
import { conditionFields, type Fields, planFields, sketchFields, stepFields, VERSION } from './plan-fields.ts'
import type { Masked } from './shown.ts'

export interface VerdictJsonOptions {
  /** Whether differences of contents are in it; they are unless this is false. */
  readonly diff?: boolean
  /** Takes secrets out of a text of a file or a host. */
  readonly masked?: Masked
  /** The repository that the playbook lies in. */
  readonly git?: PreviewGit
}

export interface PreviewGit {
  readonly commit?: string
  readonly branch?: string
  readonly dirty: readonly string[]
  readonly dirtyCount: number
  readonly remote?: { readonly name: string; readonly url: string }
}

/** What a plan would change on hosts that were asked, for programs: the offline document with verdicts and findings. */
export function renderVerdictsJson(preview: Preview, options: VerdictJsonOptions = {}): string {
  const { plan, counts, unreachable } = preview
  const { masked = text => text, diff = true } = options
  const document = {
    v: VERSION,
    connected: true,
    name: masked(plan.name),
    file: plan.file,
    hosts: plan.hosts.map(host => host.name),
    counts: { ...counts },
    unreachable: unreachableFields(plan, unreachable, masked),
    git: options.git === undefined ? undefined : gitFields(options.git),
    ...(withoutSecrets(planFields(plan), masked, NAMES) as Fields),
    steps: plan.order
      .flatMap(index => plan.steps[index] ?? [])
      .map(step => ({
        ...(withoutSecrets(stepFields(plan, step), masked, NAMES) as Fields),
        groups: groupFields(preview, step, masked, diff),
      })),
  }
  return `${safeJson(document, 2)}\n`
}

/** Only hosts about which all is the same stand together. */
function groupFields({ plan, node }: Preview, step: PlanStep, masked: Masked, diff: boolean): Fields[] {
  const groups = foldNodes(
    plan,
    step,
    host => node(step.index, host),
    found => [
      found.verdict,
      found.finding,
      found.result && resultFields(found.result),
      withoutHost(found.sketch),
    ],
  )
  return groups.map(({ hosts, delegate, nodes: [first] }) => ({
    hosts: hosts.map(host => plan.hosts[host]?.name),
    delegate: delegate === undefined ? undefined : plan.hosts[delegate]?.name,
    ...(withoutSecrets(nodeFields(first as NodePreview, diff), masked) as Fields),
  }))
}

function nodeFields({ verdict, sketch, finding, result }: NodePreview, diff: boolean): Fields {
  const shared = withoutHost(sketch)
  return {
    verdict: verdict.kind,
    because: 'because' in verdict ? verdict.because : undefined,
    fails: verdict.kind === 'unknown' ? verdict.fails : undefined,
    only_when: conditionFields(shared),
    action: sketchFields(shared),
    finding: finding && findingFields(finding, diff),
    result: result && resultFields(result),
  }
}

function unreachableFields(plan: Plan, unreachable: Preview['unreachable'], masked: Masked): Fields[] {
  const hosts = [...unreachable].toSorted(([a], [b]) => a - b)
  const alike = Map.groupBy(hosts, ([, { code, message, hint }]) => JSON.stringify([code, message, hint]))
  return [...alike.values()].map(group => {
    const [[, failure]] = group as [[number, Failure]]
    const { code, message, hint } = failure
    return {
      hosts: group.map(([host]) => plan.hosts[host]?.name),
      code,
      message: masked(message),
      hint: hint === undefined ? undefined : masked(hint),
    }
  })
}

function gitFields({ commit, branch, dirty, dirtyCount, remote }: PreviewGit): Fields {
  return { commit, branch, dirty, dirty_count: dirtyCount, remote }
}

/** Keys of words of drover's own, which programs compare. */
const OWN: ReadonlySet<string> = new Set(['verdict', 'kind', 'outlook', 'change', 'type', 'code', 'outcome'])
/** And those by which steps, groups and hosts are found. */
const NAMES: ReadonlySet<string> = new Set([
  ...OWN,
  ...['id', 'group', 'step', 'on', 'if', 'on_failure', 'excluded', 'semaphores', 'tags', 'batches'],
])
const NONE: ReadonlySet<string> = new Set()

function withoutSecrets(value: unknown, masked: Masked, own = OWN): unknown {
  if (typeof value === 'string') return masked(value)
  if (Array.isArray(value)) return value.map(item => withoutSecrets(item, masked, own))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    // What an environment's variables are called is up to the playbook.
    own.has(key) ? inner : withoutSecrets(inner, masked, key === 'env' ? NONE : own),
  ])
  return Object.fromEntries(entries)
}
